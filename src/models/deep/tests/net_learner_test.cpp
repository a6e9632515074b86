#include "models/deep/net_learner.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "models/deep/net_weights.hpp"
#include "random_net.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A series of `rows` bars, 4 columns; every third bar from 10 on has a label.
struct Series {
    std::vector<double> values, target, weight;
    std::vector<std::uint32_t> row;
    std::vector<float> y;
    MatrixView view;
    TrainingData data() const { return {view, y, weight, 1, view, row, target, true}; }
};

Series make_series(std::size_t rows, std::uint32_t first, std::uint32_t last) {
    Series s;
    SplitMix64 random(5);
    for (std::size_t i = 0; i < rows * 4; ++i) s.values.push_back(random.next_normal());
    s.view = {s.values.data(), rows, 4, 4};
    for (std::uint32_t r = first; r < last; r += 3) {
        s.row.push_back(r);
        s.target.push_back(s.values[r * 4] * 10);
        s.y.push_back(s.target.back() > 0 ? 1.0F : 0.0F);
        s.weight.push_back(0.5 + r % 2);
    }
    return s;
}

/// Keeps the job and answers with a random net of its shape.
class StandIn final : public NetTrainer {
  public:
    Result<TrainedFile> train(const TrainingJob& job, std::stop_token, const std::function<void(const TrainerProgress&)>& progress) const override {
        last = job;
        progress({2, 4, 30, 60, 0.61, 0.62, 1000, 8});
        TRY(std::string bytes, encode_weights(random_weights(job.spec, job.options.seed)));
        return TrainedFile{std::move(bytes), {}};
    }
    mutable TrainingJob last;
};

TEST(NetLearner, a_job_has_all_rows_and_teaches_only_labelled_ones) {
    const Series train = make_series(3000, 10, 2000), validation = make_series(3000, 2100, 2500);
    const auto job = training_job(default_parameters(NetKind::cnn), train.data(), validation.data(), 9);
    ASSERT_TRUE(job) << job.error().text;
    EXPECT_EQ(job->rows(), validation.row.back() + 1U);  // nothing behind the last row that validates
    EXPECT_EQ(job->validation_from, 2100U);
    EXPECT_EQ(job->options.seed, 9U);
    double taught = 0;
    for (std::size_t i = 0; i < job->rows(); ++i) {
        const bool labelled = (i >= 10 && i < 2000 && (i - 10) % 3 == 0) || (i >= 2100 && (i - 2100) % 3 == 0);
        EXPECT_EQ(job->weight[i] > 0, labelled) << i;
        taught += job->weight[i] > 0 && i < 2100;
        EXPECT_EQ(job->inputs[i * 4 + 1], static_cast<float>(train.values[i * 4 + 1]));
    }
    EXPECT_EQ(taught, static_cast<double>(train.row.size()));
}

TEST(NetLearner, rows_that_validate_lie_in_the_series_too) {
    const Series train = make_series(2200, 10, 2000), validation = make_series(3000, 2100, 2500);
    const auto job = training_job(default_parameters(NetKind::cnn), train.data(), validation.data(), 9);
    ASSERT_FALSE(job);
    EXPECT_THAT(job.error().text, HasSubstr("are to be read, the series has 2200"));
}

TEST(NetLearner, auxiliary_targets_come_from_training_rows_alone) {
    const Series train = make_series(3000, 10, 2000), validation = make_series(3000, 2100, 2500);
    const auto job = training_job(default_parameters(NetKind::lstm), train.data(), validation.data(), 1);
    ASSERT_TRUE(job);
    double mean = 0;
    for (const double t : train.target) mean += std::abs(t) / static_cast<double>(train.target.size());
    EXPECT_NEAR(job->log_range[10], std::log(std::abs(train.target[0]) + 0.01 * mean), 1e-5);
    double squares = 0;
    for (int k = 0; k < 5; ++k) squares += train.target[k] * train.target[k] / 5;
    EXPECT_NEAR(job->log_volatility[10], 0.5 * std::log(squares + 1e-4 * mean * mean), 1e-5);
    EXPECT_TRUE(std::isnan(job->log_range[11]));
    // The last rows lack four later ones; rows that validate have no such target at all.
    EXPECT_TRUE(std::isnan(job->log_volatility[train.row.back()]));
    for (std::size_t i = 2001; i < job->rows(); ++i) EXPECT_TRUE(std::isnan(job->log_range[i]) && std::isnan(job->log_volatility[i]));
}

TEST(NetLearner, volatility_labels_have_their_own_target) {
    Series train = make_series(3000, 10, 2000);
    TrainingData data = train.data();
    data.directional = false;
    const auto job = training_job(default_parameters(NetKind::lstm), data, {}, 1);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->validation_from, job->rows());
    EXPECT_FLOAT_EQ(job->log_volatility[10], static_cast<float>(train.target[0]));
    EXPECT_TRUE(std::isnan(job->log_range[10]));
}

TEST(NetLearner, the_width_shrinks_until_rows_suffice_unless_it_was_asked_for) {
    const Series train = make_series(9000, 10, 9000);  // 2,997 labels
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        const auto job = training_job(default_parameters(kind), train.data(), {}, 1);
        ASSERT_TRUE(job) << job.error().text;
        EXPECT_TRUE(check_job(*job)) << check_job(*job).error().text;
        EXPECT_LT(job->spec.width, 64U);
    }
    const auto asked = parse_net_parameters(NetKind::lstm, "width=64");
    ASSERT_TRUE(asked);
    const auto job = training_job(*asked, train.data(), {}, 1);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->spec.width, 64U);
    EXPECT_FALSE(check_job(*job));
}

TEST(NetLearner, the_least_rows_are_those_from_which_a_job_is_let_pass) {
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        const std::size_t least = least_training_rows(kind, 4);
        const auto rows = [&](std::size_t labels) { return make_series(20'000, 10, static_cast<std::uint32_t>(10 + 3 * labels)); };
        const Series enough = rows(least), few = rows(least - 2);
        const Series validation = make_series(20'000, 19'000, 19'300);
        EXPECT_EQ(enough.row.size(), least);
        const auto width = [&](const Series& s) { return training_job(default_parameters(kind), s.data(), validation.data(), 1)->spec; };
        EXPECT_LE(static_cast<double>(parameters_of(width(enough)) - 8), 4.0 * static_cast<double>(least));
        EXPECT_GT(static_cast<double>(parameters_of(width(few)) - 8), 4.0 * static_cast<double>(least - 2));
    }
}

TEST(NetLearner, words_set_shape_and_training) {
    const auto cnn = parse_net_parameters(NetKind::cnn, "width=32 kernel=2 dilations=1,2,4,8 epochs=7 learning_rate=0.01 balance_classes=1");
    ASSERT_TRUE(cnn) << cnn.error().text;
    EXPECT_EQ(cnn->spec.width, 32U);
    EXPECT_THAT(cnn->spec.dilations, testing::ElementsAre(1, 2, 4, 8));
    EXPECT_EQ(cnn->training.epochs, 7U);
    EXPECT_EQ(cnn->training.learning_rate, 0.01);
    EXPECT_TRUE(cnn->training.balance_classes);
    EXPECT_FALSE(cnn->width_fits);
    for (const char* words : {"widht=8", "width=12", "width=x", "epochs=1.5", "kernel=3", "layers"}) {
        const auto refused = parse_net_parameters(NetKind::lstm, words);
        ASSERT_FALSE(refused) << words;
        EXPECT_EQ(refused.error().code, ErrorCode::usage);
    }
    EXPECT_THAT(parse_net_parameters(NetKind::lstm, "widht=8").error().text, HasSubstr("width"));
    EXPECT_FALSE(make_net_learner("gru", "", nullptr));
}

TEST(NetLearner, series_rows_and_bar_by_bar_give_the_same_probabilities) {
    const Series train = make_series(9000, 10, 9000);
    const auto trainer = std::make_shared<StandIn>();
    for (const char* kind : {"lstm", "transformer", "cnn"}) {
        const auto learner = make_net_learner(kind, "", trainer);
        ASSERT_TRUE(learner);
        EXPECT_TRUE((*learner)->reads_series());
        std::string told;
        FitOptions options;
        options.progress = [&](const FitProgress& p) { told = p.text; };
        const auto fitted = (*learner)->fit(train.data(), {}, options);
        ASSERT_TRUE(fitted) << fitted.error().text;
        EXPECT_THAT(told, testing::AllOf(HasSubstr("epoch 3 of 4"), HasSubstr("0.61"), HasSubstr("8 s left")));
        const std::vector<std::uint32_t> at{3, 40, 41, 199};
        std::vector<double> series(at.size()), stream;
        (*fitted)->predict_series(train.view, at, series);
        const auto memory = (*fitted)->start();
        ASSERT_NE(memory, nullptr);
        for (std::size_t t = 0; t < 200; ++t) stream.push_back((*fitted)->predict_next(memory.get(), train.view.row(t)));
        for (std::size_t i = 0; i < at.size(); ++i) EXPECT_EQ(series[i], stream[at[i]]);
        const auto shares = (*fitted)->importance();
        EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-9);

        const auto again = net_learners_for_restore();
        const auto same = std::ranges::find(again, std::string_view(kind), &Learner::name);
        ASSERT_NE(same, again.end());
        const auto restored = (*same)->restore((*fitted)->serialise());
        ASSERT_TRUE(restored) << restored.error().text;
        std::vector<double> back(at.size());
        (*restored)->predict_series(train.view, at, back);
        EXPECT_EQ(back, series);
        EXPECT_FALSE((*same)->restore((*fitted)->serialise().substr(0, 100)));
        EXPECT_EQ((*same)->fit(train.data(), {}, {}).error().code, ErrorCode::not_found);
    }
}

TEST(NetLearner, goes_on_from_a_net_of_the_same_shape) {
    const Series train = make_series(9000, 10, 9000);
    const auto trainer = std::make_shared<StandIn>();
    const auto learner = make_net_learner("cnn", "", trainer), other = make_net_learner("cnn", "kernel=2", trainer);
    const auto first = (*learner)->fit(train.data(), {}, {});
    ASSERT_TRUE(first);
    FitOptions warm;
    warm.warm_start = first->get();
    ASSERT_TRUE((*learner)->fit(train.data(), {}, warm));
    EXPECT_FALSE(trainer->last.initial.empty());
    EXPECT_FALSE((*other)->fit(train.data(), {}, warm));
}

}  // namespace
}  // namespace aitrading::models

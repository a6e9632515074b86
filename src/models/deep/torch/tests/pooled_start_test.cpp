// What a start from other instruments is worth, with a real trainer in this process.
#include "models/deep/pooled_start.hpp"

#include <gtest/gtest.h>

#include "models/deep/tests/drawn_pool.hpp"
#include "models/deep/torch/net_trainer.hpp"
#include "models/evaluation/paired_gain.hpp"

namespace aitrading::models {
namespace {

class InProcess final : public NetTrainer {
  public:
    Result<TrainedFile> train(const TrainingJob& job, std::stop_token stop, const std::function<void(const TrainerProgress&)>&) const override {
        TrainingHooks hooks;
        hooks.stop = stop;
        TRY(TrainedNet trained, train_net(job, {}, "cpu", hooks));
        TRY(std::string bytes, weight_file(job, std::move(trained.weights)));
        return TrainedFile{std::move(bytes), trained.summary};
    }
};

constexpr const char* words = "width=8 layers=1 window=4 epochs=6 chunk=16 streams=8 learning_rate=0.01 dropout=0 parameters_per_row=8";

struct Compared {
    PairedGain gain;
    std::string bytes;
};

/// The first of four instruments learns from its rows up to `own`, those before the last fifth teaching, and is judged on the
/// next 1,500.
Compared compare(std::size_t own, const std::vector<double>& first, const std::vector<double>& others) {
    std::vector<PoolSeries> series{draw({.name = "A", .rows = own + 1600, .loadings = first, .mean = 9, .unit = 0.1, .seed = 11, .first_day = 100})};
    for (const std::uint64_t s : {2, 3, 4}) series.push_back(draw({.name = std::string(1, static_cast<char>('A' + s)), .rows = 2400, .loadings = others, .unit = static_cast<double>(s), .seed = s}));
    const auto pool = std::make_shared<const NetPool>(std::move(*NetPool::make(std::move(series))));
    const PoolSeries& a = pool->series()[0];
    const auto trainer = std::make_shared<InProcess>();
    const NetParameters parameters = *parse_net_parameters(NetKind::lstm, words);
    const auto start = std::make_shared<const PooledStart>(pool, parameters, trainer, PooledStartOptions{});
    const OwnRows teaching(a, 0, own * 4 / 5), judging(a, own * 4 / 5 + 1, own), tested(a, own + 1, own + 1501);
    const auto said = [&](const Learner& learner, std::string* bytes) {
        const auto fitted = learner.fit(teaching.data(), judging.data(), {.seed = 1});
        EXPECT_TRUE(fitted) << fitted.error().text;
        if (bytes != nullptr) *bytes = (*fitted)->serialise();
        std::vector<double> p(tested.row.size());
        (*fitted)->predict_series(tested.series, tested.row, p);
        return p;
    };
    Compared out;
    const auto scratch = said(*make_net_learner(parameters, trainer), nullptr);
    const auto pooled = said(*make_pooled_learner(start, a.features.known, PoolUse::adapted), &out.bytes);
    out.gain = paired_gain(tested.y, scratch, pooled, 1, 1);
    return out;
}

TEST(PooledStart, wins_with_few_rows_of_its_own_where_loadings_are_shared) {
    const Compared first = compare(400, {2, -2, 0}, {2, -2, 0});
    EXPECT_TRUE(first.gain.clear()) << first.gain.before << " to " << first.gain.after << " from " << first.gain.low;
    EXPECT_EQ(first.bytes, compare(400, {2, -2, 0}, {2, -2, 0}).bytes);
}

TEST(PooledStart, is_not_kept_where_the_others_follow_something_else) {
    const Compared other = compare(2400, {2, -2, 0}, {0, 0, 0});
    EXPECT_FALSE(other.gain.clear()) << other.gain.before << " to " << other.gain.after << " from " << other.gain.low;
    const Compared opposed = compare(2400, {2, -2, 0}, {-2, 2, 1});
    EXPECT_FALSE(opposed.gain.clear()) << opposed.gain.before << " to " << opposed.gain.after << " from " << opposed.gain.low;
}

}  // namespace
}  // namespace aitrading::models

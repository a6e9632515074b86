#include "models/deep/pooled_start.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "drawn_pool.hpp"
#include "models/deep/causal_net.hpp"
#include "random_net.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

/// Answers with a net that is drawn by the job's fingerprint: another job, another net.
class Echo final : public NetTrainer {
  public:
    Result<TrainedFile> train(const TrainingJob& job, std::stop_token, const std::function<void(const TrainerProgress&)>&) const override {
        TRY_VOID(check_job(job));
        jobs.push_back(job);
        const std::uint64_t seed = std::stoull(fingerprint(job), nullptr, 16);
        TRY(std::string bytes, encode_weights(random_weights(job.spec, seed)));
        return TrainedFile{std::move(bytes), {}};
    }
    mutable std::vector<TrainingJob> jobs;
};

NetParameters small() { return *parse_net_parameters(NetKind::lstm, "width=8 layers=1 window=8"); }

std::vector<PoolSeries> three() {
    return {draw({.name = "A", .rows = 3000}), draw({.name = "B", .rows = 2600, .mean = 50, .unit = 7, .seed = 2, .first_day = 11}),
            draw({.name = "C", .rows = 2900, .mean = -3, .unit = 0.01, .seed = 3, .first_day = 2})};
}

std::shared_ptr<const NetPool> pool_of(std::vector<PoolSeries> series) {
    auto pool = NetPool::make(std::move(series));
    EXPECT_TRUE(pool) << pool.error().text;
    return std::make_shared<const NetPool>(std::move(*pool));
}

/// Everything that is not known by `until` becomes something else.
void change_after(PoolSeries& s, UnixNanos until) {
    for (std::size_t t = 0; t < s.features.rows(); ++t)
        for (std::size_t c = 0; c < drawn_columns && s.features.known[t] > until; ++c) s.features.values[t * drawn_columns + c] = 1e3 + static_cast<double>(t);
    for (std::size_t e = 0; e < s.labels.size(); ++e) {
        if (s.features.known[s.labels.end[e]] <= until) continue;
        s.labels.y[e] = 1 - s.labels.y[e];
        s.labels.target[e] = 1e6;
        s.labels.weight[e] = 9;
    }
}

TEST(NetPool, nothing_behind_its_instant_is_read) {
    for (const int month : {2, 3, 4}) {
        const UnixNanos until = from_civil({.year = 2010, .month = month});
        std::vector<PoolSeries> changed = three();
        for (PoolSeries& s : changed) change_after(s, until);
        const auto first = pool_job(*pool_of(three()), small(), until, 5), second = pool_job(*pool_of(std::move(changed)), small(), until, 5);
        ASSERT_TRUE(first) << first.error().text;
        ASSERT_TRUE(second);
        EXPECT_EQ(serialise(*first), serialise(*second)) << month;
    }
}

TEST(NetPool, what_judges_is_later_than_what_teaches_in_every_instrument) {
    const auto pool = pool_of(three());
    const UnixNanos until = from_civil({.year = 2010, .month = 4});
    const auto job = pool_job(*pool, small(), until, 5);
    ASSERT_TRUE(job);
    std::size_t taught = 0, judged = 0, known = 0;
    for (std::size_t i = 0; i < job->rows(); ++i) (i < job->validation_from ? taught : judged) += job->weight[i] > 0;
    for (const PoolSeries& s : pool->series())
        for (const std::uint32_t end : s.labels.end) known += s.features.known[end] <= until;
    // One label an instrument reaches across the instant between them.
    EXPECT_EQ(taught + judged + 3, known);
    EXPECT_NEAR(static_cast<double>(judged), 0.15 * static_cast<double>(known), 4);
    // Rows of a judging piece that stand before it only warm the state up.
    for (std::size_t i = job->validation_from; i < job->validation_from + 256; ++i) EXPECT_EQ(job->weight[i], 0);
    EXPECT_EQ(job->log_range.size(), job->rows());
}

TEST(NetPool, each_instrument_counts_in_units_of_its_own) {
    const auto job = pool_job(*pool_of(three()), small(), from_civil({.year = 2010, .month = 4}), 5);
    ASSERT_TRUE(job);
    double sum = 0, squares = 0, ranges = 0, known = 0;
    for (std::size_t i = 0; i < job->validation_from; ++i) {
        sum += job->inputs[i * drawn_columns];
        squares += job->inputs[i * drawn_columns] * job->inputs[i * drawn_columns];
        if (std::isfinite(job->log_range[i])) ranges += job->log_range[i], known += 1;
    }
    const auto rows = static_cast<double>(job->validation_from);
    EXPECT_NEAR(sum / rows, 0, 1e-6);
    EXPECT_NEAR(squares / rows, 1, 1e-4);
    EXPECT_NEAR(ranges / known, 0, 1e-5);
}

TEST(NetPool, a_settled_net_says_of_raw_rows_what_it_said_of_standardised_ones) {
    const PoolSeries own = draw({.name = "B", .rows = 1000, .mean = 50, .unit = 7, .seed = 2});
    const OwnRows rows(own, 0, 999);
    NetSpec spec = small().spec;
    spec.inputs = drawn_columns;
    NetWeights pooled = random_weights(spec, 4);
    const NetWeights settled = settle_weights(pooled, small(), rows.data());
    std::vector<double> standard(own.features.values);
    for (std::size_t c = 0; c < drawn_columns; ++c) {
        double mean = 0, squares = 0;
        for (std::size_t t = 0; t < 999; ++t) mean += own.features.values[t * drawn_columns + c] / 999;
        for (std::size_t t = 0; t < 999; ++t) squares += std::pow(own.features.values[t * drawn_columns + c] - mean, 2) / 999;
        for (std::size_t t = 0; t < 1000; ++t) standard[t * drawn_columns + c] = (standard[t * drawn_columns + c] - mean) / std::sqrt(squares);
    }
    const auto run = [&](const NetWeights& weights, const std::vector<double>& values) {
        const auto net = CausalNet::build(weights);
        NetState state = net->start();
        std::vector<float> out(1000 * spec.outputs);
        net->run(state, {values.data(), 1000, drawn_columns, drawn_columns}, out);
        return out;
    };
    const auto before = run(pooled, standard), after = run(settled, own.features.values);
    const double shift = after[1] - before[1];  // the auxiliary outputs are about the instrument's own means
    EXPECT_GT(std::abs(shift), 0.5);
    for (std::size_t i = 0; i < before.size(); i += spec.outputs) {
        EXPECT_NEAR(before[i], after[i], 2e-4);
        EXPECT_NEAR(after[i + 1] - before[i + 1], shift, 2e-4);
    }
}

TEST(NetPool, a_column_that_never_changes_here_is_unheard) {
    PoolSeries own = draw({.name = "B", .rows = 1000});
    for (std::size_t t = 0; t < 1000; ++t) own.features.values[t * drawn_columns + 1] = t < 900 ? 4 : 4e6;
    NetSpec spec = small().spec;
    spec.inputs = drawn_columns;
    const NetWeights settled = settle_weights(random_weights(spec, 4), small(), OwnRows(own, 0, 900).data());
    const auto first = settled.tensor("lstm.0.weight_ih");
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i] == 0, i % drawn_columns == 1) << i;
}

TEST(PooledStart, instruments_and_folds_of_one_month_share_a_net) {
    const auto pool = pool_of(three());
    const auto trainer = std::make_shared<Echo>();
    std::map<std::string, std::string> kept;
    PooledStartOptions options;
    options.load = [&](const std::string& key) { return kept.contains(key) ? std::optional(kept[key]) : std::nullopt; };
    options.store = [&](const std::string& key, const std::string& bytes) { kept[key] = bytes; };
    const auto start = std::make_shared<const PooledStart>(pool, small(), trainer, options);
    const auto fit = [&](std::size_t series, std::size_t to, PoolUse use) {
        const PoolSeries& s = pool->series()[series];
        return make_pooled_learner(start, s.features.known, use)->fit(OwnRows(s, 0, to).data(), {}, {});
    };
    for (const std::size_t series : {0, 2})
        for (const std::size_t rows : {2300, 2400}) ASSERT_TRUE(fit(series, rows, PoolUse::as_it_is));  // both end in April
    EXPECT_EQ(trainer->jobs.size(), 1U);
    ASSERT_TRUE(fit(0, 1500, PoolUse::as_it_is));
    EXPECT_EQ(trainer->jobs.size(), 2U);
    EXPECT_EQ(month_start(*parse_iso8601("2010-03-04T11:00:00Z")), *parse_iso8601("2010-03-01"));
    EXPECT_EQ(day_start(*parse_iso8601("2010-03-04T11:00:00Z")), *parse_iso8601("2010-03-04"));
    const auto adapted = fit(0, 2300, PoolUse::adapted);
    ASSERT_TRUE(adapted) << adapted.error().text;
    ASSERT_EQ(trainer->jobs.size(), 3U);
    const TrainingJob& last = trainer->jobs.back();
    EXPECT_EQ(last.rows(), 2300U);
    EXPECT_EQ(last.initial.size(), parameters_of(last.spec));
    EXPECT_EQ(last.options.epochs, 8U);
    EXPECT_DOUBLE_EQ(last.options.learning_rate, small().training.learning_rate / 4);
    // Another process finds what this one kept.
    const auto again = std::make_shared<const PooledStart>(pool, small(), std::make_shared<Echo>(), options);
    const auto second = make_pooled_learner(again, pool->series()[0].features.known, PoolUse::adapted)->fit(OwnRows(pool->series()[0], 0, 2300).data(), {}, {});
    ASSERT_TRUE(second);
    EXPECT_EQ((*second)->serialise(), (*adapted)->serialise());
    EXPECT_EQ(kept.size(), 2U);
}

TEST(PooledStart, a_fit_does_not_depend_on_what_comes_after_its_rows) {
    std::vector<PoolSeries> changed = three();
    const UnixNanos last = changed[0].features.known[1700];
    for (PoolSeries& s : changed) change_after(s, last);
    const auto bytes = [](std::vector<PoolSeries> series, PoolUse use) {
        const auto pool = pool_of(std::move(series));
        const auto start = std::make_shared<const PooledStart>(pool, small(), std::make_shared<Echo>(), PooledStartOptions{});
        const auto learner = make_pooled_learner(start, pool->series()[0].features.known, use);
        EXPECT_EQ(learner->name(), "lstm");
        EXPECT_THAT(learner->describe(), HasSubstr("pool=A,B,C"));
        const auto fitted = learner->fit(OwnRows(pool->series()[0], 0, 1700).data(), {}, {.seed = 3});
        EXPECT_TRUE(fitted);
        EXPECT_TRUE(make_net_learner(default_parameters(NetKind::lstm), nullptr)->restore((*fitted)->serialise()));
        return (*fitted)->serialise();
    };
    for (const PoolUse use : {PoolUse::adapted, PoolUse::as_it_is}) EXPECT_EQ(bytes(three(), use), bytes(changed, use));
}

TEST(PooledStart, an_adaptation_that_does_no_good_to_validation_rows_is_left_out) {
    const auto pool = pool_of(three());
    const PoolSeries& own = pool->series()[0];
    const auto start = std::make_shared<const PooledStart>(pool, small(), std::make_shared<Echo>(), PooledStartOptions{});
    const OwnRows teaching(own, 0, 1700), judging(own, 1701, 2200);
    const auto loss = [&](const Classifier& c) {
        std::vector<double> p(judging.row.size());
        c.predict_series(judging.series, judging.row, p);
        double sum = 0;
        for (std::size_t i = 0; i < p.size(); ++i) sum -= std::log(judging.y[i] > 0.5F ? p[i] : 1 - p[i]);
        return sum;
    };
    int left = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const auto as_it_is = make_pooled_learner(start, own.features.known, PoolUse::as_it_is)->fit(teaching.data(), judging.data(), {.seed = seed});
        const auto adapted = make_pooled_learner(start, own.features.known, PoolUse::adapted)->fit(teaching.data(), judging.data(), {.seed = seed});
        ASSERT_TRUE(as_it_is && adapted);
        EXPECT_LE(loss(**adapted), loss(**as_it_is));
        left += (*adapted)->serialise() == (*as_it_is)->serialise();
    }
    EXPECT_GT(left, 0);  // the stand-in draws its nets at random: some are better, some are not
}

TEST(NetPool, says_what_does_not_fit) {
    const auto one = NetPool::make({draw({.name = "A"})});
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, ErrorCode::usage);
    EXPECT_THAT(one.error().text, HasSubstr("two instruments"));
    EXPECT_THAT(NetPool::make({draw({.name = "A"}), draw({.name = "A"})}).error().text, HasSubstr("A stands in the pool twice"));
    std::vector<PoolSeries> other = three();
    other[1].labels.spec = "large_move";
    EXPECT_THAT(NetPool::make(other).error().text, HasSubstr("B has other columns or another label than A"));
    const auto early = pool_job(*pool_of(three()), small(), from_civil({.year = 2010, .month = 1, .day = 3}), 1);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, ErrorCode::bad_input);
    EXPECT_THAT(early.error().text, HasSubstr("known by 2010-01-03"));
    const auto pool = pool_of(three());
    const auto learner = make_pooled_learner(std::make_shared<const PooledStart>(pool, small(), nullptr, PooledStartOptions{}), pool->series()[0].features.known, PoolUse::adapted);
    EXPECT_EQ(learner->fit(OwnRows(pool->series()[0], 0, 1700).data(), {}, {}).error().code, ErrorCode::not_found);
    EXPECT_EQ(make_pooled_learner(std::make_shared<const PooledStart>(pool, small(), nullptr, PooledStartOptions{}), {}, PoolUse::adapted)
                  ->fit(OwnRows(pool->series()[0], 0, 1700).data(), {}, {}).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models

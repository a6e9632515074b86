#include "insight/correlation/study.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"
#include "insight/correlation/pairs.hpp"
#include "insight/correlation/tests/brownian_pair.hpp"
#include "insight/correlation/tick_study.hpp"

namespace aitrading::insight {
namespace {

/// Hourly closes of four series: two that move together, one against them, one alone with a session of its own.
std::vector<CrossSeries> made(std::size_t rows, std::uint64_t seed, std::size_t change_at = static_cast<std::size_t>(-1)) {
    std::vector<CrossSeries> out{{"AAA", "", {}, {}}, {"BBB", "", {}, {}}, {"CCC", "", {}, {}}, {"DDD", "", {}, {}}};
    SplitMix64 random(seed);
    double level[4] = {0, 0, 0, 0};
    for (std::size_t i = 0; i < rows; ++i) {
        const double common = random.next_normal();
        const double share = i < change_at ? 0.9 : -0.9;
        const double moves[4] = {common, share * common + 0.43 * random.next_normal(), -0.8 * common + 0.6 * random.next_normal(), random.next_normal()};
        for (std::size_t j = 0; j < 4; ++j) {
            level[j] += 0.001 * moves[j];
            if (j == 3 && i % 24 == 5) continue;
            out[j].known.push_back({static_cast<std::int64_t>(i + 1) * nanos_per_hour});
            out[j].level.push_back(std::exp(level[j]));
        }
    }
    return out;
}

std::vector<CrossSeries> until(std::vector<CrossSeries> series, UnixNanos end) {
    for (CrossSeries& s : series)
        while (!s.known.empty() && s.known.back() > end) s.known.pop_back(), s.level.pop_back();
    return series;
}

TEST(Study, path_knows_nothing_of_the_future) {
    const auto whole = made(900, 4, 500);
    for (const PathMethod method : {PathMethod::rolling, PathMethod::ewma, PathMethod::dcc}) {
        const StudyOptions options{.method = method, .window = 100};
        const CorrelationStudy all = study_of(whole, options).value();
        for (const std::int64_t cut : {300, 555, 899}) {
            const CorrelationStudy part = study_of(until(whole, {cut * nanos_per_hour}), options).value();
            ASSERT_LE(part.rows.rows(), all.rows.rows());
            std::size_t known = 0;
            for (std::size_t k = 0; k < part.path.size(); ++k) {
                known += std::isfinite(part.path[k]);
                ASSERT_TRUE(part.path[k] == all.path[k] || (std::isnan(part.path[k]) && std::isnan(all.path[k]))) << k;
            }
            EXPECT_GT(known, 0u);
        }
    }
}

TEST(Study, path_does_not_depend_on_where_the_span_begins) {
    const auto series = made(600, 4);
    StudyOptions options{.window = 100};
    const CorrelationStudy all = study_of(series, options).value();
    options.align.range.from = {300 * nanos_per_hour};
    const CorrelationStudy late = study_of(series, options).value();
    const std::size_t skipped = all.path.size() - late.path.size();
    ASSERT_GT(skipped, 0u);
    for (std::size_t k = 0; k < late.path.size(); ++k) EXPECT_EQ(late.path[k], all.path[skipped + k]);
}

TEST(Study, tells_what_moves_together_and_when_that_broke) {
    const auto series = made(1000, 4, 600);
    const CorrelationStudy study = study_of(series, {.window = 200}).value();
    const PairStudy& broken = study.pairs[pair_index(0, 1)];
    ASSERT_TRUE(broken.cusum && broken.windows);
    EXPECT_LT(broken.cusum->p, 0.001);
    EXPECT_NEAR(static_cast<double>(broken.cusum->row), 600, 30);
    EXPECT_GT(broken.windows->p_robust, 0.001) << "both of the last windows lie after the break";
    const PairStudy& steady = study.pairs[pair_index(0, 2)];
    EXPECT_NEAR(steady.whole.value, -0.8, 0.05);
    EXPECT_GT(steady.cusum->p, 0.01);
    EXPECT_EQ(steady.best_lag, 0);
    EXPECT_EQ(steady.lags.size(), 21u);
    EXPECT_EQ(study.order.size(), 4u);
    EXPECT_EQ(study.tree.size(), 3u);
    EXPECT_TRUE(study.warnings.empty());
}

TEST(Study, finds_the_leader_and_a_clock_that_is_wrong) {
    auto series = made(800, 5);
    for (UnixNanos& t : series[1].known) t.value += 2 * nanos_per_hour;  // BBB's clock is two hours ahead
    const CorrelationStudy study = study_of(series, {.window = 100}).value();
    const PairStudy& pair = study.pairs[pair_index(0, 1)];
    EXPECT_EQ(pair.best_lag, 2);
    EXPECT_GT(pair.ratio, 5);
    EXPECT_LT(pair.lag_p, 1e-6);
    ASSERT_FALSE(study.warnings.empty());
    EXPECT_THAT(study.warnings[0], testing::HasSubstr("AAA and BBB"));
}

TEST(Study, refuses_what_cannot_be_measured) {
    auto series = made(200, 6);
    EXPECT_EQ(study_of(std::span(series).subspan(0, 1), {}).error().code, ErrorCode::usage);
    EXPECT_EQ(study_of(series, {.window = 3}).error().code, ErrorCode::usage);
    auto shifted = series;
    for (UnixNanos& t : shifted[0].known) t.value += nanos_per_minute;
    EXPECT_THAT(study_of(shifted, {.window = 50}).error().text, testing::HasSubstr("clocks do not meet"));
    auto still = series;
    for (double& level : still[2].level) level = 1.5;
    EXPECT_THAT(study_of(still, {.window = 50}).error().text, testing::HasSubstr("CCC: the price never moves"));
    const CorrelationStudy few = study_of(series, {.window = 150}).value();
    EXPECT_THAT(few.pairs[0].no_breaks, testing::HasSubstr("two windows of 150"));
}

TEST(TickStudy, path_knows_nothing_of_the_future) {
    const auto pair = testing_brownian::brownian_pair({.seed = 3});
    const std::vector<NamedTicks> markets{{"A", pair.first}, {"B", pair.second}};
    const TickStudy all = tick_study(markets, {.window = 10}).value();
    EXPECT_GE(all.known.size(), 58u);
    EXPECT_NEAR(all.pairs[0].whole.correlation(), 0.7, 0.15);
    for (const std::int64_t minutes : {12, 33, 59}) {
        auto cut = markets;
        for (NamedTicks& m : cut)
            while (m.path.time.back().value > minutes * nanos_per_minute) m.path.time.pop_back(), m.path.log_price.pop_back();
        const TickStudy part = tick_study(cut, {.window = 10}).value();
        ASSERT_GE(part.known.size() + 1, static_cast<std::size_t>(minutes));
        for (std::size_t k = 0; k < part.path.size(); ++k)
            ASSERT_TRUE(part.path[k] == all.path[k] || (std::isnan(part.path[k]) && std::isnan(all.path[k]))) << minutes << " " << k;
    }
}

TEST(TickStudy, a_window_over_everything_is_the_whole_estimate) {
    const auto pair = testing_brownian::brownian_pair({.seed = 4, .seconds = 600});
    std::vector<NamedTicks> markets{{"A", pair.first}, {"B", pair.second}};
    const auto end = std::max(pair.first.time.back(), pair.second.time.back());
    const TickStudy study = tick_study(markets, {.step_nanos = end.value / 2 + 1, .window = 2}).value();
    EXPECT_TRUE(study.path.empty() || std::isnan(study.path[0])) << "the last step is not over";
    markets[0].path.time.push_back({(end.value / 2 + 1) * 2});
    markets[0].path.log_price.push_back(markets[0].path.log_price.back());
    const TickStudy whole = tick_study(markets, {.step_nanos = end.value / 2 + 1, .window = 2}).value();
    EXPECT_NEAR(whole.path.back(), whole.pairs[0].whole.correlation(), 1e-9);
}

}  // namespace
}  // namespace aitrading::insight

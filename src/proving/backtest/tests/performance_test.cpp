#include "proving/backtest/performance.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace aitrading::backtest {
namespace {

RunResult with_days(const std::vector<double>& equity) {
    RunResult r;
    r.cash = Money::from_double(10'000);
    for (const double e : equity) r.daily.push_back({.time = {}, .equity = Money::from_double(e)});
    return r;
}

std::vector<Money> gross_of(const RunResult& r) {
    std::vector<Money> out;
    out.reserve(r.daily.size());
    for (const EquityPoint& p : r.daily) out.push_back(p.equity);
    return out;
}

// numpy: r = np.diff([10000] + e)/np.array([10000] + e[:-1]); r.mean()/r.std(ddof=1)*252**.5
TEST(Performance, sharpe_is_the_mean_over_the_deviation_of_daily_returns_times_root_252) {
    std::vector<double> equity;
    equity.reserve(24);
    for (int i = 0; i < 24; ++i) equity.push_back(10'000 + 10 * i + (i % 2 == 0 ? 40 : -30));
    double sum = 0, squares = 0, before = 10'000;
    std::vector<double> returns;
    for (const double e : equity) {
        returns.push_back(e / before - 1);
        sum += returns.back();
        before = e;
    }
    const double mean = sum / 24;
    for (const double x : returns) squares += (x - mean) * (x - mean);
    RunResult r = with_days(equity);
    judge(r, gross_of(r), 1);
    ASSERT_TRUE(r.sharpe.value);
    EXPECT_NEAR(*r.sharpe.value, mean / std::sqrt(squares / 23) * std::sqrt(252.0), 1e-9);
    EXPECT_EQ(r.sharpe.value, r.gross_sharpe.value);
    EXPECT_LT(*r.sharpe_low.value, *r.sharpe.value);
    EXPECT_GT(*r.sharpe_high.value, *r.sharpe.value);
    EXPECT_EQ(r.dsr.value, r.psr.value) << "one trial has nothing to deflate";
}

TEST(Performance, more_trials_deflate) {
    SplitMix64 random(1);
    std::vector<double> equity{10'000};
    for (int i = 0; i < 500; ++i) equity.push_back(equity.back() * (1 + 0.0005 + 0.01 * random.next_normal()));
    RunResult once = with_days(equity), often = with_days(equity);
    often.trials = 100;
    judge(once, gross_of(once), 1);
    judge(often, gross_of(often), 1);
    EXPECT_LT(*often.dsr.value, *once.dsr.value);
    EXPECT_EQ(often.psr.value, once.psr.value);
    EXPECT_EQ(often.sharpe_low.value, once.sharpe_low.value) << "the same seed gives the same interval";
}

TEST(Performance, says_why_a_figure_is_missing) {
    RunResult few = with_days(std::vector<double>(19, 10'000.0));
    judge(few, gross_of(few), 1);
    EXPECT_EQ(few.sharpe.reason, "fewer than 20 days");
    RunResult still = with_days(std::vector<double>(50, 10'000.0));
    judge(still, gross_of(still), 1);
    EXPECT_EQ(still.psr.reason, "the equity never moved");
    std::vector<double> ruined(50, 10'000.0);
    ruined[30] = -1;
    RunResult broke = with_days(ruined);
    judge(broke, gross_of(broke), 1);
    EXPECT_EQ(broke.sharpe_low.reason, "the equity fell to zero or below");
    RunResult none;
    judge(none, {}, 1);
    EXPECT_FALSE(none.sharpe.value);
}

}  // namespace
}  // namespace aitrading::backtest

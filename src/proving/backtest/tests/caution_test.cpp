#include "proving/backtest/caution.hpp"

#include <gtest/gtest.h>

namespace aitrading::backtest {
namespace {

RunResult run_with(int hour, std::int64_t net) {
    RunResult run;
    run.trades = 1;
    run.net = Money{net * Money::scale};
    const UnixNanos opened = from_civil({2018, 1, 3, hour});
    run.trade_list.push_back({.opened = opened, .closed = opened, .net = run.net});
    return run;
}

TEST(RolloverCaution, speaks_where_a_one_sided_profit_comes_from_the_rollover) {
    const auto caution = rollover_caution(run_with(21, 100), true);
    ASSERT_TRUE(caution.has_value());
    EXPECT_NE(caution->find("100.00 of the 100.00"), std::string::npos);
}

TEST(RolloverCaution, is_silent_for_other_hours_losses_and_both_sides) {
    EXPECT_FALSE(rollover_caution(run_with(9, 100), true));
    EXPECT_FALSE(rollover_caution(run_with(21, -100), true));
    EXPECT_FALSE(rollover_caution(run_with(21, 100), false));
}

TEST(RolloverCaution, is_silent_where_trades_are_missing_from_the_list) {
    RunResult run = run_with(21, 100);
    run.trades = 2;
    EXPECT_FALSE(rollover_caution(run, true));
}

}  // namespace
}  // namespace aitrading::backtest

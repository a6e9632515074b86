#include "proving/backtest/sensitivity.hpp"

#include <gtest/gtest.h>

#include "decision/trading/ema_cross.hpp"
#include "proving/backtest/tests/made_series.hpp"

namespace aitrading::backtest {
namespace {

Result<std::unique_ptr<trading::Strategy>> make_cross() {
    return std::make_unique<trading::EmaCross>(trading::EmaCrossOptions{.fast = 5, .slow = 20, .size = Quantity::from_double(10'000)});
}

BarColumns hours() { return grouped(made_ticks(60'000, 11), duration_nanos(Timeframe::m5), Timeframe::m5); }

RunOptions costed() {
    RunOptions options;
    options.series = {"EURUSD", Timeframe::m5};
    options.engine.rules.commission = {trading::Commission::Kind::per_lot, Money::from_double(7)};
    return options;
}

void expect_costs(const std::vector<SensitivityRun>& runs) {
    ASSERT_EQ(runs.size(), 5U);
    const double free = runs[0].result.net.to_double(), once = runs[1].result.net.to_double(), more = runs[2].result.net.to_double(),
                 twice = runs[3].result.net.to_double();
    EXPECT_EQ(runs[0].result.costs, Money{});
    EXPECT_GT(runs[1].result.costs, Money{});
    // The strategy decides as before, so that each half of the costs takes as much (to a cent for each fill).
    const double cents = 0.02 * static_cast<double>(runs[1].result.fills);
    EXPECT_NEAR(free - once, once - twice, cents);
    EXPECT_NEAR(once - more, (once - twice) / 2, cents);
    for (const SensitivityRun& r : runs) EXPECT_EQ(r.result.fills, runs[1].result.fills);
}

TEST(Sensitivity, costs_scale_with_a_spread_that_is_given) {
    RunOptions options = costed();
    options.spread = Price::from_double(0.0001);
    const auto runs = run_sensitivity(hours(), make_cross, options, {});
    ASSERT_TRUE(runs) << runs.error().text;
    expect_costs(*runs);
    EXPECT_EQ(runs->back().what, "filled at the same close");
    EXPECT_NE(runs->back().result.net, (*runs)[1].result.net);
    options.engine.fill = FillRule::same_close;
    EXPECT_EQ(run_sensitivity(hours(), make_cross, options, {})->back().what, "filled at the next open");
}

TEST(Sensitivity, costs_scale_with_the_spread_of_the_series_itself) {
    const BarColumns bars = hours();
    ASSERT_TRUE(bars.has_ask() || bars.has_spread());
    const auto runs = run_sensitivity(bars, make_cross, costed(), {});
    ASSERT_TRUE(runs) << runs.error().text;
    expect_costs(*runs);
}

TEST(Sensitivity, once_the_costs_is_the_run_itself) {
    const BarColumns bars = hours();
    const auto strategy = *make_cross();
    const auto plain = run_bars(stream_of(bars), *strategy, costed(), {});
    const auto runs = run_sensitivity(bars, make_cross, costed(), {});
    ASSERT_TRUE(plain && runs);
    EXPECT_EQ((*runs)[1].result.hash, plain->hash);
    EXPECT_EQ((*runs)[1].result.net, plain->net);
}

TEST(Sensitivity, swap_that_is_received_does_not_grow) {
    RunOptions options = costed();
    options.engine.rules.swap = {Price::from_double(-0.0002), Price::from_double(0.0001)};
    const RunOptions doubled = with_costs(options, 200);
    EXPECT_EQ(doubled.engine.rules.swap.long_night, Price::from_double(-0.0004));
    EXPECT_EQ(doubled.engine.rules.swap.short_night, Price::from_double(0.0001));
    EXPECT_EQ(doubled.engine.rules.commission.rate, Money::from_double(14));
    EXPECT_FALSE(doubled.spread);
}

}  // namespace
}  // namespace aitrading::backtest

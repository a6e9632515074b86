#include "proving/backtest/round_trip.hpp"

#include <gtest/gtest.h>

#include "proving/backtest/tests/made_series.hpp"

namespace aitrading::backtest {
namespace {

const Price pip = Price::from_double(1e-4);

TEST(RoundTrip, adds_spread_slippage_and_commission_of_both_fills) {
    const BarColumns bars = made_bars(10, 1);
    RunOptions run;
    EXPECT_EQ(round_trip_cost(run, bars), Price{});
    run.spread = pip;
    EXPECT_EQ(round_trip_cost(run, bars), pip);
    run.engine.rules.slippage = {.kind = trading::Slippage::Kind::fixed, .distance = pip};
    EXPECT_EQ(round_trip_cost(run, bars), Price{3 * pip.raw});
    run.engine.rules.commission = {trading::Commission::Kind::per_lot, Money{7 * Money::scale}};
    EXPECT_NEAR(round_trip_cost(run, bars).to_double(), 3e-4 + 2 * 7.0 / 100'000, 1e-9);
    run.engine.rules.slippage.kind = trading::Slippage::Kind::random;
    EXPECT_NEAR(round_trip_cost(run, bars).to_double(), 1e-4 + 2 * 7.0 / 100'000, 1e-9) << "chance is not foretold";
}

TEST(RoundTrip, takes_the_last_spread_of_the_series_where_none_is_asked_for) {
    BarColumns bars = made_bars(3, 1);
    EXPECT_EQ(round_trip_cost({}, BarColumns{}), Price{});
    for (const int pips : {1, 2, 5}) bars.spread.push_back(Price{pips * pip.raw});
    EXPECT_EQ(round_trip_cost({}, bars), Price{5 * pip.raw});
    RunOptions asked;
    asked.spread = pip;
    EXPECT_EQ(round_trip_cost(asked, bars), pip);
}

}  // namespace
}  // namespace aitrading::backtest

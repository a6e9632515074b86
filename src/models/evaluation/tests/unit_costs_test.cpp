#include "models/evaluation/unit_costs.hpp"

#include <gtest/gtest.h>

#include "models/evaluation/tests/random_bars.hpp"

namespace aitrading::models {
namespace {

TEST(HeldReturns, join_from_entry_to_entry) {
    const BarColumns bars = random_bars(200, 3);
    const std::vector<std::uint32_t> rows{5, 6, 10, 199};
    const auto held = held_returns(bars, rows);
    auto close = [&](std::size_t i) { return bars.close[i].to_double(); };
    EXPECT_NEAR(held.return_bp[1], 1e4 * (close(10) / close(6) - 1), 1e-9);
    EXPECT_EQ(held.realised[0], bars.time[6]);
    EXPECT_EQ(held.return_bp[3], 0);
}

TEST(UnitCosts, are_half_the_spread_and_the_commission_at_each_close) {
    const BarColumns bars = random_bars(50, 3);
    const std::vector<std::uint32_t> rows{5, 6, 10};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double price = bars.close[rows[i]].to_double();
        EXPECT_NEAR(unit_costs_bp(bars, rows, {.spread = 0.0001, .commission_share = 2e-5})[i], 1e4 * (0.00005 / price + 2e-5), 1e-9);
        EXPECT_NEAR(unit_costs_bp(bars, rows, {.commission_per_unit = 7e-5})[i], 0.7 / price, 1e-9) << "7 a lot of 100,000 units";
        EXPECT_EQ(unit_costs_bp(bars, rows, {})[i], 0);
    }
}

TEST(UsualSpread, is_the_median_of_what_the_series_tells) {
    const Price pip = Price::from_double(1e-4);
    BarColumns bars = random_bars(5, 1);
    EXPECT_EQ(usual_spread(bars, pip), pip) << "a series without spreads";
    BarColumns column = bars;
    for (const int points : {9, 1, 3, 2, 4}) column.spread.push_back(Price{points * pip.raw});
    EXPECT_EQ(usual_spread(column, pip), Price{3 * pip.raw});
    BarColumns asks = bars;
    for (const auto side : {&BarColumns::ask_open, &BarColumns::ask_high, &BarColumns::ask_low, &BarColumns::ask_close})
        for (std::size_t i = 0; i < bars.size(); ++i) (asks.*side).push_back(bars.close[i] + Price{static_cast<std::int64_t>(i) * pip.raw});
    EXPECT_EQ(usual_spread(asks, pip), Price{2 * pip.raw});
}

}  // namespace
}  // namespace aitrading::models

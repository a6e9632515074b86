#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "decision/trading/ema_cross.hpp"
#include "proving/backtest/driver.hpp"
#include "proving/backtest/service/input_file.hpp"
#include "proving/backtest/vectorised.hpp"

// Golden fills of backtrader, backtesting and vectorbt, made by tools/golden/backtest/make.py.

namespace aitrading::backtest {
namespace {

const std::string golden = std::string(AIT_ROOM_DIR) + "/tests/golden/";
constexpr SeriesKey key() { return {"EURUSD", Timeframe::h1}; }

nlohmann::json cases() {
    std::ifstream in(golden + "fills.json");
    return nlohmann::json::parse(in);
}

BarStream golden_bars() {
    const auto input = inspect_input(golden + "bars.csv");
    EXPECT_TRUE(input) << input.error().text;
    EXPECT_EQ(input->bar_nanos, nanos_per_hour);
    EXPECT_EQ(input->digits, 5);
    return bars_of(*input, key(), {});
}

RunOptions options_of(const nlohmann::json& c) {
    RunOptions options;
    options.series = key();
    options.spread = Price::from_double(c["spread"]);
    options.engine.fill = c["fill"] == "same_close" ? FillRule::same_close : FillRule::next_open;
    if (c["kind"] == "lot") options.engine.rules.commission.kind = trading::Commission::Kind::per_lot;
    if (c["kind"] == "million") options.engine.rules.commission.kind = trading::Commission::Kind::per_million;
    options.engine.rules.commission.rate = Money::from_double(c["rate"]);
    return options;
}

trading::EmaCross strategy_of(const nlohmann::json& c) {
    return trading::EmaCross({.fast = c["fast"], .slow = c["slow"], .size = Quantity::from_double(c["units"])});
}

void expect_agrees(const RunResult& result, const nlohmann::json& c, const std::vector<UnixNanos>& times) {
    for (const auto& [engine, theirs] : c["engines"].items()) {
        SCOPED_TRACE(engine + " " + c["fast"].dump() + " " + c["slow"].dump() + " " + c["fill"].dump());
        const auto& fills = theirs["fills"];
        ASSERT_EQ(result.fill_list.size(), fills.size());
        ASSERT_EQ(result.fills, static_cast<std::int64_t>(fills.size()));
        const bool with_spread = theirs["price_has_spread"];
        for (std::size_t i = 0; i < fills.size(); ++i) {
            const Fill& ours = result.fill_list[i];
            const std::int64_t signed_units = (ours.side == Side::buy ? 1 : -1) * ours.quantity.raw / Quantity::scale;
            const std::size_t bar = fills[i][0];
            const std::int64_t late = c["fill"] == "same_close" ? nanos_per_hour : 0;
            ASSERT_EQ(ours.time.value, times[bar].value + late) << "fill " << i;
            ASSERT_EQ(signed_units, fills[i][1].get<std::int64_t>()) << "fill " << i;
            ASSERT_EQ(with_spread ? ours.price : ours.reference, Price::from_double(fills[i][2])) << "fill " << i;
        }
        // One cent for every hundred fills.
        const double allowed = 0.01 * static_cast<double>(fills.size()) / 100;
        EXPECT_NEAR(result.net.to_double(), theirs["net"].get<double>(), allowed);
    }
}

TEST(GoldenEngines, event_engine_gives_their_fills_and_profit) {
    const BarStream bars = golden_bars();
    std::vector<UnixNanos> times;
    ASSERT_TRUE(bars([&](const BarColumns& b) {
        times.insert(times.end(), b.time.begin(), b.time.end());
        return true;
    }));
    for (const auto& c : cases()) {
        trading::EmaCross strategy = strategy_of(c);
        const auto result = run_bars(bars, strategy, options_of(c), {});
        ASSERT_TRUE(result) << result.error().text;
        EXPECT_EQ(result->bars, 6'000);
        expect_agrees(*result, c, times);
    }
}

TEST(GoldenEngines, vectorised_mode_gives_the_event_engines_run_to_the_last_bit) {
    const BarStream stream = golden_bars();
    BarColumns bars;
    ASSERT_TRUE(stream([&](const BarColumns& b) {
        bars = b;
        return true;
    }));
    ASSERT_EQ(bars.size(), 6'000u);
    for (const auto& c : cases()) {
        RunOptions options = options_of(c);
        options.engine.rules.slippage = {.kind = trading::Slippage::Kind::random, .distance = Price{20'000}};
        options.engine.rules.swap = {Price{-70'000}, Price{20'000}};
        trading::EmaCross first = strategy_of(c), second = strategy_of(c);
        const auto event = run_bars(stream, first, options, {});
        const auto column = run_vectorised(bars, second, Quantity::from_double(c["units"]), options, {});
        ASSERT_TRUE(event && column);
        EXPECT_EQ(event->fill_list, column->fill_list);
        EXPECT_EQ(event->hash, column->hash);
        EXPECT_EQ(event->net, column->net);
        EXPECT_EQ(event->cost_parts.swap, column->cost_parts.swap);
        EXPECT_EQ(event->max_drawdown, column->max_drawdown);
        EXPECT_EQ(event->sharpe.value, column->sharpe.value);
        EXPECT_NE(event->cost_parts.swap, Money{});
    }
}

}  // namespace
}  // namespace aitrading::backtest

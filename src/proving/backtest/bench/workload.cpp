#include "proving/backtest/bench/workload.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/check.hpp"
#include "base/random.hpp"
#include "market/simulator/ticks.hpp"

namespace aitrading::backtest {

Scratch::Scratch() : folder_(std::filesystem::temp_directory_path() / fmt::format("backtest_bench_{}", getpid())) {
    std::filesystem::create_directories(folder_);
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

TickColumns simulated_ticks(std::size_t rows) {
    market::TickSimulator simulator(1);
    TickColumns ticks;
    ticks.key = {"EURUSD", Timeframe::ticks};
    for (std::size_t i = 0; i < rows; ++i) ticks.append(simulator.next());
    return ticks;
}

BarColumns simulated_minutes(std::size_t rows) {
    SplitMix64 random(1);
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::m1};
    std::int64_t points = 110'000;
    const auto step = [&](std::uint64_t most) { return static_cast<std::int64_t>(random.next_below(most)); };
    const auto at = [](std::int64_t p) { return Price{p * 10'000}; };
    bars.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::int64_t open = points + step(3) - 1;
        points = std::clamp<std::int64_t>(open + step(21) - 10, 90'000, 130'000);
        bars.append({{1'262'556'000 * nanos_per_second + static_cast<std::int64_t>(i) * nanos_per_minute}, at(open),
                     at(std::max(open, points) + step(6)), at(std::min(open, points) - step(6)), at(points),
                     {Quantity::scale}});
    }
    return bars;
}

RunOptions all_costs(Timeframe timeframe, bool margin) {
    RunOptions options;
    options.series = {"EURUSD", timeframe};
    options.engine.cash = Money{1'000'000'000 * Money::scale};
    trading::VenueRules& rules = options.engine.rules;
    rules.commission = {trading::Commission::Kind::per_million, Money{20 * Money::scale}};
    rules.slippage = {.kind = trading::Slippage::Kind::random, .distance = Price{20'000}};
    rules.swap = {Price{-70'000}, Price{20'000}};
    rules.lot_step = Quantity{trading::lot.raw / 100};
    if (margin) {
        rules.leverage = 30;
        rules.stop_out_percent = 50;
    }
    if (timeframe == Timeframe::m1) options.spread = Price{100'000};
    return options;
}

trading::EmaCross cross() { return trading::EmaCross({.fast = 10, .slow = 30, .size = {trading::lot.raw / 10}}); }

void write_csv(const BarColumns& bars, const std::filesystem::path& path) {
    std::ofstream out(path, std::ios::binary);
    out << "time,open,high,low,close,volume\n";
    for (std::size_t i = 0; i < bars.size(); ++i)
        out << fmt::format("{},{},{},{},{},1\n", to_iso8601(bars.time[i]), to_decimal(bars.open[i], 5),
                           to_decimal(bars.high[i], 5), to_decimal(bars.low[i], 5), to_decimal(bars.close[i], 5));
    CHECK(out.good());
}

void write_simulated_ticks(std::size_t rows, const std::filesystem::path& path) {
    market::TickSimulator simulator(1);
    std::ofstream out(path, std::ios::binary);
    out << "time,bid,ask,bid_size,ask_size\n";
    for (std::size_t i = 0; i < rows; ++i) {
        const Tick t = simulator.next();
        out << fmt::format("{},{},{},1000000,1000000\n", to_iso8601(t.time), to_decimal(t.bid, 5), to_decimal(t.ask, 5));
    }
    CHECK(out.good());
}

}  // namespace aitrading::backtest

#include "proving/backtest/sensitivity.hpp"

#include <algorithm>
#include <utility>

namespace aitrading::backtest {
namespace {

template <class Fixed>
void scale(Fixed& value, std::int64_t percent) {
    value.raw = value.raw * percent / 100;
}

BarStream stream_of(const BarColumns& bars) {
    return [&bars](const ports::BarSink& sink) -> Result<void> {
        sink(bars);
        return {};
    };
}

}  // namespace

RunOptions with_costs(RunOptions options, std::int64_t percent) {
    if (options.spread) scale(*options.spread, percent);
    trading::VenueRules& rules = options.engine.rules;
    scale(rules.commission.rate, percent);
    scale(rules.slippage.distance, percent);
    for (Price* night : {&rules.swap.long_night, &rules.swap.short_night})
        if (night->raw < 0) scale(*night, percent);
    return options;
}

BarColumns with_spreads(BarColumns bars, std::int64_t percent) {
    for (Price& spread : bars.spread) scale(spread, percent);
    if (!bars.has_ask()) return bars;
    const std::pair<const std::vector<Price>*, std::vector<Price>*> sides[] = {
        {&bars.open, &bars.ask_open}, {&bars.high, &bars.ask_high}, {&bars.low, &bars.ask_low}, {&bars.close, &bars.ask_close}};
    for (const auto& [bid, ask] : sides)
        for (std::size_t i = 0; i < bars.size(); ++i) (*ask)[i].raw = (*bid)[i].raw + ((*ask)[i].raw - (*bid)[i].raw) * percent / 100;
    // The highest ask need not have come with the highest bid: a wider spread may lift an open or close above it.
    for (std::size_t i = 0; i < bars.size(); ++i) {
        bars.ask_high[i] = std::max({bars.ask_high[i], bars.ask_open[i], bars.ask_close[i]});
        bars.ask_low[i] = std::min({bars.ask_low[i], bars.ask_open[i], bars.ask_close[i]});
    }
    return bars;
}

Result<std::vector<SensitivityRun>> run_sensitivity(const BarColumns& bars,
                                                    const std::function<Result<std::unique_ptr<trading::Strategy>>()>& make,
                                                    const RunOptions& options, std::stop_token stop) {
    std::vector<SensitivityRun> out;
    const auto add = [&](const char* what, const BarColumns& prices, const RunOptions& run) -> Result<void> {
        TRY(const auto strategy, make());
        TRY(RunResult result, run_bars(stream_of(prices), *strategy, run, stop));
        out.push_back({what, std::move(result)});
        return {};
    };
    const std::pair<const char*, std::int64_t> factors[] = {{"no costs", 0}, {"costs 1×", 100}, {"costs 1.5×", 150}, {"costs 2×", 200}};
    for (const auto& [what, percent] : factors) {
        const bool own = !options.spread && (bars.has_ask() || bars.has_spread());
        TRY_VOID(own ? add(what, with_spreads(bars, percent), with_costs(options, percent)) : add(what, bars, with_costs(options, percent)));
    }
    RunOptions other = options;
    const bool next_open = options.engine.fill == FillRule::next_open;
    other.engine.fill = next_open ? FillRule::same_close : FillRule::next_open;
    TRY_VOID(add(next_open ? "filled at the same close" : "filled at the next open", bars, other));
    return out;
}

}  // namespace aitrading::backtest

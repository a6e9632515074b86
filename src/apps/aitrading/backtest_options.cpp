#include "apps/aitrading/backtest_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "apps/aitrading/instrument_lookup.hpp"
#include "decision/trading/costs.hpp"

namespace aitrading::apps {
namespace {

using backtest::RunOptions;

/// Percent as a whole number: "50%" or "50".
Result<std::int64_t> parse_percent(std::string text) {
    if (text.ends_with('%')) text.pop_back();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > 99)
        return fail(ErrorCode::usage, fmt::format("--stop-out \"{}\" must be a share of the margin from 0% to 99%", text));
    return value;
}

/// Whole units in groups of three: 100,000.
std::string units_text(Quantity units) {
    std::string text = fmt::format("{}", units.raw / Quantity::scale);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

}  // namespace

Result<TimeRange> range_of(const BacktestOptions& o) {
    TimeRange range;
    if (!o.from.empty()) {
        TRY(range.from, parse_iso8601(o.from));
    }
    if (!o.to.empty()) {
        TRY(range.to, parse_iso8601(o.to));
    }
    if (range.from >= range.to)
        return fail(ErrorCode::usage, fmt::format("--from {} must lie before --to {}", o.from, o.to));
    return range;
}

Result<RunOptions> run_options(const BacktestOptions& o, const SeriesKey& series, int digits, const Context& context) {
    RunOptions run;
    run.series = series;
    run.trials = o.trials;
    run.seed = context.seed;
    TRY(const PriceUnits units, price_units(context.home, series.symbol, digits));
    const Price pip = units.pip, point = units.point;
    const Quantity lot = o.contract_lots ? units.contract : units.lot;
    TRY(run.engine.cash, trading::parse_money(o.cash));
    if (run.engine.cash.raw <= 0) return fail(ErrorCode::usage, "--cash must be positive");
    trading::VenueRules& rules = run.engine.rules;
    if (!o.spread.empty()) {
        TRY(run.spread, trading::parse_distance(o.spread, pip, point));
        if (run.spread->raw < 0) return fail(ErrorCode::usage, fmt::format("--spread {} must not be negative", o.spread));
    }
    TRY(rules.commission, trading::parse_commission(o.commission, lot));
    TRY(rules.slippage, trading::parse_slippage(o.slippage, pip, point));
    TRY(rules.swap, trading::parse_swap(o.swap, pip, point));
    if (!o.lot_step.empty()) {
        TRY(rules.lot_step, trading::parse_lots(o.lot_step, lot));
    }
    rules.commission.one_lot = lot;
    rules.leverage = o.leverage;
    TRY(rules.stop_out_percent, parse_percent(o.stop_out));
    if (rules.stop_out_percent > 0 && rules.leverage == 0)
        return fail(ErrorCode::usage, "--stop-out needs --leverage, for example --leverage 30");
    rules.seed = context.seed;
    run.engine.fill = o.fill == "same_close" ? backtest::FillRule::same_close : backtest::FillRule::next_open;
    return run;
}

void add_notes(RunResult& result, const BacktestOptions& o, const RunOptions& run) {
    std::vector<std::string> notes;
    notes.push_back(run.engine.fill == backtest::FillRule::next_open
                        ? "orders are decided at a bar's close and filled at the next open"
                        : "orders are filled at the very close that decided them: kinder than a market is");
    if (run.spread)
        notes.push_back(fmt::format("spread {} around the bars' prices, half of it paid on each fill",
                                    to_decimal(*run.spread, 6)));
    else if (result.ticks == 0 && result.cost_parts.spread.raw == 0)
        notes.push_back("no spread: the series has none and --spread was not given; give --spread 1.0pip to see what is left");
    else
        notes.push_back("bid and ask of the series itself");
    if (o.intrabar != "worst")
        notes.push_back(fmt::format("inside a bar the stored {} decide what is touched first", o.intrabar));
    else if (result.ticks == 0)
        notes.push_back("inside a bar the worse order of high and low is assumed");
    notes.push_back(fmt::format("profit counts in the quote currency of the symbol; 1 lot = {} units",
                                units_text(run.engine.rules.commission.one_lot)));
    if (o.leverage == 0) notes.push_back("no margin check; --leverage 30 --stop-out 50% turn it on");
    notes.insert(notes.end(), result.notes.begin(), result.notes.end());
    result.notes = std::move(notes);
}

}  // namespace aitrading::apps

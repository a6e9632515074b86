#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include <nlohmann/json.hpp>

#include "apps/aitrading/backtest_source.hpp"
#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/instrument_lookup.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/run_page.hpp"
#include "apps/aitrading/run_result_view.hpp"
#include "apps/aitrading/series_input.hpp"
#include "decision/trading/make_strategy.hpp"
#include "proving/backtest/caution.hpp"
#include "proving/backtest/driver.hpp"
#include "proving/backtest/vectorised.hpp"

namespace aitrading::apps {
namespace {

using backtest::RunOptions;

struct BacktestOptions {
    std::string symbol, timeframe, input, strategy;
    std::string mode = "event", fill = "next_open", intrabar = "worst", bars;
    std::string spread, commission = "0", slippage = "0", swap = "0", lots = "0.1", lot_step, cash = "10000";
    std::string from, to, report, stop_out = "0%";
    std::int64_t leverage = 0, trials = 1;
    bool contract_lots = false;
};

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

/// Percent as a whole number: "50%" or "50".
Result<std::int64_t> parse_percent(std::string text) {
    if (text.ends_with('%')) text.pop_back();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > 99)
        return fail(ErrorCode::usage, fmt::format("--stop-out \"{}\" must be a share of the margin from 0% to 99%", text));
    return value;
}

/// The prices' unit decides what a pip is; everything else comes from the options.
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

/// Whole units in groups of three: 100,000.
std::string units_text(Quantity units) {
    std::string text = fmt::format("{}", units.raw / Quantity::scale);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
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

/// Whole bars in memory, for the ways of running that need to look ahead in time of the prices.
Result<BarColumns> collect(const backtest::BarStream& stream, const SeriesKey& key) {
    BarColumns all;
    all.key = key;
    TRY_VOID(stream([&](const BarColumns& batch) {
        all.time.insert(all.time.end(), batch.time.begin(), batch.time.end());
        for (const auto column : {&BarColumns::open, &BarColumns::high, &BarColumns::low, &BarColumns::close,
                                  &BarColumns::ask_open, &BarColumns::ask_high, &BarColumns::ask_low,
                                  &BarColumns::ask_close, &BarColumns::spread})
            (all.*column).insert((all.*column).end(), (batch.*column).begin(), (batch.*column).end());
        all.volume.insert(all.volume.end(), batch.volume.begin(), batch.volume.end());
        return true;
    }));
    return all;
}

Result<RunResult> run_on_finer(const BacktestOptions& o, const BacktestSource& source, trading::Strategy& strategy,
                               const RunOptions& run, const Context& context) {
    TRY(const BarColumns bars, collect(source.bars, source.series));
    TRY(const BacktestSource finer, finer_source(context.home, source, o.intrabar == "ticks" ? Timeframe::ticks : Timeframe::m1));
    if (finer.ticks) return backtest::run_bars_on_ticks(bars, finer.quotes, strategy, run, context.stop);
    return backtest::run_bars_on_bars(bars, finer.bars, strategy, run, context.stop);
}

Result<RunResult> run_as_asked(const BacktestOptions& o, const BacktestSource& source, trading::Strategy& strategy,
                               Quantity size, const RunOptions& run, const Context& context) {
    if (source.ticks) {
        if (o.mode == "vectorised" || o.intrabar != "worst")
            return fail(ErrorCode::usage, "a tick series runs event by event as it is; leave out --mode and --intrabar");
        return backtest::run_ticks(source.quotes, strategy, run, context.stop);
    }
    if (o.mode == "vectorised") {
        TRY(const BarColumns bars, collect(source.bars, source.series));
        return backtest::run_vectorised(bars, strategy, size, run, context.stop);
    }
    if (o.intrabar != "worst") return run_on_finer(o, source, strategy, run, context);
    return backtest::run_bars(source.bars, strategy, run, context.stop);
}

/// What a run with a model or a report keeps in memory.
struct Traded {
    BarColumns bars;
    std::optional<LoadedModel> model;
    std::vector<StoredPrediction> predictions;
    std::optional<trading::ProbabilitySeries> series;  ///< of the model, once it was asked
};

/// Whole spread, fixed slippage and commission of both fills for one unit, at the last price.
Price round_trip_cost(const RunOptions& run, const BarColumns& bars) {
    Price cost = run.spread.value_or(Price{});
    const trading::VenueRules& rules = run.engine.rules;
    if (rules.slippage.kind == trading::Slippage::Kind::fixed) cost += rules.slippage.distance + rules.slippage.distance;
    if (bars.size() == 0) return cost;
    if (!run.spread && bars.has_spread()) cost += bars.spread.back();
    if (!run.spread && bars.has_ask()) cost += bars.ask_close.back() - bars.close.back();
    const double fee = rules.commission.of(bars.close.back(), rules.commission.one_lot).to_double() / rules.commission.one_lot.to_double();
    return cost + Price::from_double(2 * fee);
}

/// Stored out-of-fold predictions up to the model's training end, the model itself after it.
Result<trading::ProbabilitySeries> predictions_of(std::string_view name, const BacktestOptions& o,
                                                  const BacktestSource& source, const RunOptions& run, Traded& traded,
                                                  const Context& context) {
    if (traded.series) return *traded.series;
    if (source.ticks)
        return fail(ErrorCode::usage, "model:NAME trades bars; give the model's own series and --intrabar ticks");
    TRY(LoadedModel model, load_model(context, std::string(name), std::nullopt));
    BarColumns bars = traded.bars;
    if (o.input.empty()) {
        // The features of the first traded bar need the bars before it.
        TRY(bars, read_series(context, source.series, {.to = source.range.to}));
    }
    bars.key = run.series;
    TRY(traded.predictions, predict_bars(model, bars, context));
    std::erase_if(traded.predictions, [&](const StoredPrediction& p) { return !source.range.contains(p.bar); });
    traded.series = to_series(model, traded.predictions);
    traded.model = std::move(model);
    return *traded.series;
}

/// The regime of every traded bar; a stored series also has the bars before, which the rules need to begin.
Result<std::vector<int>> regimes_of(const BacktestOptions& o, const BacktestSource& source, const BarColumns& traded, const Context& context) {
    constexpr std::size_t most = 1'000'000;  // ten seconds; more would outlast the run
    if (traded.size() > most) return std::vector<int>{};
    BarColumns bars = traded;
    if (o.input.empty() && o.bars.empty()) {
        TRY(bars, read_series(context, source.series, {.to = source.range.to}));
    }
    TRY(const auto rules, regime_options(context, bars));
    TRY(const models::RegimePath path, models::rule_regimes(bars, rules, context.stop));
    const auto first = static_cast<std::ptrdiff_t>(bars.size() - std::min(bars.size(), traded.size()));
    return std::vector<int>(path.regime.begin() + first, path.regime.end());
}

/// What the report shows beside the run. Runs the strategy again under changed assumptions.
Result<RunPageFacts> page_facts(const BacktestOptions& o, const BacktestSource& source, Traded& traded,
                                const trading::StrategySetup& setup, const RunOptions& run, const Context& context) {
    RunPageFacts facts;
    facts.model = traded.model ? &*traded.model : nullptr;
    facts.predictions = traded.predictions;
    if (traded.bars.size() == 0) return facts;
    TRY(facts.regime, regimes_of(o, source, traded.bars, context));
    TRY(facts.sensitivity, backtest::run_sensitivity(traded.bars, [&] { return trading::make_strategy(o.strategy, setup); }, run, context.stop));
    facts.bars = std::move(traded.bars);
    return facts;
}

Result<void> run_backtest(const BacktestOptions& o, const Context& context) {
    TRY(const TimeRange range, range_of(o));
    TRY(BacktestSource source, o.input.empty() ? stored_source(context.home, o.symbol, o.timeframe, range)
                                               : file_source(o.input, o.symbol, range));
    if (!o.bars.empty()) {
        if (!source.ticks) return fail(ErrorCode::usage, "--bars makes bars from ticks; this series already has bars");
        TRY(source.series.timeframe, parse_timeframe(o.bars));
        source.bar_nanos = duration_nanos(source.series.timeframe);
    }
    TRY(RunOptions run, run_options(o, source.series, source.digits, context));
    run.bar_nanos = source.bar_nanos;
    trading::StrategySetup setup;
    TRY(setup.size, trading::parse_lots(o.lots, run.engine.rules.commission.one_lot));
    setup.probability.bar_nanos = source.bar_nanos;
    Traded traded;
    if (o.strategy.starts_with("model:") || (!o.report.empty() && !source.ticks)) {
        TRY(traded.bars, collect(source.bars, source.series));
        traded.bars.digits = source.digits;
    }
    setup.predictions = [&](std::string_view name) { return predictions_of(name, o, source, run, traded, context); };
    setup.probability.round_trip_cost = round_trip_cost(run, traded.bars);
    TRY(const auto strategy, trading::make_strategy(o.strategy, setup));
    if (traded.model) run.trials = std::max(run.trials, traded.model->metadata.trials);
    TRY(RunResult result, run_as_asked(o, source, *strategy, setup.size, run, context));
    add_notes(result, o, run);
    const bool one_sided = !source.ticks && !source.two_sided;
    if (auto caution = backtest::rollover_caution(result, one_sided)) result.cautions.push_back(std::move(*caution));
    if (!o.report.empty()) {
        TRY(const RunPageFacts facts, page_facts(o, source, traded, setup, run, context));
        TRY_VOID(write_run_page(o.report, result, facts, context));
    }
    if (context.json)
        fmt::print("{}\n", run_result_json(result).dump());
    else
        fmt::print("{}", run_result_text(result));
    return {};
}

}  // namespace

void add_backtest_commands(CLI::App& app, Context& context) {
    auto o = std::make_shared<BacktestOptions>();
    CLI::App* command = app.add_subcommand("backtest", "what a strategy would have made of a series, after all costs");
    command->footer("Example:\n  aitrading backtest --input EURUSD.csv --strategy 'ema_cross(10,30)' --spread 1.0pip "
                    "--commission 7/lot\n\nWhole percents, pips and points: 1.0pip, 12points, 50%. A swap is LONG/SHORT "
                    "for each night, negative is paid; write --swap=-0.7pip/0.2pip.");
    command->add_option("symbol", o->symbol, "stored symbol (with --input: the name to show)");
    command->add_option("timeframe", o->timeframe, "stored timeframe");
    command->add_option("--input", o->input, "CSV: time,open,high,low,close[,volume][,spread] or time,bid,ask");
    command->add_option("--strategy", o->strategy, "ema_cross(fast,slow) or model:NAME")->required();
    command->add_option("--mode", o->mode, "event, or vectorised (ema_cross, the same fills)")
        ->check(CLI::IsMember({"event", "vectorised"}));
    command->add_option("--intrabar", o->intrabar, "what happens inside a bar: worst, or the stored m1 or ticks")
        ->check(CLI::IsMember({"worst", "m1", "ticks"}));
    command->add_option("--bars", o->bars, "make bars of this timeframe from ticks on the way");
    command->add_option("--spread", o->spread, "whole spread, half is paid on each fill: 1.0pip");
    command->add_option("--commission", o->commission, "for each fill: 7/lot or 20/million of notional");
    command->add_option("--slippage", o->slippage, "0.2pip, 25%spread or random:0.5pip (seeded)");
    command->add_option("--swap", o->swap, "LONG/SHORT for each night at 17:00 New York, Wednesday threefold");
    command->add_option("--lots", o->lots, "size of the position")->capture_default_str();
    command->add_flag("--contract-lots", o->contract_lots, "a lot is one contract of the instrument (gold 100, an index 1), not 100,000 units");
    command->add_option("--lot-step", o->lot_step, "orders are cut down to a multiple of it");
    command->add_option("--cash", o->cash, "at the beginning")->capture_default_str();
    command->add_option("--fill", o->fill, "next_open or same_close")->check(CLI::IsMember({"next_open", "same_close"}));
    command->add_option("--leverage", o->leverage, "margin = notional / leverage; 0 = no margin check")
        ->check(CLI::Range(0, 10'000));
    command->add_option("--stop-out", o->stop_out, "close by force when equity falls below this share of the margin");
    command->add_option("--report", o->report, "folder for report.html");
    command->add_option("--trials", o->trials, "parameter sets tried before this one")->check(CLI::Range(1, 1'000'000'000));
    command->add_option("--from", o->from, "first bar at or after this time");
    command->add_option("--to", o->to, "last bar before this time");
    command->callback([o, &context] { context.action = [o, &context] { return run_backtest(*o, context); }; });
}

}  // namespace aitrading::apps

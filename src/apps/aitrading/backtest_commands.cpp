#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

#include <nlohmann/json.hpp>

#include "apps/aitrading/backtest_options.hpp"
#include "apps/aitrading/backtest_run.hpp"
#include "apps/aitrading/backtest_source.hpp"
#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/run_page.hpp"
#include "apps/aitrading/run_result_view.hpp"
#include "apps/aitrading/series_input.hpp"
#include "decision/trading/make_strategy.hpp"
#include "models/registry/promotion.hpp"
#include "proving/backtest/caution.hpp"
#include "proving/backtest/driver.hpp"
#include "proving/backtest/round_trip.hpp"

namespace aitrading::apps {
namespace {

using backtest::RunOptions;

/// What a run with a model or a report keeps in memory.
struct Traded {
    BarColumns bars;
    std::optional<LoadedModel> model;
    std::vector<StoredPrediction> predictions;
    std::optional<trading::ProbabilitySeries> series;  ///< of the model, once it was asked
};

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
    if (traded.predictions.empty()) TRY_VOID(models::check_unseen(model.metadata, source.range));
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
        TRY(traded.bars, collect_bars(source.bars, source.series));
        traded.bars.digits = source.digits;
    }
    setup.predictions = [&](std::string_view name) { return predictions_of(name, o, source, run, traded, context); };
    setup.probability.round_trip_cost = backtest::round_trip_cost(run, traded.bars);
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

#include "apps/aitrading/backtest_run.hpp"

#include "proving/backtest/vectorised.hpp"

namespace aitrading::apps {
namespace {

using backtest::RunOptions;

Result<RunResult> run_on_finer(const BacktestOptions& o, const BacktestSource& source, trading::Strategy& strategy,
                               const RunOptions& run, const Context& context) {
    TRY(const BarColumns bars, collect_bars(source.bars, source.series));
    TRY(const BacktestSource finer, finer_source(context.home, source, o.intrabar == "ticks" ? Timeframe::ticks : Timeframe::m1));
    if (finer.ticks) return backtest::run_bars_on_ticks(bars, finer.quotes, strategy, run, context.stop);
    return backtest::run_bars_on_bars(bars, finer.bars, strategy, run, context.stop);
}

}  // namespace

Result<BarColumns> collect_bars(const backtest::BarStream& stream, const SeriesKey& key) {
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

Result<RunResult> run_as_asked(const BacktestOptions& o, const BacktestSource& source, trading::Strategy& strategy,
                               Quantity size, const RunOptions& run, const Context& context) {
    if (source.ticks) {
        if (o.mode == "vectorised" || o.intrabar != "worst")
            return fail(ErrorCode::usage, "a tick series runs event by event as it is; leave out --mode and --intrabar");
        return backtest::run_ticks(source.quotes, strategy, run, context.stop);
    }
    if (o.mode == "vectorised") {
        TRY(const BarColumns bars, collect_bars(source.bars, source.series));
        return backtest::run_vectorised(bars, strategy, size, run, context.stop);
    }
    if (o.intrabar != "worst") return run_on_finer(o, source, strategy, run, context);
    return backtest::run_bars(source.bars, strategy, run, context.stop);
}

}  // namespace aitrading::apps

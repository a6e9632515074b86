#include "proving/backtest/driver.hpp"

#include <algorithm>
#include <chrono>

#include "proving/backtest/bar_builder.hpp"
#include "proving/backtest/input_check.hpp"
#include "proving/backtest/performance.hpp"

namespace aitrading::backtest {
namespace {

using trading::BarClosed;
using trading::Quote;
using trading::QuoteBar;

/// Adds up the wall time between construction and destruction, so that reading and engine are told apart.
class Timed {
  public:
    explicit Timed(double& seconds) : seconds_(seconds), begin_(std::chrono::steady_clock::now()) {}
    ~Timed() { seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

  private:
    double& seconds_;
    std::chrono::steady_clock::time_point begin_;
};

/// What every kind of run shares: the engine, the checks, the clock of the stages and the end.
struct Run {
    Run(trading::Strategy& s, const RunOptions& o, std::stop_token st)
        : strategy(s), options(o), stop(std::move(st)), engine(o.engine, s), check(o.series, largest_order(o)) {
        bar_nanos = o.bar_nanos > 0 ? o.bar_nanos : duration_nanos(o.series.timeframe);
    }
    static Quantity largest_order(const RunOptions&) { return trading::lot; }

    void saw(UnixNanos time) {
        if (result.bars + result.ticks == 0) result.from = time;
        result.to = time;
    }
    void closed(const BarClosed& event) {
        engine.on_bar_closed(event);
        ++result.bars;
    }

    /// Hands batches to `body` while it succeeds, timing it apart from the stream.
    template <class Columns, class Body>
    Result<void> over(const std::function<Result<void>(const std::function<bool(const Columns&)>&)>& stream,
                      const Body& body) {
        Result<void> ok;
        double whole = 0, inside = 0;
        {
            const Timed all(whole);
            const Result<void> streamed = stream([&](const Columns& batch) {
                const Timed timed(inside);
                ok = body(batch);
                if (ok && stop.stop_requested())
                    ok = fail(ErrorCode::interrupted, "back-test stopped before its end; nothing was written");
                return ok.has_value();
            });
            if (ok && !streamed) ok = streamed;
        }
        result.seconds += inside;
        load_seconds += whole - inside;
        return ok;
    }

    Result<RunResult> finish() {
        TRY_VOID(check.finish());
        {
            const Timed timed(result.seconds);
            engine.finish(result);
        }
        result.strategy = strategy.name();
        result.series = options.series;
        result.trials = options.trials;
        result.stages["load"] = load_seconds;
        result.stages["engine"] = result.seconds;
        {
            const Timed timed(result.stages["statistics"]);
            judge(result, engine.take_gross_days(), options.seed);
        }
        for (std::string& text : strategy.notes()) result.notes.push_back(std::move(text));
        return std::move(result);
    }

    trading::Strategy& strategy;
    const RunOptions& options;
    std::stop_token stop;
    Engine engine;
    InputCheck check;
    std::int64_t bar_nanos = 0;
    double load_seconds = 0;
    RunResult result;
};

Result<void> feed_bars(Run& run, const BarColumns& batch) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const QuoteBar quotes = quote_bar(batch, i, run.options.spread);
        TRY_VOID(run.check.bar(quotes));
        run.saw(quotes.time);
        run.engine.on_price(quotes);
        run.closed({batch.bar(i), {quotes.time.value + run.bar_nanos}, quotes.close()});
    }
    return {};
}

/// Decision bars whose prices come from elsewhere: keeps which bar is due and whether finer data was seen in it.
class BarSchedule {
  public:
    BarSchedule(Run& run, const BarColumns& bars) : run_(run), bars_(bars) {}

    /// Closes every bar that ends at or before `time`.
    Result<void> reach(std::int64_t time) {
        while (next_ < bars_.size() && bars_.time[next_].value + run_.bar_nanos <= time) TRY_VOID(close_next());
        return {};
    }
    void note_finer(UnixNanos time) { finer_ |= next_ < bars_.size() && time >= bars_.time[next_]; }
    Result<void> finish() {
        while (next_ < bars_.size()) TRY_VOID(close_next());
        return {};
    }

  private:
    Result<void> close_next() {
        const QuoteBar quotes = quote_bar(bars_, next_, run_.options.spread);
        TRY_VOID(run_.check.bar(quotes));
        run_.saw(quotes.time);
        if (!finer_) run_.engine.on_price(quotes);
        run_.closed({bars_.bar(next_), {quotes.time.value + run_.bar_nanos}, quotes.close()});
        finer_ = false;
        ++next_;
        return {};
    }
    Run& run_;
    const BarColumns& bars_;
    std::size_t next_ = 0;
    bool finer_ = false;
};

}  // namespace

QuoteBar quote_bar(const BarColumns& bars, std::size_t i, const std::optional<Price>& spread) {
    QuoteBar q{bars.time[i], bars.open[i], bars.high[i], bars.low[i], bars.close[i], {}, {}, {}, {}};
    Price width;
    if (spread) {
        width = *spread;
        const Price half{width.raw / 2};
        for (Price* bid : {&q.bid_open, &q.bid_high, &q.bid_low, &q.bid_close}) *bid -= half;
    } else if (bars.has_ask()) {
        q.ask_open = bars.ask_open[i];
        q.ask_high = bars.ask_high[i];
        q.ask_low = bars.ask_low[i];
        q.ask_close = bars.ask_close[i];
        return q;
    } else if (bars.has_spread()) {
        width = bars.spread[i];
    }
    q.ask_open = q.bid_open + width;
    q.ask_high = q.bid_high + width;
    q.ask_low = q.bid_low + width;
    q.ask_close = q.bid_close + width;
    return q;
}

Result<RunResult> run_bars(const BarStream& bars, trading::Strategy& strategy, const RunOptions& options,
                           std::stop_token stop) {
    Run run(strategy, options, std::move(stop));
    TRY_VOID(run.over<BarColumns>(bars, [&](const BarColumns& batch) { return feed_bars(run, batch); }));
    return run.finish();
}

Result<RunResult> run_ticks(const TickStream& ticks, trading::Strategy& strategy, const RunOptions& options,
                            std::stop_token stop) {
    Run run(strategy, options, std::move(stop));
    // A tick by itself is a bar that lasts for an instant.
    const bool each_tick = run.bar_nanos == 0;
    BarBuilder builder(std::max<std::int64_t>(1, run.bar_nanos));
    const auto feed = [&](const TickColumns& batch) -> Result<void> {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const Quote quote{batch.time[i], batch.bid[i], batch.ask[i]};
            TRY_VOID(run.check.tick(quote.time, quote.bid, quote.ask));
            run.saw(quote.time);
            ++run.result.ticks;
            if (each_tick) {
                run.engine.on_price(quote);
                run.closed({{quote.time, quote.bid, quote.bid, quote.bid, quote.bid, {Quantity::scale}},
                            quote.time, quote});
                continue;
            }
            if (builder.completed_by(quote.time)) run.closed(builder.bar());
            run.engine.on_price(quote);
            builder.add(quote);
        }
        return {};
    };
    TRY_VOID(run.over<TickColumns>(ticks, feed));
    if (builder.open()) run.closed(builder.bar());
    return run.finish();
}

Result<RunResult> run_bars_on_ticks(const BarColumns& bars, const TickStream& ticks, trading::Strategy& strategy,
                                    const RunOptions& options, std::stop_token stop) {
    Run run(strategy, options, std::move(stop));
    InputCheck check({options.series.symbol, Timeframe::ticks}, trading::lot);
    BarSchedule schedule(run, bars);
    const auto feed = [&](const TickColumns& batch) -> Result<void> {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const Quote quote{batch.time[i], batch.bid[i], batch.ask[i]};
            TRY_VOID(check.tick(quote.time, quote.bid, quote.ask));
            TRY_VOID(schedule.reach(quote.time.value));
            schedule.note_finer(quote.time);
            ++run.result.ticks;
            run.engine.on_price(quote);
        }
        return {};
    };
    TRY_VOID(run.over<TickColumns>(ticks, feed));
    TRY_VOID(schedule.finish());
    return run.finish();
}

Result<RunResult> run_bars_on_bars(const BarColumns& bars, const BarStream& finer,
                                   trading::Strategy& strategy, const RunOptions& options, std::stop_token stop) {
    Run run(strategy, options, std::move(stop));
    InputCheck check({options.series.symbol, Timeframe::m1}, trading::lot);
    BarSchedule schedule(run, bars);
    const auto feed = [&](const BarColumns& batch) -> Result<void> {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const QuoteBar quotes = quote_bar(batch, i, options.spread);
            TRY_VOID(check.bar(quotes));
            // A finer bar that begins before a decision bar ends belongs to it whole: lengths divide each other.
            TRY_VOID(schedule.reach(quotes.time.value));
            schedule.note_finer(quotes.time);
            run.engine.on_price(quotes);
        }
        return {};
    };
    TRY_VOID(run.over<BarColumns>(finer, feed));
    TRY_VOID(schedule.finish());
    return run.finish();
}

}  // namespace aitrading::backtest

#include "proving/backtest/vectorised.hpp"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "decision/trading/rollover.hpp"
#include "proving/backtest/input_check.hpp"
#include "proving/backtest/performance.hpp"

namespace aitrading::backtest {
namespace {

using trading::Quote;

/// A market order that trades at `at`.
struct ColumnOrder {
    std::size_t bar = 0;      ///< during which it trades; with same_close the bar that decided
    OrderId id = 0;
    std::int64_t units = 0;   ///< signed
    Quote at;
};

Result<void> check_rows(const BarColumns& bars, const RunOptions& options, std::stop_token stop) {
    InputCheck check(options.series, trading::lot);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        TRY_VOID(check.bar(quote_bar(bars, i, options.spread)));
        if (i % 65'536 == 0 && stop.stop_requested())
            return fail(ErrorCode::interrupted, "back-test stopped before its end; nothing was written");
    }
    return check.finish();
}

std::vector<signed char> wishes_of(const BarColumns& bars, trading::TargetRule& rule) {
    std::vector<signed char> wishes(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) wishes[i] = static_cast<signed char>(rule.target(bars.bar(i)));
    return wishes;
}

std::vector<ColumnOrder> orders_of(const BarColumns& bars, const std::vector<signed char>& wishes, Quantity size,
                                   const RunOptions& options, std::int64_t bar_nanos) {
    std::vector<ColumnOrder> orders;
    int before = 0;
    OrderId id = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (wishes[i] == before) continue;
        ColumnOrder order{.bar = i, .id = ++id, .units = (wishes[i] - before) * size.raw, .at = {}};
        before = wishes[i];
        if (options.engine.fill == FillRule::same_close) {
            order.at = quote_bar(bars, i, options.spread).close();
            order.at.time = {bars.time[i].value + bar_nanos};
        } else if (++order.bar < bars.size()) {
            order.at = quote_bar(bars, order.bar, options.spread).open();
        } else {
            break;  // decided on the last close: there is no open to trade at
        }
        orders.push_back(order);
    }
    return orders;
}

/// Books the orders and marks every bar.
class Ledger {
  public:
    Ledger(const BarColumns& bars, const RunOptions& options)
        : bars_(bars), options_(options), account_(options.engine.cash), recorder_(options.engine.list_max) {}

    void run(const std::vector<ColumnOrder>& orders) {
        std::size_t next = 0;
        UnixNanos rollover = trading::next_rollover(bars_.time.front());
        for (std::size_t i = 0; i < bars_.size(); ++i) {
            while (rollover <= bars_.time[i]) {
                charge(trading::nights_charged(rollover));
                rollover = trading::next_rollover(rollover);
            }
            if (next < orders.size() && orders[next].bar == i) book(orders[next++]);
            last_ = quote_bar(bars_, i, options_.spread).close();
            recorder_.on_mark(bars_.time[i], account_, last_.mid());
        }
    }
    std::vector<Money> finish(RunResult& result) {
        recorder_.finish(account_, last_.mid(), result);
        return recorder_.take_gross_days();
    }

  private:
    void charge(int nights) {
        const Quantity held = account_.position();
        const trading::SwapRates& swap = options_.engine.rules.swap;
        if (held.raw == 0 || !swap.any()) return;
        const Price rate = held.raw > 0 ? swap.long_night : swap.short_night;
        account_.charge_swap(-trading::Amount::of({rate.raw * nights}, {std::abs(held.raw)}));
    }
    void book(const ColumnOrder& order) {
        const trading::VenueRules& rules = options_.engine.rules;
        const Price slippage = rules.slippage.of(order.at, order.id, rules.seed);
        Fill fill;
        fill.time = order.at.time;
        fill.order = order.id;
        fill.side = order.units > 0 ? Side::buy : Side::sell;
        fill.price = order.units > 0 ? order.at.ask + slippage : order.at.bid - slippage;
        fill.reference = order.at.mid();
        fill.quantity = {std::abs(order.units)};
        fill.commission = rules.commission.of(fill.price, fill.quantity);
        recorder_.on_fill(fill, account_.apply(fill, slippage));
    }

    const BarColumns& bars_;
    const RunOptions& options_;
    trading::Account account_;
    Recorder recorder_;
    Quote last_{};
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Result<RunResult> run_vectorised(const BarColumns& bars, trading::Strategy& strategy, Quantity size,
                                 const RunOptions& options, std::stop_token stop) {
    auto* rule = dynamic_cast<trading::TargetRule*>(&strategy);
    const trading::VenueRules& rules = options.engine.rules;
    if (rule == nullptr)
        return fail(ErrorCode::usage, fmt::format("{} answers to its account and needs --mode event", strategy.name()));
    if (rules.leverage > 0 || (rules.lot_step.raw > 0 && size.raw % rules.lot_step.raw != 0))
        return fail(ErrorCode::usage, "--mode vectorised knows no margin and needs --lots to be whole lot steps; "
                                      "use --mode event");
    const auto begin = std::chrono::steady_clock::now();
    TRY_VOID(check_rows(bars, options, stop));
    const std::int64_t bar_nanos = options.bar_nanos > 0 ? options.bar_nanos : duration_nanos(options.series.timeframe);
    Ledger ledger(bars, options);
    ledger.run(orders_of(bars, wishes_of(bars, *rule), size, options, bar_nanos));
    RunResult result;
    const std::vector<Money> gross_days = ledger.finish(result);
    result.seconds = seconds_since(begin);
    result.strategy = strategy.name();
    result.series = options.series;
    result.from = bars.time.front();
    result.to = bars.time.back();
    result.bars = static_cast<std::int64_t>(bars.size());
    result.trials = options.trials;
    result.stages["engine"] = result.seconds;
    const auto judging = std::chrono::steady_clock::now();
    judge(result, gross_days, options.seed);
    result.stages["statistics"] = seconds_since(judging);
    for (std::string& text : strategy.notes()) result.notes.push_back(std::move(text));
    return result;
}

}  // namespace aitrading::backtest

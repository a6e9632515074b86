#include "proving/backtest/recorder.hpp"

#include <algorithm>

namespace aitrading::backtest {

void Recorder::on_fill(const Fill& fill, const std::optional<Trade>& ended) {
    ++fills_;
    fingerprint_.add(fill.time.value);
    fingerprint_.add(fill.order);
    fingerprint_.add(static_cast<std::uint64_t>(fill.side));
    fingerprint_.add(fill.price.raw);
    fingerprint_.add(fill.reference.raw);
    fingerprint_.add(fill.quantity.raw);
    fingerprint_.add(fill.commission.raw);
    if (fill_list_.size() < list_max_) fill_list_.push_back(fill);
    if (!ended) return;
    ++trades_;
    if (ended->net.raw > 0) ++wins_;
    if (trade_list_.size() < list_max_) trade_list_.push_back(*ended);
}

void Recorder::follow_drawdown() {
    if (peak_.raw <= 0) return;  // a share of nothing says nothing
    drawdown_max_ = std::max(drawdown_max_, (peak_ - trough_).to_double() / peak_.to_double());
}

void Recorder::begin_day(UnixNanos bar) {
    if (marked_) end_day();
    marked_ = true;
    const std::int64_t into_day = (bar.value % nanos_per_day + nanos_per_day) % nanos_per_day;
    day_end_ = bar.value - into_day + nanos_per_day;
}

void Recorder::end_day() {
    EquityPoint point;
    point.time = {day_end_};
    point.equity = equity_.to_money();
    point.drawdown = peak_.raw > 0 ? (peak_ - equity_).to_double() / peak_.to_double() : 0;
    daily_.push_back(point);
    gross_days_.push_back((equity_ + costs_).to_money());
}

void Recorder::finish(const trading::Account& account, Price mark, RunResult& result) {
    if (marked_) end_day();
    result.fills = fills_;
    result.trades = trades_;
    result.wins = wins_;
    result.cash = account.start().to_money();
    result.final_equity = account.equity(mark).to_money();
    result.net = result.final_equity - result.cash;
    const trading::CostAmounts& costs = account.costs();
    result.cost_parts = {costs.spread.to_money(), costs.commission.to_money(), costs.slippage.to_money(),
                         costs.swap.to_money()};
    result.costs = result.cost_parts.total();
    result.gross = result.net + result.costs;
    result.max_drawdown = drawdown_max_;
    fingerprint_.add(account.position().raw);
    fingerprint_.add(account.cash().to_money().raw);
    fingerprint_.add(result.final_equity.raw);
    result.hash = fingerprint_.hex();
    result.fill_list = std::move(fill_list_);
    result.trade_list = std::move(trade_list_);
    result.daily = std::move(daily_);
}

}  // namespace aitrading::backtest

#pragma once

#include <optional>
#include <vector>

#include "base/hash.hpp"
#include "decision/trading/account.hpp"
#include "domain/trade.hpp"

namespace aitrading::backtest {

/// Keeps what a run came to: counts, sums, the equity of each day, the first fills and trades up to a bound.
/// Memory grows with the days of the run, not with its events; every event costs the same however many went before.
class Recorder {
  public:
    /// @param list_max fills and trades kept one by one; further ones are only counted
    explicit Recorder(std::size_t list_max) : list_max_(list_max) {}

    void on_fill(const Fill& fill, const std::optional<Trade>& ended);
    /// Equity after the bar that opened at `bar`; its UTC day is the day of the equity.
    void on_mark(UnixNanos bar, const trading::Account& account, Price mark) {
        if (bar.value >= day_end_) begin_day(bar);
        const trading::Amount equity = account.equity(mark);
        equity_ = equity;
        costs_ = account.costs().total();
        if (equity > peak_) {
            peak_ = trough_ = equity;
        } else if (equity < trough_) {
            trough_ = equity;
            follow_drawdown();
        }
    }
    /// Call once, after the last mark. Puts fills, account and days into `result`; Sharpe and its kin are not touched.
    void finish(const trading::Account& account, Price mark, RunResult& result);
    /// Equity before all costs, one entry for each of the result's days.
    std::vector<Money> take_gross_days() { return std::move(gross_days_); }

    std::int64_t fills() const { return fills_; }
    /// Fills that were counted but not listed.
    std::int64_t fills_unlisted() const { return fills_ - static_cast<std::int64_t>(fill_list_.size()); }

  private:
    void begin_day(UnixNanos bar);
    void end_day();
    void follow_drawdown();

    std::size_t list_max_;
    std::int64_t fills_ = 0, trades_ = 0, wins_ = 0;
    std::vector<Fill> fill_list_;
    std::vector<Trade> trade_list_;
    std::vector<EquityPoint> daily_;
    Fingerprint fingerprint_;
    std::vector<Money> gross_days_;
    trading::Amount equity_, costs_, peak_{-((trading::Wide{1}) << 126)}, trough_;
    double drawdown_max_ = 0;
    std::int64_t day_end_ = INT64_MIN;
    bool marked_ = false;
};

}  // namespace aitrading::backtest

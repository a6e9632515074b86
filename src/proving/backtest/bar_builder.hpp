#pragma once

#include "decision/trading/strategy.hpp"
#include "domain/market.hpp"

namespace aitrading::backtest {

/// Makes bid bars out of quotes. Bars are aligned to multiples of their length from Monday 1970-01-05 00:00 UTC, so
/// that days begin at midnight and weeks on Monday; stretches without a tick have no bar. Volume counts the ticks.
class BarBuilder {
  public:
    /// @pre bar_nanos > 0
    explicit BarBuilder(std::int64_t bar_nanos) : nanos_(bar_nanos) {}

    bool open() const { return end_ != INT64_MIN; }
    /// True where a quote of this time shows that the bar being built is complete.
    bool completed_by(UnixNanos time) const { return time.value >= end_ && open(); }
    void add(const trading::Quote& quote) {
        if (quote.time.value >= end_) begin(quote);
        bar_.high = std::max(bar_.high, quote.bid);
        bar_.low = std::min(bar_.low, quote.bid);
        bar_.close = quote.bid;
        bar_.volume.raw += Quantity::scale;
        last_ = quote;
    }
    /// The bar built so far, as of its end. @pre open()
    trading::BarClosed bar() const { return {bar_, {end_}, last_}; }

  private:
    void begin(const trading::Quote& quote) {
        constexpr std::int64_t monday = 4 * nanos_per_day;
        const std::int64_t into = ((quote.time.value - monday) % nanos_ + nanos_) % nanos_;
        bar_ = {{quote.time.value - into}, quote.bid, quote.bid, quote.bid, quote.bid, {}};
        end_ = bar_.time.value + nanos_;
    }
    std::int64_t nanos_, end_ = INT64_MIN;
    Bar bar_{};
    trading::Quote last_{};
};

}  // namespace aitrading::backtest

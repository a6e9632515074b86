#pragma once

#include "base/result.hpp"
#include "decision/trading/quote.hpp"
#include "domain/market.hpp"

namespace aitrading::backtest {

/// Refuses rows that no market can have produced, with their number in the stream, field and remedy.
/// @errors bad_input
class InputCheck {
  public:
    /// @param largest_order units; prices beyond what Money can hold for a thousand such orders are refused
    InputCheck(SeriesKey key, Quantity largest_order);

    Result<void> bar(const trading::QuoteBar& b) {
        const bool sound = b.time > last_ && b.bid_low.raw > 0 && b.ask_high <= price_max_ && ordered(b) &&
                           b.bid_open <= b.ask_open && b.bid_high <= b.ask_high && b.bid_low <= b.ask_low &&
                           b.bid_close <= b.ask_close;
        ++row_;
        if (!sound) return explain(b);
        last_ = b.time;
        return {};
    }
    Result<void> tick(UnixNanos time, Price bid, Price ask) {
        const bool sound = time >= last_ && bid.raw > 0 && bid <= ask && ask <= price_max_;
        ++row_;
        if (!sound) return explain_tick(time, bid, ask);
        last_ = time;
        return {};
    }
    /// @errors bad_input where no row came
    Result<void> finish() const;
    std::int64_t rows() const { return row_; }

  private:
    static bool ordered(const trading::QuoteBar& b) {
        return b.bid_low <= b.bid_open && b.bid_open <= b.bid_high && b.bid_low <= b.bid_close &&
               b.bid_close <= b.bid_high && b.ask_low <= b.ask_open && b.ask_open <= b.ask_high &&
               b.ask_low <= b.ask_close && b.ask_close <= b.ask_high;
    }
    std::unexpected<Error> refuse(UnixNanos time, std::string_view what) const;
    std::unexpected<Error> explain(const trading::QuoteBar& b) const;
    std::unexpected<Error> explain_tick(UnixNanos time, Price bid, Price ask) const;

    SeriesKey key_;
    Price price_max_;
    UnixNanos last_{INT64_MIN};
    std::int64_t row_ = 0;
};

}  // namespace aitrading::backtest

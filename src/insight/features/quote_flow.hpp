#pragma once

#include <array>
#include <cmath>

#include "domain/market.hpp"
#include "insight/features/pairs.hpp"

// What the quotes and trades inside one bar say. Spreads are in basis points of the middle.

namespace aitrading::insight {

/// A quote as numbers.
struct Quote {
    double bid = 0, ask = 0, bid_size = 0, ask_size = 0;
    double middle = (bid + ask) / 2;
    /// The middle comes from whole units, so that equal middles are equal numbers.
    static Quote of(const Tick& t) {
        return {t.bid.to_double(), t.ask.to_double(), t.bid_size.to_double(), t.ask_size.to_double(),
                Price{t.bid.raw + t.ask.raw}.to_double() / 2};
    }
    double spread_bps() const { return (ask - bid) / middle * 1e4; }
};

/// Change of the queue at the best prices that one quote brings (Cont, Kukanov and Stoikov 2014): what came to the bid or
/// left the ask counts up.
inline double order_flow(const Quote& last, const Quote& now) {
    return (now.bid >= last.bid ? now.bid_size : 0) - (now.bid <= last.bid ? last.bid_size : 0) -
           (now.ask <= last.ask ? now.ask_size : 0) + (now.ask >= last.ask ? last.ask_size : 0);
}

/// Sums over the quotes of one bar. The quote that stood before it goes on until the bar's first.
class QuoteFlow {
  public:
    /// Starts the bar [begin, end) nanoseconds.
    void begin(std::int64_t start, std::int64_t end) {
        start_ = since_ = start;
        end_ = end;
        spread_time_ = time_ = depth_ = imbalance_ = flow_ = variance_ = 0;
        spread_max_ = ups = downs = count = 0;
    }
    void update(std::int64_t time, const Quote& quote) {
        hold(time);
        ++count;
        spread_max_ = std::fmax(spread_max_, quote.spread_bps());
        const double size = quote.bid_size + quote.ask_size;
        depth_ += size / 2;
        imbalance_ += size > 0 ? (quote.bid_size - quote.ask_size) / size : 0;
        if (known_) {
            const double move = log_ratio(quote.middle, last_.middle);
            ups += move > 0;
            downs += move < 0;
            variance_ += move * move;
            flow_ += order_flow(last_, quote);
        }
        last_ = quote;
        known_ = true;
    }
    /// Ends the bar: the last quote stands until then.
    void finish() { hold(end_); }

    const Quote& last() const { return last_; }
    double spread_mean() const { return time_ > 0 ? spread_time_ / time_ : last_.spread_bps(); }
    double spread_max() const { return spread_max_; }
    double per_second() const { return count / (static_cast<double>(end_ - start_) * 1e-9); }
    double tick_imbalance() const { return ups + downs > 0 ? (ups - downs) / (ups + downs) : 0; }
    double variance() const { return variance_; }
    double depth_imbalance() const { return count > 0 ? imbalance_ / count : 0; }
    /// Order flow of the bar by the mean size at the best prices.
    double flow() const { return depth_ > 0 ? flow_ / (depth_ / count) : 0; }
    double ups = 0, downs = 0, count = 0;

  private:
    void hold(std::int64_t until) {
        if (known_ && until > since_) {
            const auto span = static_cast<double>(until - since_);
            spread_time_ += span * last_.spread_bps();
            time_ += span;
        }
        since_ = until;
    }
    std::int64_t start_ = 0, end_ = 0, since_ = 0;
    bool known_ = false;
    Quote last_;
    double spread_time_ = 0, time_ = 0, spread_max_ = 0, depth_ = 0, imbalance_ = 0, flow_ = 0, variance_ = 0;
};

/// Trades against the quote that stood before them: effective spread and side (Lee and Ready 1991).
class TradeFlow {
  public:
    /// What one trade paid and which way it went.
    struct Verdict {
        double effective_bps = unknown;  ///< twice its distance from the middle
        int side = 0;                    ///< 1 bought, -1 sold, 0 not to be told
    };
    void quote(const Quote& q) { quote_ = q; }
    Verdict trade(double price, double size) {
        if (price != last_ && !is_unknown(last_)) tick_ = price > last_ ? 1 : -1;
        last_ = price;
        if (!(quote_.ask > 0)) return {};
        const double middle = quote_.middle;
        const int side = price > middle ? 1 : price < middle ? -1 : tick_;
        const double effective = 2 * std::fabs(price - middle) / middle * 1e4;
        volume_ += size;
        paid_ += effective * size;
        signed_ += side * size;
        return {effective, side};
    }
    /// Mean over all trades so far by size; unknown without any.
    double effective_bps() const { return volume_ > 0 ? paid_ / volume_ : unknown; }
    /// Bought less sold by all.
    double imbalance() const { return volume_ > 0 ? signed_ / volume_ : unknown; }

  private:
    Quote quote_;
    double last_ = unknown, volume_ = 0, paid_ = 0, signed_ = 0;
    int tick_ = 0;
};

}  // namespace aitrading::insight

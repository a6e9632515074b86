#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::insight {

/// Log prices of one market at the instants at which they were seen; times strictly increase.
struct TickPath {
    std::vector<UnixNanos> time;
    std::vector<double> log_price;
    std::size_t size() const { return time.size(); }
    /// The last price stands where several carry one time. @errors bad_input (a price that is not finite or not above
    /// zero, a time that goes back: row named; fewer than two times)
    static Result<TickPath> of(std::span<const UnixNanos> time, std::span<const double> price);
    /// Mid prices of quotes; crossed ones (ask below bid) are left out. @errors as above
    static Result<TickPath> mid(const TickColumns& ticks);
};

/// Covariance of two markets that trade at times of their own, over their whole span.
struct HayashiYoshida {
    double covariance = 0;
    double variance_first = 0, variance_second = 0;  ///< realised: sums of squared increments
    double correlation() const;                      ///< NaN where a market did not move. Not bounded by 1 in small samples
};

/// Sum of the products of all increments whose half-open intervals overlap: t1[i-1] < t2[j] + shift and
/// t2[j-1] + shift < t1[i]. Free of Epps' bias: no grid, no previous tick.
/// Source: Hayashi and Yoshida 2005; with a shift Hoffmann, Rosenbaum and Yoshida 2013.
/// @param shift_nanos added to every time of the second market
/// @complexity O(n + m), two pointers, no allocation
HayashiYoshida hayashi_yoshida(const TickPath& first, const TickPath& second, std::int64_t shift_nanos = 0);

/// The same while ticks come in: each pair of increments counts from the instant at which both are complete, so that the
/// state after any prefix is the estimate of that prefix. One pair of markets, O(1) a tick, no memory of the past.
class HayashiYoshidaStream {
  public:
    /// A tick of market 0 or 1; one at the time of the market's last replaces it.
    /// @pre time does not go back over both markets, log_price is finite
    void update(int market, UnixNanos time, double log_price);
    /// Since the first tick.
    const HayashiYoshida& estimate() const { return total_; }
    /// What was added since the last call: the estimate of a window of time is a sum of such parts.
    HayashiYoshida take();

  private:
    struct Side {
        UnixNanos time;                ///< of the last tick
        double price = 0, before = 0;  ///< the last tick's, and that of the last at an earlier time
        double other_then = 0;         ///< the other market's price as of `time`
        double other_before = 0;       ///< … as of that earlier time; its first price where it had none yet
        int ticks = 0;                 ///< at different times: 0, 1, or 2 for two or more
    };
    void add(double covariance, int market, double variance);
    Side side_[2];
    HayashiYoshida total_, part_;
};

}  // namespace aitrading::insight

#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "insight/features/candle.hpp"
#include "insight/features/windows.hpp"

namespace aitrading::insight {

/// A candle and what its size is measured against: means over the candles before it. Sizes and factors are those that
/// TA-Lib documents as its candle settings.
struct CandleShape {
    double open = 0, high = 0, low = 0, close = 0;
    double mean_body = 0, mean_range = 0, mean_shadow = 0;  ///< of the 10 candles before; one shadow, not both
    double mean_range_5 = 0;                                ///< of the 5 candles before

    bool white() const { return close >= open; }
    bool black() const { return !white(); }
    int colour() const { return white() ? 1 : -1; }
    double body() const { return std::fabs(close - open); }
    double top() const { return std::max(open, close); }
    double bottom() const { return std::min(open, close); }
    double upper() const { return high - top(); }
    double lower() const { return bottom() - low; }
    double range() const { return high - low; }

    bool long_body() const { return body() > mean_body; }
    bool short_body() const { return body() < mean_body; }
    bool no_long_body() const { return body() <= mean_body; }
    bool doji() const { return body() <= tiny(); }
    bool no_upper() const { return upper() < tiny(); }
    bool no_lower() const { return lower() < tiny(); }
    bool some_upper() const { return upper() > tiny(); }
    bool some_lower() const { return lower() > tiny(); }
    bool long_upper() const { return upper() > body(); }
    bool long_lower() const { return lower() > body(); }
    bool very_long_upper() const { return upper() > 2 * body(); }
    bool very_long_lower() const { return lower() > 2 * body(); }
    /// What counts as hardly anything, near, far and equal around this candle.
    double tiny() const { return 0.1 * mean_range; }
    double near() const { return 0.2 * mean_range_5; }
    double far() const { return 0.6 * mean_range_5; }
    double equal() const { return 0.05 * mean_range_5; }
    bool near_equal(double a, double b) const { return std::fabs(a - b) <= equal(); }
};

/// True where the body of `a` lies wholly above or below that of `b`.
inline bool body_above(const CandleShape& a, const CandleShape& b) { return a.bottom() > b.top(); }
inline bool body_below(const CandleShape& a, const CandleShape& b) { return a.top() < b.bottom(); }
/// The same of the whole candles.
inline bool wholly_above(const CandleShape& a, const CandleShape& b) { return a.low > b.high; }
inline bool wholly_below(const CandleShape& a, const CandleShape& b) { return a.high < b.low; }

/// The last candles with their measures; what the rules of all patterns look at.
class CandleHistory {
  public:
    void update(const Candle& bar) {
        CandleShape now{bar.open, bar.high, bar.low, bar.close, body_, range_, shadow_, range_5_};
        body_ = bodies_.update(now.body()) / 10;
        range_ = ranges_.update(now.range()) / 10;
        shadow_ = shadows_.update(now.upper() + now.lower()) / 20;
        range_5_ = short_ranges_.update(now.range()) / 5;
        at_ = (at_ + 1) % kept;
        candles_[at_] = now;
    }
    /// The candle of `age` bars ago. @pre age < 12
    const CandleShape& operator[](std::size_t age) const { return candles_[(at_ + kept - age) % kept]; }

  private:
    static constexpr std::size_t kept = 16;
    std::array<CandleShape, kept> candles_{};
    std::size_t at_ = 0;
    RollingSum bodies_{10}, ranges_{10}, shadows_{10}, short_ranges_{5};
    double body_ = 0, range_ = 0, shadow_ = 0, range_5_ = 0;
};

}  // namespace aitrading::insight

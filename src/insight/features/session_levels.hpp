#pragma once

#include <array>

#include "base/time.hpp"
#include "insight/features/candle.hpp"

// What depends on the day (UTC) to which a bar belongs by its opening time.

namespace aitrading::insight {

/// Days since 1970 of an instant in nanoseconds.
inline std::int64_t day_of(std::int64_t nanos) {
    return nanos / nanos_per_day - (nanos % nanos_per_day < 0 ? 1 : 0);
}

/// Mean of the typical price weighted by volume since the day began; unknown until the day has traded.
class Vwap {
  public:
    double update(const Candle& bar) {
        if (const std::int64_t day = day_of(bar.time); day != day_) {
            day_ = day;
            origin_ = bar.typical();
            value_ = volume_ = 0;
        }
        value_ += (bar.typical() - origin_) * bar.volume;
        volume_ += bar.volume;
        return volume_ > 0 ? origin_ + value_ / volume_ : unknown;
    }

  private:
    std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
    double origin_ = 0, value_ = 0, volume_ = 0;
};

/// Turning points of the floor from the last day that closed before the bar's own began.
class Pivots {
  public:
    enum Kind { classic, fibonacci, camarilla, woodie };
    explicit Pivots(int kind) : kind_(static_cast<Kind>(kind)) { levels_.fill(unknown); }
    /// p, r1, r2, r3, s1, s2, s3
    std::array<double, 7> update(const Candle& bar) {
        const std::int64_t day = day_of(bar.time);
        if (started_ && day == day_) {
            last_.high = bar.high > last_.high ? bar.high : last_.high;
            last_.low = bar.low < last_.low ? bar.low : last_.low;
            last_.close = bar.close;
            return levels_;
        }
        if (started_) levels_ = levels_of(last_);
        started_ = true;
        day_ = day;
        last_ = bar;
        return levels_;
    }

  private:
    std::array<double, 7> levels_of(const Candle& d) const {
        const double range = d.high - d.low, p = kind_ == woodie ? (d.high + d.low + 2 * d.close) / 4 : d.typical();
        const auto around = [](double middle, double a, double b, double c) {
            return std::array{middle + a, middle + b, middle + c, middle - a, middle - b, middle - c};
        };
        std::array<double, 6> rest{};
        if (kind_ == fibonacci)
            rest = around(p, 0.382 * range, 0.618 * range, range);
        else if (kind_ == camarilla)
            rest = around(d.close, 1.1 / 12 * range, 1.1 / 6 * range, 1.1 / 4 * range);
        else
            rest = {2 * p - d.low, p + range, d.high + 2 * (p - d.low), 2 * p - d.high, p - range, d.low - 2 * (d.high - p)};
        return {p, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5]};
    }
    Kind kind_;
    bool started_ = false;
    std::int64_t day_ = 0;
    Candle last_;
    std::array<double, 7> levels_;
};

}  // namespace aitrading::insight

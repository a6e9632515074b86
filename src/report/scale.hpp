#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"

namespace aitrading::report {

/// Linear map of a value range onto a pixel range; a range of no width maps to the middle.
class Scale {
  public:
    struct Range {
        double low = 0, high = 1;
    };
    Scale(Range values, Range pixels) : values_(values), pixels_(pixels) {}
    double operator()(double value) const;
    double operator()(UnixNanos time) const { return (*this)(static_cast<double>(time.value)); }
    Range values() const { return values_; }

  private:
    Range values_, pixels_;
};

/// A value range widened to whole ticks, with the ticks: multiples of 1, 2, 2.5 or 5 times a power of ten.
struct NiceAxis {
    Scale::Range range;
    std::vector<double> ticks;
    int digits = 0;  ///< decimals that the ticks need
};
/// @param target roughly how many ticks, >= 1. Values that are not finite, or low > high, give the axis 0..1.
NiceAxis nice_axis(double low, double high, int target);

struct TimeTick {
    UnixNanos at;
    std::string label;
};
/// Ticks on whole years, months, days or hours (UTC) inside [from, to], at most `most` + 1 of them. @pre most >= 1
std::vector<TimeTick> time_ticks(UnixNanos from, UnixNanos to, int most);

}  // namespace aitrading::report

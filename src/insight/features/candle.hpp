#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "domain/market.hpp"

namespace aitrading::insight {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// True for a value that is not known yet.
inline bool is_unknown(double value) { return value != value; }

/// ln(a/b), with every digit also where both are nearly equal.
inline double log_ratio(double a, double b) { return std::log1p((a - b) / b); }

/// A bar as the numeric kernels see it.
struct Candle {
    double open = 0, high = 0, low = 0, close = 0, volume = 0;
    std::int64_t time = 0;  ///< opening time in nanoseconds since 1970, for what begins anew with the day

    static Candle of(const Bar& bar) {
        return {bar.open.to_double(), bar.high.to_double(), bar.low.to_double(), bar.close.to_double(),
                bar.volume.to_double(), bar.time.value};
    }
    double typical() const { return (high + low + close) / 3.0; }
};

}  // namespace aitrading::insight

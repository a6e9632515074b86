#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/hayashi_yoshida.hpp"
#include "insight/correlation/lead_lag.hpp"

namespace aitrading::insight {

struct NamedTicks {
    std::string name;
    TickPath path;
};

struct TickStudyOptions {
    std::int64_t step_nanos = nanos_per_minute;  ///< a row of the path for each step in which anything was seen
    std::size_t window = 60;                     ///< steps that a value of the path is made of, >= 2
    LeadLagOptions lead_lag;
};

struct TickPair {
    std::size_t first = 0, second = 0;
    HayashiYoshida whole;
    double half_width = 0;  ///< 95 %, of the correlation over the whole span, jackknife over blocks of time
    LeadLag lead_lag;
};

/// Correlations of markets that trade at times of their own.
struct TickStudy {
    std::vector<std::string> names;
    std::vector<UnixNanos> known;   ///< ends of steps
    std::vector<double> path;       ///< [rows x pair_count] Hayashi-Yoshida over the last `window` rows, NaN: not full yet
    std::vector<TickPair> pairs;    ///< packed as in pairs.hpp
};

/// The path is streamed: a row is made of ticks up to its instant only.
/// @errors usage (fewer than two markets, window, step), bad_input (those of lead_lag, the pair named)
/// @complexity O(ticks x markets + pairs x lags x ticks); `threads` share the lags
Result<TickStudy> tick_study(std::span<const NamedTicks> markets, const TickStudyOptions& options, int threads = 1);

}  // namespace aitrading::insight

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::market {

/// A clock that a file may be written in.
struct ClockCandidate {
    std::string name;       ///< as for `--timezone`
    double log_prior = 0;   ///< natural logarithm, before anything was seen
    bool slip = false;      ///< a mixture of two clocks' rules: never a file's main clock
    std::vector<std::int64_t> ahead;  ///< [weeks] minutes that it is ahead of New York
};

/// The clocks that vendors and brokers use, then every whole hour from UTC-12 to UTC+14 and the usual half hours.
/// @param expected clocks that the layout documents, `A until DATE, B` giving both: these count for more
/// @errors usage (expected is no clock)
Result<std::vector<ClockCandidate>> clock_candidates(std::span<const std::int64_t> weeks, std::string_view expected);

}  // namespace aitrading::market

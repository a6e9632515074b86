#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::insight {

/// Another market's level over time: closes, each with the instant from which it is known.
struct CrossSeries {
    std::string name;               ///< as columns name it: dxy, gold, …
    std::string meaning;            ///< what it is made of
    std::vector<UnixNanos> known;   ///< increasing
    std::vector<double> level;      ///< > 0
    std::size_t size() const { return known.size(); }
};

/// The closes of a stored series, known at each bar's close. @pre bars are not ticks
CrossSeries cross_series(std::string name, const BarColumns& bars);

/// ICE's US dollar index from its legs as of each instant at which one of them has news:
/// 50.14348112 EURUSD^-0.576 USDJPY^0.136 GBPUSD^-0.119 USDCAD^0.091 USDSEK^0.042 USDCHF^0.036.
/// Without USDSEK the other weights are divided by their sum 0.958, and `meaning` says so.
/// @param legs series named by their pairs in any order; others are passed over
/// @errors not_found (a leg other than USDSEK is missing, named)
Result<CrossSeries> dollar_index(std::span<const CrossSeries> legs);

}  // namespace aitrading::insight

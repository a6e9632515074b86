#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
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

}  // namespace aitrading::insight

#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "report/heat_map.hpp"
#include "report/picture.hpp"

namespace aitrading::report {

/// Names of the rows and columns of maps over time: Mon … Sun, Jan … Dec, 0 … 23, and the twelve regimes by number.
std::vector<std::string> weekday_names();
std::vector<std::string> month_names();
std::vector<std::string> hour_names();
std::vector<std::string> regime_row_names();

/// Hour (UTC), month from 0, and year.
int hour_of(UnixNanos time);
int month_of(UnixNanos time);
int year_of(UnixNanos time);

/// Rows without a single value (Saturday in FX) are not drawn.
void drop_empty_rows(HeatMap& map);

/// Bars of a day or longer all open at one hour: there the month tells more than the hour.
template <class Values, class Time>
bool all_at_one_hour(const Values& values, Time time_of) {
    return std::ranges::all_of(values, [&](const auto& v) { return hour_of(time_of(v)) == hour_of(time_of(values.front())); });
}

/// The map as a picture whose title says how many of its cells stand out. @param cell_name plural, as in "hours of the week"
Picture picture_of(HeatMap map, const std::string& cell_name, const std::string& subtitle);

}  // namespace aitrading::report

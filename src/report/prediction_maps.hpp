#pragma once

#include <vector>

#include "report/facts.hpp"
#include "report/heat_map.hpp"
#include "report/picture.hpp"

namespace aitrading::report {

/// Gain of the model's answers over always giving the more frequent one, on the same bars, in percentage points.
/// Overlapping labels are not independent: their intervals are too short, which the caller says.
HeatMap gain_by_hour_and_weekday(const ScoredBars& bars);
HeatMap gain_by_year_and_month(const ScoredBars& bars);
/// Empty where no regime is known.
HeatMap gain_by_regime_and_hour(const ScoredBars& bars);
HeatMap gain_by_regime_and_month(const ScoredBars& bars);
HeatMap gain_by_weekday_and_month(const ScoredBars& bars);

/// The pictures of "where it worked" for predictions; those without a filled cell are left out.
/// @param overlap true where labels reach over several bars
std::vector<Picture> prediction_maps(const ScoredBars& bars, bool overlap);

}  // namespace aitrading::report

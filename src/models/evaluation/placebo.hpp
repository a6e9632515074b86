#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Labels (y, target) dealt anew in whole blocks of `block` entries, rows and spans kept. With blocks at
/// least as long as the horizon the labels keep their own dependence and lose that on the features. @pre
/// block >= 1
LabelSet shuffled_in_blocks(const LabelSet& labels, std::size_t block, std::uint64_t seed);

/// Features run backwards under the old times and names: the series is cut into three equal parts, and each
/// part takes the rows of the one before it (the first those of the last) in reverse order, so that no row
/// sees its own near future; up to two rows at the end are NaN. Not simply mirrored as a whole: row i would
/// then pair return n-1-i with return i+1, and row n-2-i the same two the other way round, so that what is
/// fitted by chance on the first half comes true on the second.
FeatureMatrix reversed_in_time(const FeatureMatrix& features);

/// Row t holds what was row t + 1: a deliberate leak of one bar. The last row is NaN.
FeatureMatrix shifted_one_bar_ahead(const FeatureMatrix& features);

/// Does to features or labels what the placebo of that name asks for: `shuffled` (blocks of the horizon, 20 at
/// least), `reversed`, `leak` (one bar ahead); nothing where the name is empty. @errors usage (another name)
Result<void> apply_placebo(std::string_view name, FeatureMatrix& features, LabelSet& labels, std::uint64_t seed);

/// Bars without any edge: log close a driftless random walk whose volatility clusters (GARCH(1,1): 0.05,
/// 0.94) around `volatility` per bar; high and low from four steps inside the bar; opens at the last close.
BarColumns null_market(const SeriesKey& key, std::size_t bars, double volatility, std::uint64_t seed);

}  // namespace aitrading::models

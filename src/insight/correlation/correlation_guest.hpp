#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "insight/features/cross_series.hpp"
#include "insight/features/feature_guest.hpp"

namespace aitrading::insight {

/// How a series moves with other markets in several timeframes at once, as columns behind its features. For each market and
/// each of M15 (window 192), H1 (120), H4 (90) and D1 (60) that is not shorter than the series' own bars, MARKET_corr_FRAME:
/// the correlation of log returns over closed bars of that frame; and where there are two frames or more MARKET_corr_spread
/// (greatest less least of them) and MARKET_corr_fast_minus_slow. NaN until four fifths of
/// a window have both.
///
/// A market's return over a bar is that of its levels known at the bar's close; where nothing new was known it is missing,
/// never filled. The guest goes through the levels as the bars come: each bar sees what was known at its close.
/// @param base timeframe of the bars that come in   @param markets closes of the others; shared by copies of the guest
/// @errors usage (no market; bars longer than a day)
Result<std::unique_ptr<FeatureGuest>> correlation_guest(Timeframe base, std::shared_ptr<const std::vector<CrossSeries>> markets);

}  // namespace aitrading::insight

#pragma once

#include <span>
#include <utility>
#include <vector>

#include "insight/regimes/regime.hpp"
#include "insight/regimes/rule_features.hpp"
#include "insight/regimes/segments.hpp"

namespace aitrading::insight {

/// The regime of each bar as hindsight sees it: whole segments, told with the future of every bar at hand. For training
/// targets, judging and pictures only; as SmoothedPath it gives out one bar at a time and converts to nothing.
class HindsightLabels {
  public:
    HindsightLabels(std::vector<Regime> labels, HindsightSegments segments)
        : labels_(std::move(labels)), segments_(std::move(segments)) {}
    std::size_t size() const { return labels_.size(); }
    Regime hindsight_regime(std::size_t t) const { return labels_[t]; }
    const HindsightSegments& segments() const { return segments_; }

  private:
    std::vector<Regime> labels_;
    HindsightSegments segments_;
};

/// PELT segments of the log returns (mean and variance, penalty 3 ln n, at least half a window long), then the rules of specs,
/// ml 3, on whole segments. Shares are, by bars, among the other segments of the reference window that ends with the segment: with the
/// future of its bars, but the same whatever follows the segment; before one reference window they are unknown. Over a segment of L bars the efficiency ratio is
/// scaled by sqrt(L / window) and t by sqrt(window / L): what a walk without drift shows then does not depend on L. Spread,
/// volume and Amihud's measure are the segment's means; ADX too. A breakout is told where a bar in the first window / 4 of a
/// segment fires its rule, a reversal where a trend follows a trend of the other side with t apart by 4; both for those
/// window / 4 bars, and the rest of the segment has what it is without them. Bar 0 has no return and the first segment's regime.
/// @param spread of each bar, or empty   @errors usage, bad_input (as find_segments; a bar that is none: its number)
Result<HindsightLabels> hindsight_labels(std::span<const Candle> bars, std::span<const double> spread, const RuleOptions& options,
                                         std::stop_token stop = {});

}  // namespace aitrading::insight

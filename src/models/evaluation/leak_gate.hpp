#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Recomputes features on prefixes of the bars and compares every row bit by bit (all NaN are one value): a
/// feature that needs a later bar changes or is missing at the prefix's end.
using FeatureBuilder = std::function<Result<FeatureMatrix>(const BarColumns&)>;
/// @param cuts prefixes tried, spread over the series, always one that ends one bar before the whole
/// @errors gate_refused (names feature, row, time, both values), or what `build` fails with
Result<void> audit_features(const BarColumns& bars, const FeatureMatrix& features,
                            const FeatureBuilder& build, int cuts, std::uint64_t seed);

/// What is credible on real bars (ml.md 0 and 1.1): next-bar direction 50..54 %, at most 56 %.
struct PlausibilityBounds {
    double accuracy = 0.56;        ///< of a balanced label, full coverage
    double above_majority = 0.06;  ///< where the classes are uneven: this much above the majority class
    double standard_errors = 4;
};
/// Refuses a next-bar panel whose accuracy lies more than that many standard errors above the bound.
/// Other labels pass: their honest accuracy has no common bound. @errors gate_refused
Result<void> plausibility_gate(const Panel& panel, const LabelSet& labels,
                               const PlausibilityBounds& bounds = {});

/// Synthetic markets: realised accuracy of the model is at most 4 paired standard errors above the exact
/// filter's on the same bars. @errors gate_refused
Result<void> bayes_gate(std::span<const float> y, std::span<const double> p_model,
                        std::span<const double> p_exact, double standard_errors = 4);

}  // namespace aitrading::models

#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/model.hpp"
#include "models/evaluation/panel.hpp"

namespace aitrading::models {

/// A spread of members' logits as a confidence in (0, 1/2]: bars on which members agree come first.
inline double agreement_of(double spread) {
    return 0.5 / (1 + spread);
}

/// The members' disagreement as an abstention score.
struct AgreementPanel {
    std::vector<CoveragePoint> accuracy_at;  ///< by panel_coverages, bars on which members agree most first; threshold: their spread
    Figure error_auc;  ///< chance that a wrong bar has more spread than a right one; above 1/2 disagreement warns
};

/// @param y, p, spread [entries]   @param thresholds of agreement_of(spread), frozen before each fold
/// @pre equal lengths   @complexity O(n log n)
AgreementPanel agreement_panel(std::span<const float> y, std::span<const double> p, std::span<const double> spread,
                               const FrozenThresholds& thresholds);

/// As one JSON object: accuracy_at, accuracy_at_detail (ci95, count, spread), error_auc.
std::string agreement_json(const AgreementPanel& panel);

}  // namespace aitrading::models

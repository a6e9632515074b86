#pragma once

#include <vector>

#include "models/ensemble/calibration.hpp"

namespace aitrading::models {

/// What the inductive Venn-Abers predictor says of one score: the isotonic value there if the truth were 0
/// (`low`) and if it were 1 (`high`), and the one probability that minimises the worst log loss of the two.
struct VennAbersInterval {
    double low = 0, high = 1;
    double merged = 0.5;  ///< high / (1 - low + high)
};

/// Every query's isotonic fit, prepared at once: O(n log n) to make, O(log n) per query.
/// Source: Vovk, Petej and Fedorova 2015, "Large-scale probabilistic predictors with and without guarantees
/// of validity", algorithms 1 to 4.
class VennAbers {
  public:
    /// Knows nothing: [0, 1].
    VennAbers() = default;
    explicit VennAbers(ScoredLabels data);
    VennAbersInterval query(double score) const;

    void write(ByteWriter& out) const;
    static VennAbers read(ByteReader& in);

  private:
    std::vector<double> score_;       ///< distinct, ascending
    std::vector<double> low_, high_;  ///< value at each distinct score with an added 0 or 1
};

}  // namespace aitrading::models

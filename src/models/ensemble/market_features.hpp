#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/model.hpp"

namespace aitrading::models {

/// One bar of a market table as it is known at its close (the row of `t,x,dxy,r_bp,log_volume,log_spread`).
struct MarketBar {
    double x = 0;     ///< order-flow imbalance
    double dxy = 0;   ///< shock of the dollar index
    double r_bp = 0;  ///< return of this bar in basis points
    double log_volume = 0, log_spread = 0;
};

/// Features of a market table: the last bar and memories of it. No model of the market inside.
///
/// Last bar: x, dxy, r, log volume, log spread. Memories: exponentially weighted means (spans 5, 15, 40) of
/// r, |r|, volume, spread and of the products r_t x_{t-1}, r_t dxy_{t-1}, r_t tanh(r_{t-1}/5), which tell how
/// the return answers to what came before it at present; the log of the trailing root mean square return
/// (span 10). Where a bar has a value that is not finite, its row is NaN and the memories skip it.
class MarketFeatures {
  public:
    static constexpr std::size_t columns = 27;
    static std::vector<std::string> names();
    /// Fingerprint of names and definitions.
    static std::string manifest_hash();

    /// Takes the next bar and gives its row, valid until the next call. [columns] O(columns), no allocation
    std::span<const double> update(const MarketBar& bar);

  private:
    static constexpr std::array<double, 3> spans{5, 15, 40};
    static constexpr std::size_t memories = 7;
    std::array<std::array<double, memories>, spans.size()> mean_{};
    std::array<double, columns> row_{};
    double square_ = 0;
    MarketBar last_{};
    std::uint64_t bars_ = 0;
};

/// Features of all bars; time and known count bars in seconds from 1970, since a market table has no clock.
FeatureMatrix market_feature_matrix(std::span<const MarketBar> bars);

/// Label of row t: 1 where r of bar t+1 is above zero; target that return; known at t+1. Every bar has an
/// entry; where the next return is not there (the last bar), zero or not finite, y is NaN: predicted, never
/// learnt from. Weights follow the size of the move (effective_weights): of a small mean the sign alone tells
/// 2/pi of what the number tells, a weighted sign nearly all. Normal tails make that safe here.
LabelSet market_labels(std::span<const MarketBar> bars);

}  // namespace aitrading::models

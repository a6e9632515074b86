#pragma once

#include <span>
#include <vector>

namespace aitrading::models {

/// The law of one channel as a monotone map between its values and normal scores: a net then learns how bars hang together,
/// not how heavy their tails are. Knots are the quantiles at every sixteenth of a deviation, out to where three values lie
/// beyond; behind the last knot the distance from the median grows as fast in its logarithm as over the last half deviation, for one deviation more: that far and no further a
/// draw leaves what was seen.
class NormalScores {
  public:
    /// @pre x is not empty and finite   @complexity O(n log n)
    static NormalScores fit(std::span<const double> x);
    /// Normal score; of tied values the middle one. @complexity O(log knots)
    double score(double value) const;
    /// The value of a normal score.
    double value(double score) const;

  private:
    double tail(double beyond, bool upper) const;
    double limit_ = 0, median_ = 0, growth_low_ = 0, growth_high_ = 0;
    std::vector<double> knots_;  ///< values at -limit_ … limit_
};

}  // namespace aitrading::models

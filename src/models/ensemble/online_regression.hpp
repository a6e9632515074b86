#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/bytes.hpp"

namespace aitrading::models {

/// Least squares that forgets: each observation loses weight by a constant factor per later one. A small
/// ridge in each term's own size keeps collinear terms finite.
class OnlineRegression {
  public:
    static constexpr std::size_t terms_max = 16;
    using Terms = std::array<double, terms_max>;

    /// @pre terms <= terms_max   @param span of the exponential forgetting, in observations
    OnlineRegression(std::size_t terms, double span);
    double predict(const Terms& x) const;
    /// O(terms^3 / 6): the coefficients are solved anew by Cholesky.
    void observe(const Terms& x, double y);

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    void solve();
    std::size_t terms_;
    double keep_;
    std::array<double, terms_max * terms_max> moments_{};
    Terms cross_{}, beta_{};
};

}  // namespace aitrading::models

#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/deep/causal_net.hpp"
#include "models/deep/net_gradient.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Why a net said what it said of a bar: integrated gradients (Sundararajan, Taly and Yan 2017) of its logit along the straight
/// way of the standardised inputs of its latest bars from zero, the mean of the training rows, to what they are, behind the
/// state that the bars before left. A feature's contribution is the sum over those bars; what the state alone says, against a
/// net that has seen means only, is `Reasons::earlier`.
///
/// Gauss-Legendre over the way; what it misses of the logit is told (`Reasons::residual`) and spread over the columns by their
/// size.
class IntegratedGradients {
  public:
    /// @pre the net is of these weights
    IntegratedGradients(const NetWeights& weights, const CausalNet& net);

    /// Bars that are told apart: up to 64, fewer for greater nets, so that the cost stays bounded.
    std::size_t bars() const { return bars_; }
    /// @param before the state before the first of `rows`; rows before the latest bars() are taken in first
    /// @param out [inputs]   @complexity O(bars() x parameters x points), allocates
    Reasons explain(const CausalNet& net, const NetState& before, MatrixView rows, std::span<double> out) const;

  private:
    struct Way {
        double from = 0, to = 0;  ///< logits at its ends
    };
    Way integrate(const NetState& state, std::size_t bars, const AlignedFloats& x, std::size_t points, std::span<double> out) const;

    NetSpec spec_;
    std::vector<double> mean_, scale_;
    std::unique_ptr<const NetGradient> gradient_;
    std::size_t bars_ = 1;
    double base_ = 0;
};

}  // namespace aitrading::models

#pragma once

#include <deque>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace aitrading::models {

/// The ceil((n+1)(1-alpha))-th smallest score; infinite where that exceeds n.
/// Source: Vovk et al.; Angelopoulos and Bates. @pre 0 <= alpha <= 1   @complexity O(n)
double split_conformal_quantile(std::span<const double> scores, double alpha);

/// Adaptive conformal inference: alpha_{t+1} = alpha_t + gamma (alpha - err_t). Source: Gibbs and Candes
/// 2021.
class AdaptiveAlpha {
  public:
    AdaptiveAlpha(double alpha, double gamma) : target_(alpha), gamma_(gamma), alpha_(alpha) {}
    /// The miss rate to aim at now; may leave [0,1], as the theory wants.
    double alpha() const { return alpha_; }
    void observe(bool missed) { alpha_ += gamma_ * (target_ - (missed ? 1.0 : 0.0)); }
    /// |mean err - alpha| never exceeds this after `steps` observations, whatever the sequence.
    double coverage_gap_bound(std::size_t steps) const;
    void restore(double alpha) { alpha_ = alpha; }

  private:
    double target_, gamma_, alpha_;
};

/// Quantile tracker, the P part of conformal PID: q_{t+1} = q_t + eta (1[s_t > q_t] - alpha).
/// Source: Angelopoulos, Candes and Tibshirani 2023.
class QuantileTracker {
  public:
    QuantileTracker(double alpha, double eta, double start) : alpha_(alpha), eta_(eta), q_(start) {}
    double quantile() const { return q_; }
    void observe(double score) { q_ += eta_ * ((score > q_ ? 1.0 : 0.0) - alpha_); }

  private:
    double alpha_, eta_, q_;
};

/// Multiset of the latest scores with order statistics. Insert and remove O(window), a copy of a few
/// kilobytes.
class RollingScores {
  public:
    explicit RollingScores(std::size_t window) : window_(window) {}
    void add(double score);
    std::size_t size() const { return sorted_.size(); }
    /// Split conformal quantile of what is inside; where the index exceeds the size, the greatest score.
    double quantile(double alpha) const;
    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    std::size_t window_;
    std::deque<double> in_order_;
    std::vector<double> sorted_;
};

}  // namespace aitrading::models

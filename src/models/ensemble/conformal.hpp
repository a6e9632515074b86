#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/ring.hpp"

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

struct ConformalPidOptions {
    double alpha = 0.1;        ///< wanted rate of misses
    double rate = 0.1;         ///< step of the quantile tracker, in units of the scores
    double integral = 1;       ///< greatest pull of the integrator before it saturates, in units of the scores; 0: none
    double saturation = 0.2;   ///< C_sat: a surplus of misses of pi/2 C_sat (t + 1) / ln(t + 1) makes the quantile infinite
};

/// Conformal PID without a scorecaster: a quantile tracker q_{t+1} = q_t + rate * unit * (err_t - alpha) plus the saturating
/// integrator K_I unit tan(x ln(t+1) / (C_sat (t+1))), x the surplus of misses over alpha t, infinite beyond +-pi/2.
/// Whatever the sequence, |mean err - alpha| <= coverage_gap_bound. Source: Angelopoulos, Candes and Tibshirani 2023.
class ConformalPid {
  public:
    /// @param start the tracker's first quantile
    explicit ConformalPid(ConformalPidOptions options, double start = 0) : options_(options), tracker_(start) {}
    /// Half width to give now, in the scores' own size; may be negative or infinite.
    double quantile() const { return tracker_ + integrator_; }
    /// @param missed whether the score lay beyond quantile() as it was when it was asked   @param unit size of the scores
    void observe(bool missed, double unit);
    /// (pi/2 C_sat (T + 1) / ln(T + 1) + 1) / T; holds from the start on where the integrator is used.
    double coverage_gap_bound(std::size_t steps) const;
    std::uint64_t steps() const { return steps_; }

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    ConformalPidOptions options_;
    double tracker_ = 0, integrator_ = 0, surplus_ = 0;
    std::uint64_t steps_ = 0;
};

/// Multiset of the latest scores with order statistics. Insert and remove O(window), a copy of a few
/// kilobytes.
class RollingScores {
  public:
    explicit RollingScores(std::size_t window) : window_(window) {}
    void add(double score);
    /// Room for the whole window: `add` then allocates nothing.
    void reserve();
    std::size_t size() const { return sorted_.size(); }
    /// Split conformal quantile of what is inside; where the index exceeds the size, the greatest score.
    double quantile(double alpha) const;
    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    std::size_t window_;
    Ring<double> in_order_;
    std::vector<double> sorted_;
};

}  // namespace aitrading::models

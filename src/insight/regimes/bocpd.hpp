#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// Bayesian online change-point detection (Adams and MacKay 2007) of a normal law whose mean and precision are not known:
/// Normal-Gamma prior, Student-t predictive, constant hazard 1 / expected duration.
struct BocpdOptions {
    double expected_duration = 100;  ///< values between changes, > 1
    double mu = 0, kappa = 1, alpha = 1, beta = 1;  ///< prior, in units of the values: standardise them by what is known
    std::size_t runs_max = 500;      ///< run lengths kept; beyond, the least likely is dropped and its mass shared out
};

class Bocpd {
  public:
    /// @errors usage (a parameter out of range)
    static Result<Bocpd> of(const BocpdOptions& options);

    /// Takes the next value; one that is not finite changes nothing. @complexity O(kept runs), no allocation once full
    void update(double value);
    /// The most likely number of values since the last change, this one included: 0 where a change has just come.
    std::size_t run_length() const { return run_length_; }
    /// P(run length < 5 | values so far): that a change came just now.
    double short_run_probability() const { return short_run_; }
    /// Sum of the log predictive densities of all values so far.
    double log_evidence() const { return log_evidence_; }
    std::size_t kept() const { return runs_.size(); }

  private:
    /// What depends on the number of values in a run alone.
    struct OfLength {
        double gamma_term;  ///< ln Gamma(alpha + 1/2) - ln Gamma(alpha) - ln(pi) / 2
        double log_spread;  ///< ln(2 (kappa + 1) / kappa)
    };
    /// A run: `born` before value number `born`; beta doubled and widened is 2 beta (kappa + 1) / kappa.
    struct Run {
        double probability, mean, beta, log_beta;
        std::uint64_t born;
    };
    explicit Bocpd(const BocpdOptions& options);
    OfLength of_length(double values) const;
    void drop_least_likely();
    void tell();

    BocpdOptions options_;
    double hazard_;
    std::vector<Run> runs_;          ///< the longest first
    std::vector<OfLength> table_;    ///< [values]
    std::vector<double> log_density_;
    std::uint64_t values_ = 0;
    std::size_t run_length_ = 0;
    double short_run_ = 1, log_evidence_ = 0;
};

}  // namespace aitrading::insight

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace aitrading::models {

/// Scores of a model on data that it has not seen, in time order, with what happened. A score is a logit
/// here.
struct ScoredLabels {
    std::span<const double> score;
    std::span<const float> y;  ///< 0 or 1
    std::size_t size() const { return score.size(); }
    ScoredLabels slice(std::size_t from, std::size_t to) const {
        return {score.subspan(from, to - from), y.subspan(from, to - from)};
    }
};

/// A monotone map from a score (logit) to a probability. A value: copy it, keep it, serialise it.
class Calibrator {
  public:
    enum class Kind : std::uint8_t { identity, temperature, platt, beta, isotonic };

    /// sigmoid(score).
    Calibrator() = default;
    /// sigmoid(score / T), T in [0.05, 20] of least log loss. Source: Guo et al. 2017.
    static Calibrator fit_temperature(ScoredLabels data);
    /// 1 / (1 + exp(A score + B)) by maximum likelihood against the softened targets (n1+1)/(n1+2) and
    /// 1/(n0+2). Source: Platt 1999; Lin, Lin and Weng 2007.
    static Calibrator fit_platt(ScoredLabels data);
    /// sigmoid(a ln p - b ln(1-p) + c) with a, b >= 0, p = sigmoid(score). Contains the identity.
    /// Source: Kull, Silva Filho and Flach 2017.
    static Calibrator fit_beta(ScoredLabels data);
    /// Pool adjacent violators, linear between the knots, constant outside. One row more at either end contradicts it (label 1 at the
    /// least score, 0 at the greatest), so that an end of m rows never says less than 1/(m+1): what lies further out is
    /// judged by few rows, and a market that has moved there would pay for their certainty.
    static Calibrator fit_isotonic(ScoredLabels data);
    /// @pre at least one row. @complexity O(n log n) for isotonic, O(n) a step for the others
    static Calibrator fit(Kind kind, ScoredLabels data);

    double apply(double score) const;
    Kind kind() const { return kind_; }
    std::string_view name() const;
    /// Platt: A, B. Temperature: T. Beta: a, b, c. Isotonic and identity: none.
    const std::vector<double>& parameters() const { return parameters_; }

    void write(ByteWriter& out) const;
    static Calibrator read(ByteReader& in);

  private:
    Kind kind_ = Kind::identity;
    std::vector<double> parameters_;
    std::vector<double> knot_, value_;  ///< isotonic only
};

/// The isotonic (non-decreasing, least squares) fit at each of the given scores; equal scores share one
/// value.
/// @return [n] in the order of the input   @complexity O(n log n)
std::vector<double> isotonic_values(ScoredLabels data);

/// Mean log loss of a calibrator. @pre at least one row
double log_loss(const Calibrator& calibrator, ScoredLabels data);

struct CalibratorChoice {
    Calibrator calibrator;                                            ///< the winner, refitted on all rows
    std::vector<std::pair<std::string, double>> validation_log_loss;  ///< every candidate that was tried
};
struct ChoiceOptions {
    double validation_share = 1.0 / 3.0;  ///< the latest rows judge
    std::size_t purge_rows = 0;           ///< rows between the two parts whose labels are not known yet
    int overlap = 1;                      ///< label span in rows: `n / overlap` rows count as independent
};
/// Fits every candidate on the earlier rows, judges on the later ones by log loss, refits the best on all.
/// Candidates by the number of independent rows: below 50 the identity alone, below 1,000 identity,
/// temperature and Platt, from 300 beta, from 3,000 isotonic. A later (richer) candidate must win by more
/// than the noise of the comparison: half a standard error of the paired differences, so that ties go to
/// fewer parameters.
CalibratorChoice choose_calibrator(ScoredLabels data, const ChoiceOptions& options);

}  // namespace aitrading::models

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/regimes/hindsight_labels.hpp"
#include "insight/regimes/paths.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Training targets from hindsight: the regime `horizon` bars after each row. Made of rows that the classifier may learn from
/// and of nothing after them; the last `horizon` rows have none. Only NextRegime::fit reads them.
class NextRegimeTargets {
  public:
    /// States of a smoothed path. @param horizon 0: the present regime, for a reader of what is now
    NextRegimeTargets(const insight::SmoothedPath& path, std::size_t horizon);
    /// The twelve regimes of segments; a regime of unknown gives no target.
    NextRegimeTargets(const insight::HindsightLabels& labels, std::size_t horizon);
    std::size_t kinds() const { return kinds_; }
    std::size_t rows() const { return target_.size(); }

  private:
    friend class NextRegime;
    std::size_t kinds_;
    std::vector<int> target_;  ///< [rows], -1: none
};

struct NextRegimeOptions {
    double validation_share = 0.15;   ///< latest rows, which stop boosting early
    std::size_t purge = 0;            ///< rows left out between the two
    std::size_t rows_least = 50;      ///< a kind with fewer targets is not learnt: its share is given instead
    bool overlap = false;             ///< limits on leaves count stays instead of rows (TrainingData::overlap)
    std::uint64_t seed = 1;
    int threads = 1;                  ///< over the kinds; the result does not depend on it
    std::stop_token stop;
};

/// Predicts the regime to come from features that are known now: one classifier a kind against all others (random forest or
/// boosted trees, as given), scaled to sum 1.
class NextRegime {
  public:
    /// @param features one row a target, known at its row   @param learner used for every kind
    /// @errors bad_input (rows differ, fewer than 200 rows with a target, one kind only), what the learner says, interrupted
    static Result<NextRegime> fit(const Learner& learner, MatrixView features, const NextRegimeTargets& targets,
                                  const NextRegimeOptions& options);
    std::size_t kinds() const { return members_.size(); }
    /// P(kind) of a row; sums to 1. @pre out.size() == kinds()   @complexity kinds times a classifier's row, no allocation
    void predict_row(std::span<const double> row, std::span<double> out) const;
    /// Kinds that had too few targets to be learnt.
    const std::vector<std::size_t>& not_learnt() const { return not_learnt_; }

  private:
    std::vector<std::unique_ptr<Classifier>> members_;  ///< [kinds], null where not learnt
    std::vector<double> share_;                         ///< [kinds] of the targets
    std::vector<std::size_t> not_learnt_;
};

}  // namespace aitrading::models

#pragma once

#include <string_view>
#include <vector>

#include "models/boosting/forest_classifier.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Rows as both libraries take them: contiguous doubles, weights in float with mean 1.
struct PreparedRows {
    const double* values =
        nullptr;  ///< [rows x columns], row-major; the caller's own memory where that is contiguous
    std::size_t rows = 0, columns = 0;
    std::vector<double> copy;   ///< holds `values` when the caller's rows are strided
    std::vector<float> weight;  ///< [rows]; scaled to mean 1, so that leaf limits do not depend on their unit
    std::vector<float> label;   ///< [rows]
    double base_rate = 0.5;     ///< weighted share of label 1
};

/// Checks and converts. @param what "training" or "validation", for messages   @param both_classes refuse
/// single-class labels
/// @errors bad_input: no rows or columns, lengths differ, a label other than 0 and 1, a weight that is
/// negative or not finite, weights that sum to 0, one class only. Values may be NaN (missing).
Result<PreparedRows> prepare_rows(const TrainingData& data, std::string_view learner, std::string_view what,
                                  bool both_classes);

/// Validation rows, of either class. @errors as above, and when the width differs from the training rows'
Result<PreparedRows> prepare_validation(const TrainingData& data, std::string_view learner,
                                        std::size_t columns);

/// The model to continue from, or null. @errors bad_input when it is of another learner or width
Result<const ForestClassifier*> warm_start_of(const FitOptions& options, std::string_view learner,
                                              std::size_t columns);

/// Remembers the best validation loss.
class EarlyStopping {
  public:
    explicit EarlyStopping(int patience) : patience_(patience) {}
    /// @param loss after `rounds` rounds in all. Returns true when `patience` rounds brought nothing better.
    bool update(int rounds, double loss) {
        if (best_rounds_ == 0 || loss < best_loss_) {
            best_loss_ = loss;
            best_rounds_ = rounds;
        }
        return rounds - best_rounds_ >= patience_;
    }
    int best_rounds() const { return best_rounds_; }

  private:
    int patience_;
    int best_rounds_ = 0;
    double best_loss_ = 0;
};

/// The seeds of the libraries are 31-bit whole numbers.
int library_seed(std::uint64_t seed);

}  // namespace aitrading::models

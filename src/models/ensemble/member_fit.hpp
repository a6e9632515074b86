#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {

/// One fit of one member: learn, stop early, predict. Entries are indices into the label set.
struct FitTask {
    std::size_t member = 0;
    int fold = 0;
    int inner = 0;  ///< 0: the fold's own fit, else the number of the inner one
    std::vector<std::uint32_t> train, validation, predict;
};

/// What a fit leaves behind.
struct FitOutcome {
    std::vector<double> p;                         ///< [task.predict] as the learner says, not calibrated
    std::vector<double> importance;                ///< [columns]
    std::shared_ptr<const Classifier> classifier;  ///< only where asked for
    std::shared_ptr<const LearntBlock> learnt;     ///< columns behind the features that this fit saw; or none
    bool from_cache = false;
    double seconds = 0;
};

/// Labels and weights as the members see them.
class MemberFitter {
  public:
    /// @param weight [labels] as effective_weights makes them; both sets outlive the fitter
    MemberFitter(const FeatureMatrix& features, const LabelSet& labels, std::vector<double> weight,
                 std::span<const Learner* const> learners, const PipelineOptions& options);

    /// Runs tasks side by side. @param keep_classifier leave the models too (then nothing comes from the
    /// cache)
    /// @return outcomes in the order of the tasks   @errors the first task's error in that order; interrupted
    Result<std::vector<FitOutcome>> run(const std::vector<FitTask>& tasks, bool keep_classifier) const;

  private:
    using Learnt = std::shared_ptr<const LearntBlock>;
    /// For each task the columns learnt from its training rows; tasks of one window share them.
    Result<std::vector<Learnt>> learn_columns(const std::vector<FitTask>& tasks) const;
    using Drawn = std::shared_ptr<const DrawnRows>;
    /// For each task the rows drawn by a source that saw its training bars; tasks of one window share them. Null without.
    Result<std::vector<Drawn>> draw(const std::vector<FitTask>& tasks) const;
    Result<FitOutcome> run_one(const FitTask& task, const Learnt& learnt, const Drawn& drawn, bool keep_classifier) const;
    /// @param series empty: the classifier looks at the entries' rows alone
    void predict(const Classifier& classifier, MatrixView series, std::span<const std::uint32_t> entries, const LearntBlock* learnt,
                 std::span<double> out) const;
    std::string key(const FitTask& task) const;

    const FeatureMatrix& features_;
    const LabelSet& labels_;
    std::vector<double> weight_;
    std::span<const Learner* const> learners_;
    const PipelineOptions& options_;
    std::uint64_t input_print_ = 0;
};

/// Uniqueness weights times, for directional labels where asked, |target| against its trailing mean over
/// known labels (span 100, at most 3). Each depends on labels up to its own only. [labels]
std::vector<double> effective_weights(const LabelSet& labels, bool weight_by_move);

/// The fits of one training window. Inner ones cut it at `inner_start` and then into equal blocks before the
/// slice of early stopping; each learns from what lies before its block and predicts the block.
/// @param test entries that the fold's own fit predicts after the slice of early stopping, which it predicts
/// when `inner`
std::vector<FitTask> plan_window(const LabelSet& labels, std::span<const std::uint32_t> train,
                                 std::span<const std::uint32_t> test, int fold, std::size_t members,
                                 bool inner, const PipelineOptions& options);

}  // namespace aitrading::models

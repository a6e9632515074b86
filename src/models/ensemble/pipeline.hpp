#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "models/augmentation/trial.hpp"
#include "models/ensemble/fold_cache.hpp"
#include "models/ensemble/interval_stream.hpp"
#include "models/ensemble/learnt_columns.hpp"
#include "models/ensemble/stack_choice.hpp"
#include "models/evaluation/learner.hpp"
#include "models/evaluation/panel.hpp"
#include "models/evaluation/splits.hpp"

namespace aitrading::models {

/// One finished fit, for progress bars.
struct PipelineProgress {
    std::size_t done = 0, total = 0;  ///< fits
    int fold = 0;
    std::string_view member;
    bool from_cache = false;
};

/// Kinds of rows that intervals may keep apart: the twelve regimes by rule, and 0 where not known.
inline constexpr std::size_t interval_regimes = 13;

struct PipelineOptions {
    std::uint64_t seed = 1;
    int threads = 1;
    std::stop_token stop;
    int embargo_bars = 0;            ///< between what is learnt from and what is predicted, everywhere inside
    double validation_share = 0.15;  ///< latest part of every training window: early stopping
    int inner_folds = 3;       ///< expanding fits inside the first training window, for stack and calibration
    double inner_start = 0.4;  ///< share of the first window that the first inner fit learns from
    bool weight_by_move = false;     ///< directional labels: see effective_weights. Off: on EURUSD hours to
                                     ///< 2018-02 heavy tails made it worse (log loss .6914 against .6908)
    std::size_t meta_rows = 50'000;  ///< latest out-of-sample rows that stack and calibrators are fitted on
    StackOptions stack;
    FormOptions form;          ///< what validation inside the training rows may make the stack of
    IntervalOptions interval;  ///< `directional` is set from the labels, `regimes` where `regime` is given
    std::span<const int> regime;  ///< [rows] below interval_regimes, as known at the row: calibration and intervals may be kept apart; empty: one for all
    FoldCache* cache = nullptr;
    const LearntColumns* learnt = nullptr;  ///< columns behind the features, learnt anew for each fit
    const Augmentation* augmentation = nullptr;  ///< drawn rows beside the real ones, for members that read rows by themselves; not with `learnt`
    std::function<void(const PipelineProgress&)> progress;  ///< one call at a time, from any thread
    /// How a long fit of a member gets on; from any thread, several at a time.
    std::function<void(std::string_view member, int fold, const FitProgress&)> inside;
    std::function<double()> clock;                          ///< seconds; none: timings are zero
};

/// One model of the run over all tested entries, in the order of PipelineResult::entry.
struct ModelRun {
    std::string name;  ///< of the learner, or `ensemble`
    std::vector<double> p_up, p_low,
        p_high;                           ///< [entries] calibrated probability and its Venn-Abers interval
    std::vector<double> raw;              ///< [entries] before calibration
    FrozenThresholds thresholds;          ///< confidence at each coverage, frozen before each fold
    std::vector<std::string> calibrator;  ///< [folds] kind chosen
    std::vector<double> importance;  ///< [columns, then learnt ones] share of gain, mean over folds; the
                                     ///< ensemble: of members
};

struct PipelineTiming {
    double fit_seconds = 0;    ///< summed over all fits, whichever thread
    double meta_seconds = 0;   ///< stack, calibration, intervals
    double total_seconds = 0;  ///< from start to end
};

struct PipelineResult {
    std::vector<std::uint32_t> entry;  ///< index into the LabelSet of each prediction
    Predictions predictions;       ///< of the ensemble; `members` holds each learner's calibrated probability
    std::vector<ModelRun> models;  ///< in the order of the learners, the ensemble last
    std::vector<std::vector<double>> stack_weights;  ///< [folds][1 + members] intercept first
    std::vector<std::vector<std::string>> dropped;   ///< [folds] members without a part in the stack
    std::vector<std::vector<FormTrial>> form_trials;  ///< [folds] what validation said of other forms of the stack
    std::vector<std::vector<double>> followed;  ///< [folds][members, then the stack] weights at the fold's last entry, where `form.online`
    std::vector<std::vector<int>> calibrated_apart;  ///< [folds] regimes by rule whose answers have a calibrator of their own
    std::vector<std::uint8_t> interval_pooled;  ///< [entries] 1: the width is that of all rows, not the regime's own
    FrozenThresholds agreement_thresholds;  ///< of agreement_of(disagreement), frozen before each fold
    std::vector<double> disagreement;       ///< [entries] standard deviation of the members' logits
    std::vector<double> learnt;             ///< [entries x learnt columns] as the members saw them
    std::vector<std::string> learnt_notes;  ///< [folds] how the columns were learnt
    std::size_t fits = 0, fits_from_cache = 0;
    PipelineTiming timing;

    const ModelRun& ensemble() const { return models.back(); }
};

/// The one pipeline behind evaluate, train, demo and evaluate --market.
///
/// Each fold: every member is fitted on its training window, stopping early on the purged latest part of it,
/// and predicts the test block. Stack, calibrators (chosen by validation log loss), Venn-Abers intervals and
/// thresholds come from predictions that no member had seen the labels of: those of earlier folds, and of
/// expanding inner fits inside the first fold's window. The conformal interval of the target adapts inside
/// the test block, one known label at a time. Nothing at a row comes from a label that ends at or after it,
/// or from a later fold.
///
/// An entry whose `y` is NaN is predicted and never learnt from: its label is not known.
/// @param learners live as long as the call; names differ
/// @param splits in time order, test blocks disjoint and increasing
/// @errors usage (no learner, no split, two learners of one name), bad_input (a split out of range, too few
/// rows),
///         interrupted (finished fits are in the cache), and what a learner fails with
/// Same input and seed: same bytes at any `threads`.
Result<PipelineResult> walk_forward_predict(const FeatureMatrix& features, const LabelSet& labels,
                                            std::span<const Split> splits,
                                            std::span<const Learner* const> learners,
                                            const PipelineOptions& options);

}  // namespace aitrading::models

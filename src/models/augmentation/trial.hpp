#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "domain/market.hpp"
#include "domain/model.hpp"
#include "models/augmentation/surrogates.hpp"
#include "models/evaluation/leak_gate.hpp"
#include "models/evaluation/learner.hpp"
#include "models/evaluation/paired_test.hpp"
#include "models/evaluation/splits.hpp"

namespace aitrading::models {

/// Features and labels of drawn bars, as further rows to learn from.
struct DrawnRows {
    std::vector<double> values;  ///< [rows x columns]
    std::vector<float> y;
    std::vector<double> weight;
    std::size_t rows() const { return y.size(); }
};

/// A series with all that is needed to draw more of it.
struct AugmentationInput {
    const BarColumns& bars;
    const FeatureMatrix& features;
    const LabelSet& labels;
    std::span<const int> regime;  ///< [bars] as known at each bar's close, 0 to 12
    FeatureBuilder build;         ///< the features of drawn bars; columns as in `features`
};

struct AugmentationOptions {
    std::uint64_t seed = 1;
    double drawn_share = 0.5;        ///< of the weight of all training rows
    double validation_share = 0.15;  ///< latest part of each training window, real rows: early stopping
    int embargo_bars = 0;
    std::stop_token stop;
    std::function<void(int fold, std::string_view arm, const TrainerProgress&)> progress;
};

/// Rows drawn by a kind that is fitted on the bars up to `known_bars` and nothing behind them; their weights sum to 1.
/// @errors what the kind, the builder and the labels fail with
Result<DrawnRows> draw_rows(const AugmentationInput& input, const SourceKind& kind, std::size_t known_bars, const AugmentationOptions& options,
                            const std::function<void(const TrainerProgress&)>& progress = {});

/// Drawn rows beside the real ones of every fit of a pipeline.
class Augmentation {
  public:
    virtual ~Augmentation() = default;
    /// Rows from a source that saw the bars up to `known_bars` and nothing behind them; weights that sum to 1. @errors as draw_rows
    virtual Result<DrawnRows> rows(std::size_t known_bars) const = 0;
    /// Of the drawn rows in the weight of a fit, above 0 and below 1.
    virtual double share() const = 0;
    /// Everything that decides the rows beside the series, for cards and hashes.
    virtual std::string describe() const = 0;
};

/// What walk-forward said of one way to augment.
struct AugmentationArm {
    std::string name;            ///< `none`, or the kind's
    std::vector<double> loss;    ///< [tested rows] log loss
    double log_loss = 0, accuracy = 0;
};

/// No augmentation, and each kind, on the same folds, rows and seeds.
struct AugmentationTrial {
    std::string member;          ///< the learner
    std::size_t folds = 0, rows = 0, block_rows = 1;
    std::vector<AugmentationArm> arms;
    std::optional<PairedTest> against_none, against_bootstrap;  ///< of the candidate

    const AugmentationArm* arm(std::string_view name) const;
    /// Enters a training only if it beats both.
    bool accepted() const { return against_none && against_bootstrap && against_none->better() && against_bootstrap->better(); }
    /// `GAN augmentation did not help: …` with the figures.
    std::string verdict() const;
};

/// Purged walk-forward of one learner with each kind's rows added to its training rows. The candidate is `gan` by its name, the
/// baseline `block_bootstrap`; other kinds are told beside them.
/// @errors usage (no split, candidate or baseline missing), interrupted, what a fit fails with
Result<AugmentationTrial> augmentation_trial(const AugmentationInput& input, std::span<const Split> splits, std::span<const SourceKind* const> kinds,
                                             const Learner& learner, const AugmentationOptions& options);

}  // namespace aitrading::models

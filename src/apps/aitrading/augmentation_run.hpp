#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/feature_inputs.hpp"
#include "domain/market.hpp"
#include "models/augmentation/realism.hpp"
#include "models/augmentation/trial.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/evaluated_series.hpp"

namespace aitrading::apps {

/// The kinds of drawn bars that stand side by side, the GAN first, and the program that trains it.
class BarSources {
  public:
    /// @param words `name=value` over the generator's defaults   @errors usage, not_found (no aitrading-train)
    static Result<BarSources> open(const std::string& words, const Context& context);
    /// gan, block_bootstrap, and with `all` garch_t and jitter.
    std::vector<const models::SourceKind*> kinds(bool all) const;
    std::string describe() const { return describe_; }

  private:
    std::unique_ptr<models::TrainerProcess> trainer_;
    std::vector<std::unique_ptr<models::SourceKind>> kinds_;
    std::string describe_;
};

struct AugmentationRequest {
    std::string label = "next_bar", member = "lightgbm", generator;
    std::string features = "default";
    std::vector<std::string> with;
    int folds = 4;
    double drawn_share = 0.5;
    bool realism = true, trial = true;
    bool all_kinds = true;  ///< GARCH and jitter beside bootstrap and GAN
};

/// A series with its features, labels and regimes, and the sources that may draw more of it.
class SeriesAugmentation final : public models::Augmentation {
  public:
    /// @errors as feature_inputs, make_labels, BarSources::open
    static Result<std::unique_ptr<SeriesAugmentation>> open(BarColumns bars, const AugmentationRequest& request, const Context& context);

    /// Purged walk-forward of the member, real rows alone against each kind. @errors as augmentation_trial
    Result<models::AugmentationTrial> trial() const;
    /// @errors as compare_sources
    Result<models::Realism> realism() const;

    /// Rows of the GAN.
    Result<models::DrawnRows> rows(std::size_t known_bars) const override;
    double share() const override { return request_.drawn_share; }
    std::string describe() const override;

    const BarColumns& bars() const { return series_.bars; }
    std::string generator() const { return sources_.describe(); }
    std::size_t columns() const { return series_.features.columns(); }

  private:
    SeriesAugmentation(BarSources sources, FeatureInputs inputs, const AugmentationRequest& request, const Context& context)
        : sources_(std::move(sources)), inputs_(std::move(inputs)), request_(request), context_(context) {}
    models::AugmentationInput input() const;
    models::AugmentationOptions options() const;

    BarSources sources_;
    FeatureInputs inputs_;
    AugmentationRequest request_;
    const Context& context_;
    models::EvaluatedSeries series_;
};

struct AugmentationRun {
    BarColumns bars;
    std::string generator;  ///< its options as words
    std::optional<models::Realism> realism;
    std::optional<models::AugmentationTrial> trial;
    std::size_t columns = 0;
};

/// Facts and distances on the first four fifths of the bars against the rest, then the trial in purged walk-forward.
/// @errors as read_series, compare_sources, augmentation_trial
Result<AugmentationRun> run_augmentation(BarColumns bars, const AugmentationRequest& request, const Context& context);

}  // namespace aitrading::apps

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
#include "models/ensemble/rule_regimes.hpp"

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

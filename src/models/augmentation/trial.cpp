#include "models/augmentation/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

/// Training rows as one matrix, with the drawn ones behind.
struct Rows {
    std::vector<double> values, weight;
    std::vector<float> y;
    std::size_t columns = 0;
    double overlap = 1;
    TrainingData data() const { return {{values.data(), y.size(), columns, columns}, y, weight, overlap}; }
};

Rows real_rows(const AugmentationInput& input, std::span<const std::uint32_t> entries) {
    Rows out;
    out.columns = input.features.columns();
    double bars = 0;
    for (const std::uint32_t e : entries) {
        const auto row = input.features.row(input.labels.row[e]);
        out.values.insert(out.values.end(), row.begin(), row.end());
        out.y.push_back(input.labels.y[e]);
        out.weight.push_back(e < input.labels.weight.size() ? input.labels.weight[e] : 1);
        bars += input.labels.end[e] - input.labels.row[e];
    }
    if (!entries.empty()) out.overlap = std::max(1.0, bars / static_cast<double>(entries.size()));
    return out;
}

void append(Rows& rows, const DrawnRows& drawn, double share) {
    const double real = std::accumulate(rows.weight.begin(), rows.weight.end(), 0.0), factor = real * share / (1 - share);
    rows.values.insert(rows.values.end(), drawn.values.begin(), drawn.values.end());
    rows.y.insert(rows.y.end(), drawn.y.begin(), drawn.y.end());
    for (const double w : drawn.weight) rows.weight.push_back(w * factor);
}

/// One fold under all arms.
class Fold {
  public:
    Fold(const AugmentationInput& input, const Split& split, const Learner& learner, const AugmentationOptions& options)
        : input_(input), split_(split), learner_(learner), options_(options),
          slice_(purged_tail(input.labels, split.train, options.validation_share, options.embargo_bars)), validation_(real_rows(input, slice_.test)),
          test_(real_rows(input, split.test)) {}

    /// @param kind null: no augmentation   @return probabilities of the test rows
    Result<std::vector<double>> run(const SourceKind* kind) const {
        if (slice_.train.empty()) return fail(ErrorCode::bad_input, fmt::format("fold {}: no training rows before the validation slice", split_.fold));
        Rows train = real_rows(input_, slice_.train);
        AugmentationOptions options = options_;
        options.seed = derive_seed(options_.seed, static_cast<std::uint64_t>(split_.fold));
        if (kind != nullptr) {
            const auto tell = [&](const TrainerProgress& p) {
                if (options_.progress) options_.progress(split_.fold, kind->name(), p);
            };
            TRY(const DrawnRows drawn, draw_rows(input_, *kind, input_.labels.end[slice_.train.back()] + std::size_t{1}, options, tell));
            append(train, drawn, options_.drawn_share);
        }
        FitOptions fit;
        fit.seed = options.seed;
        fit.stop = options_.stop;
        TRY(const auto fitted, learner_.fit(train.data(), validation_.data(), fit));
        std::vector<double> p(split_.test.size());
        fitted->predict(test_.data().x, p);
        return p;
    }
    const std::vector<float>& y() const { return test_.y; }

  private:
    const AugmentationInput& input_;
    const Split& split_;
    const Learner& learner_;
    const AugmentationOptions& options_;
    Split slice_;
    Rows validation_, test_;
};

std::string text_of(const PairedTest& t, std::string_view against) {
    return fmt::format("against {} the log loss changed by {:+.5f} (at least {:+.5f} better at 95 %, always-valid p {:.3f})", against, -t.mean_gain, t.low, t.p_value);
}

Result<void> compare(AugmentationTrial& trial) {
    const AugmentationArm *candidate = trial.arm("gan"), *none = trial.arm("none"), *bootstrap = trial.arm("block_bootstrap");
    if (candidate == nullptr || none == nullptr || bootstrap == nullptr)
        return fail(ErrorCode::usage, "an augmentation trial needs the kinds gan and block_bootstrap");
    trial.against_none = paired_test(none->loss, candidate->loss, trial.block_rows);
    trial.against_bootstrap = paired_test(bootstrap->loss, candidate->loss, trial.block_rows);
    return {};
}

}  // namespace

const AugmentationArm* AugmentationTrial::arm(std::string_view name) const {
    const auto found = std::ranges::find(arms, name, &AugmentationArm::name);
    return found == arms.end() ? nullptr : &*found;
}

std::string AugmentationTrial::verdict() const {
    if (!against_none || !against_bootstrap) return "GAN augmentation was not tried";
    return fmt::format("GAN augmentation {}: {}; {}; {} rows in {} folds of {}", accepted() ? "helped and is in the training" : "did not help and is not in the training",
                       text_of(*against_none, "no augmentation"), text_of(*against_bootstrap, "block bootstrap"), rows, folds, member);
}

Result<DrawnRows> draw_rows(const AugmentationInput& input, const SourceKind& kind, std::size_t known_bars, const AugmentationOptions& options,
                            const std::function<void(const TrainerProgress&)>& progress) {
    CHECK(known_bars <= input.bars.size() && input.regime.size() == input.bars.size());
    const BarColumns known = input.bars.slice(0, known_bars);
    TRY(const BarChannels channels, channels_of(known));
    const Conditions conditions = conditions_of(known, input.regime.first(known_bars));
    TRY(const auto source, kind.fit({channels, conditions, derive_seed(options.seed, 41), options.stop, progress}));
    const BarColumns drawn = bars_of(source->draw(conditions, derive_seed(options.seed, 42)), std::span(known.time).subspan(1), known);
    TRY(const FeatureMatrix features, input.build(drawn));
    if (features.columns() != input.features.columns())
        return fail(ErrorCode::bad_input, fmt::format("drawn bars have {} features, the series {}: leave out what other series tell", features.columns(),
                                                      input.features.columns()));
    TRY(const LabelSet labels, make_labels(input.labels.spec, drawn));
    DrawnRows out;
    double total = 0;
    for (std::size_t e = 0; e < labels.size(); ++e) {
        const auto row = features.row(labels.row[e]);
        out.values.insert(out.values.end(), row.begin(), row.end());
        out.y.push_back(labels.y[e]);
        out.weight.push_back(labels.weight[e]);
        total += labels.weight[e];
    }
    for (double& w : out.weight) w /= total;
    return out;
}

Result<AugmentationTrial> augmentation_trial(const AugmentationInput& input, std::span<const Split> splits, std::span<const SourceKind* const> kinds,
                                             const Learner& learner, const AugmentationOptions& options) {
    if (splits.empty()) return fail(ErrorCode::usage, "an augmentation trial needs at least one fold");
    AugmentationTrial out;
    out.member = learner.name();
    out.folds = splits.size();
    out.block_rows = static_cast<std::size_t>(std::max(1, input.labels.horizon_bars));
    std::vector<const SourceKind*> arms{nullptr};
    arms.insert(arms.end(), kinds.begin(), kinds.end());
    std::vector<std::vector<double>> p(arms.size());
    std::vector<float> y;
    for (const SourceKind* kind : arms) out.arms.push_back({kind == nullptr ? "none" : std::string(kind->name()), {}, 0, 0});
    for (const Split& split : splits) {
        const Fold fold(input, split, learner, options);
        for (std::size_t a = 0; a < arms.size(); ++a) {
            if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped in the augmentation trial");
            TRY(const auto predicted, fold.run(arms[a]));
            p[a].insert(p[a].end(), predicted.begin(), predicted.end());
        }
        y.insert(y.end(), fold.y().begin(), fold.y().end());
    }
    out.rows = y.size();
    for (std::size_t a = 0; a < arms.size(); ++a) {
        out.arms[a].loss = log_losses(y, p[a]);
        out.arms[a].log_loss = mean(out.arms[a].loss);
        std::size_t right = 0;
        for (std::size_t i = 0; i < y.size(); ++i) right += (p[a][i] > 0.5) == (y[i] > 0.5F);
        out.arms[a].accuracy = static_cast<double>(right) / static_cast<double>(y.size());
    }
    TRY_VOID(compare(out));
    return out;
}

}  // namespace aitrading::models

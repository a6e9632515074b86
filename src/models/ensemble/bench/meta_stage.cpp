#include "meta_stage.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "block_interval.hpp"
#include "insight/features/feature_set.hpp"
#include "market/history/bars_csv.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/column_learner.hpp"
#include "models/ensemble/online_weights.hpp"
#include "models/ensemble/series_regimes.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t block = 240, resamples = 500;

/// Fits kept in memory, so that forms of the stack differ in nothing else.
class MemoryCache final : public FoldCache {
  public:
    std::optional<std::string> load(const std::string& key) override {
        const std::lock_guard lock(mutex_);
        const auto at = kept_.find(key);
        return at == kept_.end() ? std::nullopt : std::optional(at->second);
    }
    Result<void> store(const std::string& key, std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        kept_[key] = bytes;
        return {};
    }

  private:
    std::mutex mutex_;
    std::map<std::string, std::string> kept_;
};

/// Learnt columns that are learnt once for each window.
class RememberedColumns final : public LearntColumns {
  public:
    explicit RememberedColumns(const LearntColumns& own) : own_(own) {}
    const std::vector<std::string>& names() const override { return own_.names(); }
    std::size_t posteriors() const override { return own_.posteriors(); }
    std::string describe() const override { return own_.describe(); }
    Result<LearntBlock> compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads, std::stop_token stop) const override {
        const auto at = kept_.find({known, rows});
        if (at != kept_.end()) return at->second;
        TRY(LearntBlock made, own_.compute(known, rows, seed, threads, stop));
        return kept_[{known, rows}] = std::move(made);
    }
    Result<std::vector<double>> apply(std::string_view model, std::size_t rows) const override { return own_.apply(model, rows); }

  private:
    const LearntColumns& own_;
    mutable std::map<std::pair<std::size_t, std::size_t>, LearntBlock> kept_;
};

/// Weights over the members' calibrated probabilities and the stack's own.
MetaVariant follow(const PipelineResult& run, const LabelSet& labels, WeightRuleOptions rule, const std::string& name) {
    OnlineWeights weights(run.models.size(), {.rule = rule});
    MetaVariant out{name, {}, {}};
    std::vector<double> said(run.models.size());
    for (std::size_t i = 0; i < run.entry.size(); ++i) {
        const std::uint32_t e = run.entry[i];
        for (std::size_t m = 0; m < said.size(); ++m) said[m] = run.models[m].p_up[i];
        out.p.push_back(weights.predict(labels.row[e], said));
        if (!std::isnan(labels.y[e])) weights.label(labels.row[e], labels.end[e], labels.y[e]);
    }
    out.note = "weights at the end";
    for (std::size_t m = 0; m < said.size(); ++m) out.note += fmt::format(" {} {:.2f}", run.models[m].name, weights.weights()[m]);
    return out;
}

std::string form_note(const PipelineResult& run) {
    std::map<std::string, std::pair<int, double>> told;
    for (const auto& fold : run.form_trials)
        for (const FormTrial& t : fold) told[t.what].first += t.taken ? 1 : 0, told[t.what].second += t.gain;
    std::string out = "taken in folds:";
    for (const auto& [what, t] : told) out += fmt::format(" {} {} of {} (gain {:+.5f})", what, t.first, run.form_trials.size(), t.second);
    return out;
}

double loss(double p, float y) {
    return -std::log(y > 0.5F ? p : 1 - p);
}

}  // namespace

Result<std::vector<MetaVariant>> meta_variants(const FeatureMatrix& features, const LabelSet& labels, std::span<const Split> splits,
                                               std::span<const Learner* const> learners, const PipelineOptions& options,
                                               std::vector<std::uint32_t>& entry) {
    MemoryCache cache;
    PipelineOptions own = options;
    own.cache = &cache;
    std::optional<RememberedColumns> remembered;
    if (options.learnt != nullptr) own.learnt = &remembered.emplace(*options.learnt);
    std::vector<MetaVariant> out;
    const std::vector<std::pair<std::string, FormOptions>> forms{{"plain stack", {}}, {"stack, members may be dropped", {.drop = true}},
                                                                 {"stack, disagreement may enter", {.disagreement = true}},
                                                                 {"stack, weights by regime may enter", {.gate = true}},
                                                                 {"stack, all three may", {true, true, true}}};
    for (const auto& [name, form] : forms) {
        if (form.gate && options.learnt == nullptr) continue;
        own.form = form;
        TRY(const PipelineResult run, walk_forward_predict(features, labels, splits, learners, own));
        out.push_back({name, run.ensemble().p_up, form_note(run)});
        if (form.any()) {
            if (form.drop && form.disagreement) out.push_back(follow(run, labels, {}, name + ", boa"));
            continue;
        }
        entry = run.entry;
        const double rate = 1.0 / std::max(1, labels.horizon_bars);
        using Rule = WeightRuleOptions::Rule;
        for (const double share : {0.0001, 0.002})
            out.push_back(follow(run, labels, {.rule = Rule::fixed_share, .rate = rate, .share = share}, fmt::format("fixed share {}", share)));
        out.push_back(follow(run, labels, {}, "boa"));
    }
    return out;
}

std::vector<kit::BenchRow> meta_rows(const std::string& prefix, const std::vector<MetaVariant>& variants, const LabelSet& labels,
                                     std::span<const std::uint32_t> entry) {
    std::vector<kit::BenchRow> rows;
    for (const MetaVariant& v : variants) {
        std::vector<double> difference;
        double mean = 0, total = 0;
        for (std::size_t i = 0; i < entry.size(); ++i) {
            const float y = labels.y[entry[i]];
            if (std::isnan(y)) continue;
            total += loss(v.p[i], y);
            difference.push_back(loss(v.p[i], y) - loss(variants.front().p[i], y));
            mean += difference.back();
        }
        const std::size_t n = difference.size();
        const auto [low, high] = block_interval(difference, block, resamples);
        rows.push_back({.name = prefix + v.name + ": log loss", .value = total / static_cast<double>(n), .unit = "",
                        .note = fmt::format("{:+.6f} ({:+.6f} to {:+.6f}); {}", mean / static_cast<double>(n), low, high, v.note)});
    }
    return rows;
}

Result<std::vector<kit::BenchRow>> meta_stage_of_series(const std::string& path, UnixNanos to, const std::string& label, int threads) {
    TRY(BarColumns bars, market::load_bars_csv(path));
    bars = bars.slice(0, static_cast<std::size_t>(std::ranges::lower_bound(bars.time, to) - bars.time.begin()));
    TRY(const FeatureMatrix features, insight::compute_features(bars));
    TRY(const LabelSet labels, make_labels(label, bars));
    WalkForwardOptions cut;
    cut.folds = 6;
    cut.embargo_bars = default_embargo_bars(bars.size(), 24);
    TRY(const std::vector<Split> splits, walk_forward(labels, features.time, cut));
    const SeriesRegimes regimes(bars);
    std::vector<std::unique_ptr<Learner>> owned = tree_learners();
    if (labels.directional && label == "next_bar") owned.push_back(make_column_learner("markov_switching", features.columns() + SeriesRegimes::states));
    std::vector<const Learner*> learners;
    learners.reserve(owned.size());
    for (const auto& l : owned) learners.push_back(l.get());
    PipelineOptions options;
    options.threads = threads;
    options.embargo_bars = cut.embargo_bars;
    options.learnt = &regimes;
    std::vector<std::uint32_t> entry;
    TRY(const auto variants, meta_variants(features, labels, splits, learners, options, entry));
    return meta_rows(std::filesystem::path(path).stem().string() + " " + label + " ", variants, labels, entry);
}

}  // namespace aitrading::models

#include "models/deep/pooled_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

/// Log loss at each of some rows of a series, by their weights.
std::vector<double> losses_of(const Classifier& classifier, const TrainingData& rows) {
    std::vector<double> p(rows.row.size());
    classifier.predict_series(rows.series, rows.row, p);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = -rows.weight[i] * std::log(std::clamp(rows.y[i] > 0.5F ? p[i] : 1 - p[i], 1e-15, 1.0));
    return p;
}

/// Whether the second lost less, by one standard error of the difference; labels that overlap count as one.
bool wins(const Classifier& second, const Classifier& first, const TrainingData& rows) {
    std::vector<double> gain = losses_of(first, rows);
    const std::vector<double> after = losses_of(second, rows);
    for (std::size_t i = 0; i < gain.size(); ++i) gain[i] -= after[i];
    return mean(gain) > standard_deviation(gain) * std::sqrt(std::max(1.0, rows.overlap) / static_cast<double>(gain.size()));
}

class PooledLearner final : public Learner {
  public:
    PooledLearner(std::shared_ptr<const PooledStart> start, std::vector<UnixNanos> known, PoolUse use)
        : start_(std::move(start)), known_(std::move(known)), use_(use), restorer_(make_net_learner(start_->parameters(), nullptr)) {}

    std::string_view name() const override { return restorer_->name(); }
    bool reads_series() const override { return true; }
    std::string describe() const override {
        const PooledStartOptions& o = start_->options();
        std::string out = fmt::format("{} start_seed={} {}", restorer_->describe(), o.seed, start_->pool().describe());
        if (use_ == PoolUse::as_it_is) return out + " not_adapted";
        return out + fmt::format(" adapted where it wins by one standard error: slower={} epochs={} patience={}", o.slower, o.epochs, o.patience);
    }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation, const FitOptions& options) const override;
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override { return restorer_->restore(bytes); }

  private:
    NetParameters adaptation(const NetSpec& spec) const {
        NetParameters out = start_->parameters();
        out.spec = spec;
        out.width_fits = false;
        out.training.learning_rate *= start_->options().slower;
        out.training.epochs = std::min(out.training.epochs, start_->options().epochs);
        out.training.patience = std::min(out.training.patience, start_->options().patience);
        return out;
    }
    std::shared_ptr<const PooledStart> start_;
    std::vector<UnixNanos> known_;
    PoolUse use_;
    std::unique_ptr<Learner> restorer_;
};

Result<std::unique_ptr<Classifier>> PooledLearner::fit(const TrainingData& train, const TrainingData& validation, const FitOptions& options) const {
    if (train.row.empty() || train.row.back() >= known_.size() || train.series.rows > known_.size())
        return fail(ErrorCode::bad_input, fmt::format("{}: training rows: there are none, or they are not of the series that this start is for", name()));
    const std::size_t columns = start_->pool().series()[0].features.columns();
    if (train.series.columns != columns)
        return fail(ErrorCode::bad_input, fmt::format("{}: {} columns, but the pool has {}; a pool goes with the default features alone", name(), train.series.columns, columns));
    TRY(const NetWeights pooled, start_->at(known_[train.row.back()], options));
    const NetParameters parameters = adaptation(pooled.spec);
    TRY(const std::string settled, encode_weights(settle_weights(pooled, parameters, train)));
    TRY(auto before, restorer_->restore(settled));
    if (use_ == PoolUse::as_it_is) return before;
    FitOptions warm = options;
    warm.warm_start = before.get();
    TRY(auto after, make_net_learner(parameters, start_->trainer())->fit(train, validation, warm));
    // The trainer always takes its first epoch; whether any did good is for the validation rows to say.
    return validation.row.empty() || wins(*after, *before, validation) ? std::move(after) : std::move(before);
}

}  // namespace

PooledStart::PooledStart(std::shared_ptr<const NetPool> pool, NetParameters parameters, std::shared_ptr<const NetTrainer> trainer, PooledStartOptions options)
    : pool_(std::move(pool)), parameters_(std::move(parameters)), trainer_(std::move(trainer)), options_(std::move(options)) {}

Result<NetWeights> PooledStart::at(UnixNanos until, const FitOptions& fit) const {
    const UnixNanos known_by = options_.by_month ? month_start(until) : day_start(until);
    Slot& slot = [&]() -> Slot& {
        const std::lock_guard lock(mutex_);
        return slots_[known_by];
    }();
    const std::lock_guard lock(slot.busy);  // whoever needs the same one waits for the one training
    if (slot.net) return *slot.net;
    TRY(const std::string bytes, trained(known_by, fit));
    TRY(slot.net, decode_weights(bytes, fmt::format("the pool's {}", name(parameters_.spec.kind))));
    return *slot.net;
}

Result<std::string> PooledStart::trained(UnixNanos known_by, const FitOptions& fit) const {
    if (trainer_ == nullptr) return fail(ErrorCode::not_found, fmt::format("{}: no trainer is here", name(parameters_.spec.kind)));
    TRY(const TrainingJob job, pool_job(*pool_, parameters_, known_by, options_.seed));
    const std::string key = fmt::format("pool-{}-{}", name(parameters_.spec.kind), fingerprint(job));
    if (const auto kept = options_.load ? options_.load(key) : std::nullopt; kept && decode_weights(*kept, key)) return *kept;
    const auto tell = [&](const TrainerProgress& p) {
        if (fit.progress)
            fit.progress({p.steps > 0 ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0,
                          fmt::format("all instruments to {}: epoch {} of {}, loss {:.4f}, {:.0f} s left at most", to_iso8601(known_by).substr(0, 10),
                                      std::min(p.epoch + 1, p.epochs), p.epochs, p.loss, p.seconds_left)});
    };
    TRY(TrainedFile trained, trainer_->train(job, fit.stop, tell));
    if (options_.store) options_.store(key, trained.bytes);
    return std::move(trained.bytes);
}

std::unique_ptr<Learner> make_pooled_learner(std::shared_ptr<const PooledStart> start, std::vector<UnixNanos> known, PoolUse use) {
    return std::make_unique<PooledLearner>(std::move(start), std::move(known), use);
}

}  // namespace aitrading::models

#include "models/ensemble/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/parallel.hpp"
#include "models/ensemble/followed_mix.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "models/ensemble/member_fit.hpp"
#include "models/ensemble/meta_model.hpp"
#include "models/ensemble/pipeline_input.hpp"
#include "models/evaluation/agreement_panel.hpp"

namespace aitrading::models {
namespace {

/// Members' probabilities for some entries, one row each.
struct RawRows {
    std::vector<std::uint32_t> entry;
    std::vector<double> p;  ///< [entries x members]
};

/// Filtered posteriors of the regimes that one fold's own fit learnt.
struct FoldPosterior {
    std::size_t regimes = 0;
    std::vector<double> value;  ///< [rows x regimes]
    std::span<const double> at(std::size_t row) const { return std::span(value).subspan(row * regimes, regimes); }
};

/// One fold after its meta stage.
struct FoldAnswer {
    MetaModel meta;
    std::vector<double> stacked;       ///< [test] logit
    std::vector<double> spread;        ///< [test] of the members' logits
    std::vector<double> first_scores;  ///< forward scores of the base rows, first fold only
};

class Run {
  public:
    Run(const FeatureMatrix& features, const LabelSet& labels, std::span<const Split> splits,
        std::span<const Learner* const> learners, const PipelineOptions& options)
        : features_(features), labels_(labels), splits_(splits), learners_(learners), options_(options) {}

    Result<PipelineResult> go() {
        const double started = now();
        TRY_VOID(fit_members());
        const double fitted = now();
        answers_.resize(splits_.size());
        parallel_for(splits_.size(), options_.threads, options_.stop, [&](std::size_t f) { answer(f); });
        if (options_.stop.stop_requested())
            return fail(ErrorCode::interrupted, "stopped while stacking; finished fits are kept");
        collect();
        intervals();
        result_.timing.meta_seconds = now() - fitted;
        result_.timing.total_seconds = now() - started;
        return std::move(result_);
    }

  private:
    double now() const { return options_.clock ? options_.clock() : 0.0; }
    std::size_t members() const { return learners_.size(); }
    std::size_t columns() const {
        return features_.columns() + (options_.learnt != nullptr ? options_.learnt->names().size() : 0);
    }

    /// By rule, as known at the row; -1: not known.
    int regime_at(std::uint32_t row) const { return options_.regime.empty() ? -1 : options_.regime[row]; }

    Result<void> fit_members() {
        std::vector<FitTask> tasks;
        for (std::size_t f = 0; f < splits_.size(); ++f) {
            std::vector<FitTask> fold = plan_window(labels_, splits_[f].train, splits_[f].test,
                                                    static_cast<int>(f), members(), f == 0, options_);
            tasks.insert(tasks.end(), fold.begin(), fold.end());
        }
        const MemberFitter fitter(features_, labels_, effective_weights(labels_, options_.weight_by_move),
                                  learners_, options_);
        TRY(const std::vector<FitOutcome> outcomes, fitter.run(tasks, false));
        tests_.resize(splits_.size());
        posterior_.resize(splits_.size());
        result_.models.resize(members() + 1);
        for (ModelRun& run : result_.models) run.importance.assign(columns(), 0.0);
        // Tasks of one window and kind lie side by side, one for each member.
        for (std::size_t i = 0; i < tasks.size(); i += members()) take_in(tasks, outcomes, i);
        return {};
    }

    void take_in(const std::vector<FitTask>& tasks, const std::vector<FitOutcome>& outcomes,
                 std::size_t first) {
        const FitTask& task = tasks[first];
        const std::size_t own = task.inner > 0 ? 0 : splits_[static_cast<std::size_t>(task.fold)].test.size();
        for (std::size_t i = 0; i < task.predict.size(); ++i) {
            const bool tested = i + own >= task.predict.size();
            RawRows& rows = tested && own > 0 ? tests_[static_cast<std::size_t>(task.fold)] : base_;
            rows.entry.push_back(task.predict[i]);
            for (std::size_t m = 0; m < members(); ++m) rows.p.push_back(outcomes[first + m].p[i]);
            if (tested && own > 0 && outcomes[first].learnt) keep_learnt(*outcomes[first].learnt, labels_.row[task.predict[i]]);
        }
        if (own > 0 && outcomes[first].learnt) {
            result_.learnt_notes.push_back(outcomes[first].learnt->note);
            if (options_.form.gate) keep_posterior(*outcomes[first].learnt, posterior_[static_cast<std::size_t>(task.fold)]);
        }
        for (std::size_t m = 0; m < members(); ++m) {
            const FitOutcome& o = outcomes[first + m];
            ++result_.fits;
            result_.fits_from_cache += o.from_cache ? 1 : 0;
            result_.timing.fit_seconds += o.seconds;
            if (task.inner > 0) continue;
            const double folds = static_cast<double>(splits_.size());
            for (std::size_t c = 0; c < o.importance.size() && c < columns(); ++c) {
                result_.models[m].importance[c] += o.importance[c] / folds;
                result_.models.back().importance[c] +=
                    o.importance[c] / folds / static_cast<double>(members());
            }
        }
    }

    void keep_learnt(const LearntBlock& block, std::size_t row) {
        const auto values = std::span(block.values).subspan(row * block.columns, block.columns);
        result_.learnt.insert(result_.learnt.end(), values.begin(), values.end());
    }

    void keep_posterior(const LearntBlock& block, FoldPosterior& out) const {
        out.regimes = options_.learnt->posteriors();
        for (std::size_t at = 0; at < block.values.size(); at += block.columns)
            for (std::size_t r = 0; r < out.regimes; ++r) out.value.push_back(block.values[at + r]);
    }

    /// Out-of-sample rows whose labels are known before the first test row of fold f.
    MetaRows known_rows(std::size_t f) const {
        MetaRows rows;
        rows.members = members();
        rows.regimes = posterior_[f].regimes;
        const std::int64_t first_row = labels_.row[splits_[f].test.front()];
        const auto append = [&](const RawRows& raw) {
            for (std::size_t i = 0; i < raw.entry.size(); ++i) {
                const std::uint32_t e = raw.entry[i];
                if (std::isnan(labels_.y[e]) || labels_.end[e] + options_.embargo_bars >= first_row) continue;
                rows.y.push_back(labels_.y[e]);
                rows.row.push_back(labels_.row[e]);
                rows.end.push_back(labels_.end[e]);
                if (!options_.regime.empty()) rows.regime.push_back(options_.regime[labels_.row[e]]);
                for (std::size_t m = 0; m < members(); ++m)
                    rows.logits.push_back(logit(raw.p[i * members() + m]));
                const auto regime = posterior_[f].at(labels_.row[e]);
                rows.posterior.insert(rows.posterior.end(), regime.begin(), regime.end());
            }
        };
        append(base_);
        for (std::size_t g = 0; g < f; ++g) append(tests_[g]);
        keep_latest(rows, options_.meta_rows);
        return rows;
    }

    void answer(std::size_t f) {
        FoldAnswer& a = answers_[f];
        a.meta = MetaModel::fit(known_rows(f), labels_.horizon_bars, meta_options(options_, learners_),
                                f == 0 ? &a.first_scores : nullptr);
        std::vector<double> z(members());
        for (std::size_t i = 0; i < tests_[f].entry.size(); ++i) {
            for (std::size_t m = 0; m < members(); ++m) z[m] = logit(tests_[f].p[i * members() + m]);
            a.stacked.push_back(a.meta.stack.apply(z, posterior_[f].at(labels_.row[tests_[f].entry[i]])));
            a.spread.push_back(logit_spread(z));
        }
    }

    static void put(ModelRun& run, double raw, const CalibratedScore::Value& value) {
        run.raw.push_back(raw);
        run.p_up.push_back(value.p);
        run.p_low.push_back(value.low);
        run.p_high.push_back(value.high);
    }

    void collect() {
        for (std::size_t m = 0; m < members(); ++m) result_.models[m].name = learners_[m]->name();
        result_.models.back().name = "ensemble";
        std::vector<int> position;
        for (std::size_t f = 0; f < splits_.size(); ++f) {
            const FoldAnswer& a = answers_[f];
            for (std::size_t m = 0; m < members(); ++m)
                result_.models[m].calibrator.emplace_back(a.meta.members[m].calibrator.name());
            result_.models.back().calibrator.emplace_back(a.meta.ensemble.calibrator.name());
            result_.stack_weights.push_back({a.meta.stack.intercept()});
            result_.stack_weights.back().insert(result_.stack_weights.back().end(),
                                                a.meta.stack.weights().begin(), a.meta.stack.weights().end());
            result_.form_trials.push_back(a.meta.trials);
            result_.calibrated_apart.push_back(a.meta.by_regime.regimes());
            result_.dropped.emplace_back();
            for (std::size_t m = 0; m < members(); ++m)
                if (!a.meta.stack.form().keeps(m)) result_.dropped.back().emplace_back(learners_[m]->name());
            result_.disagreement.insert(result_.disagreement.end(), a.spread.begin(), a.spread.end());
            for (std::size_t i = 0; i < tests_[f].entry.size(); ++i) {
                for (std::size_t m = 0; m < members(); ++m) {
                    const double p = tests_[f].p[i * members() + m];
                    put(result_.models[m], p, a.meta.members[m].apply(logit(p)));
                }
                put(result_.models.back(), sigmoid(a.stacked[i]), a.meta.answer(a.stacked[i], regime_at(labels_.row[tests_[f].entry[i]])));
                result_.entry.push_back(tests_[f].entry[i]);
                result_.predictions.row.push_back(labels_.row[tests_[f].entry[i]]);
                result_.predictions.fold.push_back(splits_[f].fold);
                position.push_back(static_cast<int>(f));
            }
        }
        follow_answers(position);
        freeze(position);
        const ModelRun& best = result_.models.back();
        result_.predictions.p_up = best.p_up;
        result_.predictions.p_low = best.p_low;
        result_.predictions.p_high = best.p_high;
        for (std::size_t m = 0; m < members(); ++m)
            result_.predictions.members[result_.models[m].name] = result_.models[m].p_up;
    }

    /// What the ensemble said of the rows that it was calibrated on, and where asked for, its answers as a mix that follows the series.
    void follow_answers(const std::vector<int>& position) {
        const FoldAnswer& first = answers_.front();
        const MetaRows rows = known_rows(0);
        base_p_.resize(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) base_p_[i] = first.meta.answer(first.first_scores[i], regime_at(rows.row[i])).p;
        if (!options_.form.online) return;
        OnlineWeights weights = fresh_weights(members(), labels_);
        follow_known_rows(weights, first.meta, rows, first.first_scores, base_p_);
        result_.followed.resize(splits_.size());
        std::vector<CalibratedScore::Value> said(members() + 1);
        for (std::size_t i = 0; i < result_.entry.size(); ++i) {
            const std::uint32_t e = result_.entry[i];
            const auto fold = static_cast<std::size_t>(position[i]);
            for (std::size_t m = 0; m <= members(); ++m) {
                const ModelRun& run = result_.models[m];
                const bool part = m == members() || answers_[fold].meta.stack.form().keeps(m);
                said[m] = part ? CalibratedScore::Value{run.p_up[i], run.p_low[i], run.p_high[i]} : silent_value();
            }
            ModelRun& run = result_.models.back();
            const CalibratedScore::Value mixed = follow(weights, labels_.row[e], said);
            run.p_up[i] = mixed.p;
            run.p_low[i] = mixed.low;
            run.p_high[i] = mixed.high;
            weights.label(labels_.row[e], labels_.end[e], labels_.y[e]);
            result_.followed[fold].assign(weights.weights().begin(), weights.weights().end());
        }
    }

    /// Thresholds of each model: its first fold's from the rows that calibrated it, later ones from earlier
    /// folds.
    void freeze(const std::vector<int>& position) {
        const FoldAnswer& first = answers_.front();
        const MetaRows rows = known_rows(0);
        for (std::size_t m = 0; m <= members(); ++m) {
            std::vector<double> p(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i)
                p[i] = m < members() ? first.meta.members[m].apply(rows.logits[i * members() + m]).p
                                     : base_p_[i];
            result_.models[m].thresholds = freeze_thresholds(position, result_.models[m].p_up, p);
        }
        std::vector<double> agreed, earlier;
        for (const double d : result_.disagreement) agreed.push_back(0.5 + agreement_of(d));
        for (std::size_t i = 0; i < rows.size(); ++i) earlier.push_back(0.5 + agreement_of(logit_spread(rows.logits_of(i))));
        result_.agreement_thresholds = freeze_thresholds(position, agreed, earlier);
    }

    void intervals() {
        IntervalStream stream(interval_options(options_, labels_));
        const MetaRows rows = known_rows(0);
        const IntervalColumns columns = IntervalColumns::choose(features_, labels_, splits_.front().train);
        const auto inputs = [&](std::uint32_t row) { return columns.at(features_.row(row)); };
        std::size_t at = 0;  // the base rows again, to find their targets
        for (std::size_t i = 0; i < rows.size(); ++i) {
            while (labels_.row[base_.entry[at]] != rows.row[i]) ++at;
            stream.predict(rows.row[i], base_p_[i], inputs(rows.row[i]), regime_at(rows.row[i]));
            stream.label(rows.row[i], rows.end[i], labels_.target[base_.entry[at]]);
        }
        for (std::size_t i = 0; i < result_.entry.size(); ++i) {
            const std::uint32_t e = result_.entry[i];
            const TargetInterval interval =
                stream.predict(labels_.row[e], result_.predictions.p_up[i], inputs(labels_.row[e]), regime_at(labels_.row[e]));
            result_.interval_pooled.push_back(interval.pooled ? 1 : 0);
            result_.predictions.low.push_back(interval.low);
            result_.predictions.high.push_back(interval.high);
            stream.label(labels_.row[e], labels_.end[e], labels_.target[e]);
        }
    }

    const FeatureMatrix& features_;
    const LabelSet& labels_;
    std::span<const Split> splits_;
    std::span<const Learner* const> learners_;
    const PipelineOptions& options_;
    RawRows base_;
    std::vector<RawRows> tests_;
    std::vector<FoldPosterior> posterior_;  ///< of each fold where the gate may be used, else empty
    std::vector<FoldAnswer> answers_;
    std::vector<double> base_p_;  ///< [base rows known before the first fold] the ensemble's probability
    PipelineResult result_;
};

}  // namespace

Result<PipelineResult> walk_forward_predict(const FeatureMatrix& features, const LabelSet& labels,
                                            std::span<const Split> splits,
                                            std::span<const Learner* const> learners,
                                            const PipelineOptions& options) {
    TRY_VOID(check_learners(learners, options));
    TRY_VOID(check_labels(features, labels));
    TRY_VOID(check_splits(labels, splits, options));
    CHECK(options.regime.empty() || options.regime.size() >= features.rows());
    return Run(features, labels, splits, learners, options).go();
}

}  // namespace aitrading::models

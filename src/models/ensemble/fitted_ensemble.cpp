#include "models/ensemble/fitted_ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "models/ensemble/member_fit.hpp"
#include "models/ensemble/pipeline_input.hpp"

namespace aitrading::models {
namespace {

/// Version 2 is version 1 behind a header that holds the learnt columns. Version 3 is version 2 with the form of a stack that is
/// not plain behind it, and what intervals keep for each regime. Version 4 is version 3 with the regimes' own
/// calibrations and the weights that follow the series.
constexpr std::string_view magic_1 = "ait-ensemble-1\n", magic_2 = "ait-ensemble-2\n", magic_3 = "ait-ensemble-3\n", magic_4 = "ait-ensemble-4\n",
                           any_version = "ait-ensemble-";

constexpr std::size_t members_max = 63;

std::string_view magic_of(std::string_view bytes) {
    return bytes.starts_with(magic_4) ? magic_4 : bytes.starts_with(magic_3) ? magic_3 : bytes.starts_with(magic_2) ? magic_2 : magic_1;
}

Result<ByteReader> unseal(std::string_view bytes) {
    if (bytes.starts_with(any_version) && !bytes.starts_with(magic_of(bytes)))
        return fail(ErrorCode::bad_input, fmt::format("model: stored as version {}, this program reads 1 to 4: use the aitrading that "
                                                      "trained it or a newer one, or train it anew",
                                                      bytes.substr(any_version.size(), bytes.substr(any_version.size(), 8).find('\n'))));
    return ByteReader::unseal(bytes, magic_of(bytes), "model");
}

/// What the members said of rows that they had not learnt from, and which labels those are.
struct OutOfFold {
    MetaRows rows;
    std::vector<std::uint32_t> entry;
};

/// @param tasks tasks of one window side by side, one for each member   @param posteriors of the learnt columns, the first
OutOfFold out_of_fold(const std::vector<FitTask>& tasks, const std::vector<FitOutcome>& outcomes, const LabelSet& labels,
                      const PipelineOptions& options, std::size_t posteriors) {
    OutOfFold out;
    MetaRows& rows = out.rows;
    rows.members = tasks.back().member + 1;
    const LearntBlock* own_block = options.form.gate ? outcomes.back().learnt.get() : nullptr;
    rows.regimes = own_block != nullptr ? posteriors : 0;
    for (std::size_t i = 0; i < tasks.size(); i += rows.members) {
        for (std::size_t k = 0; k < tasks[i].predict.size(); ++k) {
            const std::uint32_t at = tasks[i].predict[k];
            out.entry.push_back(at);
            rows.y.push_back(labels.y[at]);
            rows.row.push_back(labels.row[at]);
            rows.end.push_back(labels.end[at]);
            if (!options.regime.empty()) rows.regime.push_back(options.regime[labels.row[at]]);
            for (std::size_t r = 0; r < rows.regimes; ++r)
                rows.posterior.push_back(own_block->values[labels.row[at] * own_block->columns + r]);
            for (std::size_t m = 0; m < rows.members; ++m) rows.logits.push_back(logit(outcomes[i + m].p[k]));
        }
    }
    return out;
}

}  // namespace

Result<FittedEnsemble> FittedEnsemble::fit(const FeatureMatrix& features, const LabelSet& labels,
                                           std::span<const std::uint32_t> train,
                                           std::span<const Learner* const> learners,
                                           const PipelineOptions& options) {
    TRY_VOID(check_learners(learners, options));
    TRY_VOID(check_labels(features, labels));
    TRY_VOID(check_training(labels, train, 0));
    CHECK(learners.size() <= members_max && (options.regime.empty() || options.regime.size() >= features.rows()));
    const std::vector<FitTask> tasks = plan_window(labels, train, {}, 0, learners.size(), true, options);
    const MemberFitter fitter(features, labels, effective_weights(labels, options.weight_by_move), learners,
                              options);
    TRY(const std::vector<FitOutcome> outcomes, fitter.run(tasks, true));
    FittedEnsemble e;
    e.manifest_hash_ = features.manifest_hash;
    e.label_spec_ = labels.spec;
    e.columns_ = features.names;
    if (const auto& learnt = outcomes.back().learnt) {  // the last fit is the one whose members are kept
        e.learnt_kind_ = options.learnt->describe();
        e.learnt_model_ = learnt->model;
        e.learnt_ = learnt->columns;
        e.posteriors_ = options.learnt->posteriors();
        e.columns_.insert(e.columns_.end(), options.learnt->names().begin(), options.learnt->names().end());
    }
    e.importance_.assign(e.columns_.size(), 0.0);
    auto [rows, entry] = out_of_fold(tasks, outcomes, labels, options, e.posteriors_);
    for (std::size_t m = 0; m < learners.size(); ++m) {
        const FitOutcome& own = outcomes[tasks.size() - learners.size() + m];
        e.names_.emplace_back(learners[m]->name());
        e.members_.push_back(own.classifier);
        for (std::size_t c = 0; c < own.importance.size() && c < e.importance_.size(); ++c)
            e.importance_[c] += own.importance[c] / static_cast<double>(learners.size());
    }
    const std::size_t dropped = rows.size() - std::min(rows.size(), options.meta_rows);
    keep_latest(rows, options.meta_rows);
    std::vector<double> score;
    e.meta_ = MetaModel::fit(rows, labels.horizon_bars, meta_options(options, learners), &score);
    std::vector<double> p(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) p[i] = e.meta_.answer(score[i], rows.regime.empty() ? -1 : rows.regime[i]).p;
    if (options.form.online) {
        follow_known_rows(e.weights_.emplace(fresh_weights(learners.size(), labels)), e.meta_, rows, score, p);
        e.weights_->finish_rows();
    }
    e.stream_ = IntervalStream(interval_options(options, labels));
    e.interval_columns_ = IntervalColumns::choose(features, labels, train);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        e.stream_.predict(rows.row[i], p[i],
                          e.interval_columns_.at(features.row(rows.row[i])), options.regime.empty() ? -1 : options.regime[rows.row[i]]);
        e.stream_.label(rows.row[i], rows.end[i], labels.target[entry[dropped + i]]);
    }
    e.stream_.finish_rows();
    if (e.is_plain()) e.meta_.stack.forget_echo();  // its bytes have no room for it, and a restart must change nothing
    return e;
}

bool FittedEnsemble::remembers() const {
    return std::ranges::any_of(members_, [](const auto& m) { return m->start() != nullptr; });
}

EnsembleMemory FittedEnsemble::start() const {
    EnsembleMemory memory;
    for (const auto& m : members_) memory.members.push_back(m->start());
    return memory;
}

RowPrediction FittedEnsemble::predict_row(std::span<const double> row, std::span<double> out_members) const {
    return predict(nullptr, row, out_members, {});
}

RowPrediction FittedEnsemble::predict_next(EnsembleMemory& memory, std::span<const double> row, std::span<double> out_members,
                                           StreamPlace place) const {
    CHECK(memory.members.size() == members_.size());
    return predict(&memory, row, out_members, place);
}

RowPrediction FittedEnsemble::predict(EnsembleMemory* memory, std::span<const double> row, std::span<double> out_members,
                                      StreamPlace place) const {
    DCHECK(memory != nullptr || !remembers());
    CHECK(row.size() == columns());
    std::array<double, members_max> said;
    for (std::size_t m = 0; m < members_.size(); ++m)
        said[m] = memory != nullptr ? members_[m]->predict_next(memory->members[m].get(), row) : members_[m]->predict_row(row);
    return predict_from(std::span(said).first(members_.size()), row, out_members, place);
}

RowPrediction FittedEnsemble::predict_from(std::span<const double> said, std::span<const double> row, std::span<double> out_members,
                                           StreamPlace place) const {
    RowPrediction out = answer(said, row, out_members, place);
    const TargetInterval interval = widen(stream_.now(out.p_up, interval_columns_.at(row), place.regime), out.widened);
    out.low = interval.low;
    out.high = interval.high;
    return out;
}

RowPrediction FittedEnsemble::answer(std::span<const double> said, std::span<const double> row, std::span<double> out_members,
                                     StreamPlace place) const {
    CHECK(row.size() == columns() && said.size() == members_.size());
    CHECK(out_members.empty() || out_members.size() == members_.size());
    CHECK(place.weights == nullptr || weights_.has_value());
    std::array<double, members_max> logits;
    std::array<CalibratedScore::Value, members_max + 1> own;
    const std::span<double> z = std::span(logits).first(members_.size());
    RowPrediction out;
    for (std::size_t m = 0; m < members_.size(); ++m) {
        const bool answers = said[m] >= 0 && said[m] <= 1;  // not where it is NaN
        z[m] = answers ? logit(said[m]) : std::nan("");
        if (!answers && meta_.stack.form().keeps(m)) out.missing |= std::uint64_t{1} << m;
        if (out_members.empty() && !weights_) continue;
        const CalibratedScore::Value member = answers ? meta_.members[m].apply(z[m]) : silent_value();
        own[m] = meta_.stack.form().keeps(m) ? member : silent_value();
        if (!out_members.empty()) out_members[m] = member.p;
    }
    const std::span<const double> posterior = row.subspan(columns() - learnt_, posteriors_);
    const CalibratedScore::Value value = meta_.answer(meta_.stack.apply(z, posterior), place.regime);
    out.p_up = value.p;
    out.p_low = value.low;
    out.p_high = value.high;
    if (out.missing != 0) answer_without(z, posterior, place.regime, out);
    if (weights_) {
        own[members_.size()] = {out.p_up, out.p_low, out.p_high};
        follow_series(std::span(own).first(members_.size() + 1), place, out);
    }
    return out;
}

/// Goes from the stack's answer to the mix that follows the series.
void FittedEnsemble::follow_series(std::span<const CalibratedScore::Value> said, StreamPlace place, RowPrediction& out) const {
    CalibratedScore::Value mixed;
    if (place.weights != nullptr) {
        mixed = follow(*place.weights, place.row, said);
    } else {
        std::array<double, members_max + 1> p, weight;
        for (std::size_t k = 0; k < said.size(); ++k) p[k] = said[k].p;
        const auto weights = std::span(weight).first(said.size());
        mixed = mixed_value(said, weights, weights_->now(std::span(p).first(said.size()), weights));
    }
    out.p_up = mixed.p;
    // A missing member's part in the stack has widened the stack's interval: that much stays.
    out.p_low = out.missing != 0 ? std::min(out.p_low, mixed.low) : mixed.low;
    out.p_high = out.missing != 0 ? std::max(out.p_high, mixed.high) : mixed.high;
}

/// Widens the intervals where members are missing.
void FittedEnsemble::answer_without(std::span<double> z, std::span<const double> posterior, int regime, RowPrediction& out) const {
    double least = 0, most = 0, sum = 0, present = 0, lost = 0, total = 0;
    for (std::size_t m = 0; m < z.size(); ++m) {
        if (!meta_.stack.form().keeps(m)) continue;
        const double weight = std::abs(meta_.stack.weights()[m]);
        total += weight;
        if ((out.missing >> m & 1) != 0) {
            lost += weight;
            continue;
        }
        least = std::min(least, z[m]);
        most = std::max(most, z[m]);
        sum += z[m];
        present += 1;
    }
    out.widened = 1 + (total > 0 ? lost / total : 1.0);
    if (present == 0) {
        out.p_low = 0;
        out.p_high = 1;
        return;
    }
    const double twice = 2 * sum / present;
    for (const double guess : {std::min(least, twice), 0.0, std::max(most, twice)}) {
        for (std::size_t m = 0; m < z.size(); ++m)
            if ((out.missing >> m & 1) != 0) z[m] = guess;
        const CalibratedScore::Value value = meta_.answer(meta_.stack.apply(z, posterior), regime);
        out.p_low = std::min(out.p_low, value.low);
        out.p_high = std::max(out.p_high, value.high);
    }
}

TargetInterval widen(TargetInterval interval, double factor) {
    if (factor == 1) return interval;
    const double middle = (interval.low + interval.high) / 2, half = (interval.high - interval.low) / 2;
    return {middle - factor * half, middle + factor * half, interval.pooled};
}

std::vector<std::string> FittedEnsemble::names_of(std::uint64_t members) const {
    std::vector<std::string> out;
    for (std::size_t m = 0; m < names_.size(); ++m)
        if ((members >> m & 1) != 0) out.push_back(names_[m]);
    return out;
}

std::vector<std::string> FittedEnsemble::dropped() const {
    std::vector<std::string> out;
    for (std::size_t m = 0; m < names_.size(); ++m)
        if (!meta_.stack.form().keeps(m)) out.push_back(names_[m]);
    return out;
}

Result<void> FittedEnsemble::accepts(const FeatureMatrix& features) const {
    if (features.manifest_hash != manifest_hash_)
        return fail(
            ErrorCode::bad_input,
            fmt::format("the model was trained on features of manifest {}, these are of manifest {}: use the "
                        "build and settings that trained it, or train it anew",
                        manifest_hash_, features.manifest_hash));
    if (!std::ranges::equal(features.names, std::span(columns_).first(columns_.size() - learnt_)))
        return fail(ErrorCode::bad_input,
                    fmt::format("the model knows {} feature columns, these are {} or are named "
                                "otherwise: train it anew",
                                columns_.size() - learnt_, features.names.size()));
    return {};
}

Result<FeatureMatrix> FittedEnsemble::with_learnt(const FeatureMatrix& features, const LearntColumns* source) const {
    TRY_VOID(accepts(features));
    if (learnt_ == 0) return features;
    if (source == nullptr || source->describe() != learnt_kind_)
        return fail(ErrorCode::bad_input, fmt::format("the model was trained with learnt columns \"{}\", this program makes {}: train it anew",
                                                      learnt_kind_, source == nullptr ? "none here" : '"' + source->describe() + '"'));
    TRY(const std::vector<double> learnt, source->apply(learnt_model_, features.rows()));
    FeatureMatrix out = features;
    out.names = columns_;
    out.values.clear();
    out.values.reserve(features.rows() * columns());
    for (std::size_t t = 0; t < features.rows(); ++t) {
        const auto row = features.row(t);
        const auto behind = std::span(learnt).subspan(t * learnt_, learnt_);
        out.values.insert(out.values.end(), row.begin(), row.end());
        out.values.insert(out.values.end(), behind.begin(), behind.end());
    }
    return out;
}

std::string FittedEnsemble::serialise() const {
    ByteWriter out;
    if (learnt_ > 0 || !is_plain()) {
        out.put_text(learnt_kind_);
        out.put_text(learnt_model_);
        out.put(static_cast<std::uint64_t>(learnt_));
    }
    out.put_text(manifest_hash_);
    out.put_text(label_spec_);
    out.put(static_cast<std::uint64_t>(columns_.size()));
    for (const std::string& name : columns_) out.put_text(name);
    out.put_all(importance_);
    out.put(static_cast<std::uint64_t>(members_.size()));
    for (std::size_t m = 0; m < members_.size(); ++m) {
        out.put_text(names_[m]);
        out.put_text(members_[m]->serialise());
    }
    meta_.write(out);
    interval_columns_.write(out);
    stream_.write(out);
    if (is_plain()) return out.sealed(learnt_ > 0 ? magic_2 : magic_1);
    out.put(static_cast<std::uint64_t>(posteriors_));
    meta_.stack.write_form(out);
    stream_.write_more(out);
    if (!weights_ && meta_.by_regime.empty()) return out.sealed(magic_3);
    meta_.by_regime.write(out);
    out.put(weights_.has_value());
    if (weights_) weights_->write(out);
    return out.sealed(magic_4);
}

Result<void> FittedEnsemble::read_members(ByteReader& in, std::span<const Learner* const> learners) {
    const auto members = in.get<std::uint64_t>();
    for (std::uint64_t m = 0; m < members && !in.failed(); ++m) {
        names_.push_back(in.get_text());
        const std::string own = in.get_text();
        const auto learner = std::ranges::find(learners, names_.back(), &Learner::name);
        if (learner == learners.end())
            return fail(ErrorCode::not_found,
                        fmt::format("model: its member {} is not part of this build", names_.back()));
        TRY(std::unique_ptr<Classifier> classifier, (*learner)->restore(own));
        if (classifier->columns() != columns_.size())
            return fail(ErrorCode::bad_input,
                        fmt::format("model: member {} reads {} columns, the model has {}", names_.back(),
                                    classifier->columns(), columns_.size()));
        members_.push_back(std::move(classifier));
    }
    return {};
}

Result<FittedEnsemble> FittedEnsemble::restore(std::string_view bytes,
                                               std::span<const Learner* const> learners) {
    TRY(ByteReader in, unseal(bytes));
    FittedEnsemble e;
    if (!bytes.starts_with(magic_1)) {
        e.learnt_kind_ = in.get_text();
        e.learnt_model_ = in.get_text();
        e.learnt_ = in.get<std::uint64_t>();
    }
    e.manifest_hash_ = in.get_text();
    e.label_spec_ = in.get_text();
    const auto columns = in.get<std::uint64_t>();
    for (std::uint64_t c = 0; c < columns && !in.failed(); ++c) e.columns_.push_back(in.get_text());
    e.importance_ = in.get_all<double>();
    TRY_VOID(e.read_members(in, learners));
    e.meta_ = MetaModel::read(in);
    e.interval_columns_ = IntervalColumns::read(in);
    bool read = e.stream_.read(in);
    if (read && (bytes.starts_with(magic_3) || bytes.starts_with(magic_4))) {
        e.posteriors_ = in.get<std::uint64_t>();
        read = e.meta_.stack.read_form(in) && e.stream_.read_more(in) && e.posteriors_ <= e.learnt_;
    }
    if (read && bytes.starts_with(magic_4)) {
        read = e.meta_.by_regime.read(in);
        if (read && in.get<bool>()) read = e.weights_.emplace(1).read(in) && e.weights_->members() == e.members_.size() + 1;
    }
    if (!read || !in.at_end() || !e.interval_columns_.fits(e.columns_.size()) || e.members_.empty() || e.members_.size() > members_max || e.learnt_ >= e.columns_.size() ||
        e.meta_.members.size() != e.members_.size() || e.meta_.stack.members() != e.members_.size())
        return fail(ErrorCode::bad_input, "model: its parts do not fit together; train it anew");
    return e;
}

}  // namespace aitrading::models

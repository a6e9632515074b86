#include "models/ensemble/predictor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "AITPRD01";

/// Tells a watch, where there is one.
void tell(StageWatch* watch, PredictorStage stage, std::size_t member = 0) {
    if (watch != nullptr) watch->passed(stage, member);
}

Result<void> check_model(const FittedEnsemble& model, const insight::FeatureSet& set) {
    FeatureMatrix empty;
    empty.names = set.names();
    empty.manifest_hash = set.manifest().hash;
    TRY_VOID(model.accepts(empty));
    if (model.learns_columns() && model.learnt_kind() != SeriesRegimes::kind())
        return fail(ErrorCode::bad_input, fmt::format("the model was trained with learnt columns \"{}\", this program makes \"{}\": train it anew",
                                                      model.learnt_kind(), SeriesRegimes::kind()));
    return {};
}

}  // namespace

Predictor::Predictor(const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules, LabelStream labels)
    : model_(&model),
      set_(std::move(set)),
      rule_options_(rules),
      labels_(std::move(labels)),
      states_(model, labels_.horizon_bars()),
      memory_(model.start()),
      bar_nanos_(duration_nanos(set_.options().timeframe)),
      row_(model.columns()),
      said_(model.member_names().size()),
      opinion_(said_.size()) {}

Result<Predictor> Predictor::open(const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules, int digits) {
    TRY_VOID(check_model(model, set));
    TRY(LabelStream labels, LabelStream::of(model.label_spec(), digits));
    Predictor out(model, std::move(set), rules, std::move(labels));
    if (model.learns_columns()) {
        const insight::FeatureOptions& options = out.set_.options();
        TRY(out.fitted_, SeriesRegimeStream::of(model.learnt_model(), options.timeframe, options.has_volume));
    }
    RegimeReport told;
    if (!told_by_guest(out.set_, rules, told)) {
        TRY(out.rules_, RuleRegimeStream::of(rules));
    }
    return out;
}

void Predictor::take_labels(const Bar& bar, double spread) {
    for (const KnownLabel& label : labels_.update(bar)) {
        states_.label(label);
        if (!label.exists()) continue;
        ++known_;
        ones_ += label.y > 0.5F ? 1U : 0U;
    }
    print_.add(bar);
    print_.add(spread);
}

void Predictor::take_features(const Bar& bar, double spread, std::span<double> row) {
    std::ranges::copy(set_.update(bar, set_.options().has_spread ? spread : nobody), row.begin());
}

void Predictor::take_fitted_regimes(const Bar& bar, std::span<double> row) {
    if (fitted_) std::ranges::copy(fitted_->update(bar), row.last(SeriesRegimeStream::columns).begin());
}

/// @pre the features have taken in the bar, where their guest tells the regimes
void Predictor::take_rules(const Bar& bar, double spread, RegimeReport& out) {
    if (rules_)
        out = rules_->update(bar, spread, close_of(bar));
    else
        told_by_guest(set_, rule_options_, out);
}

/// The answer's interval and all that stands beside it. @pre out.answer holds what stack and calibration say
void Predictor::complete(const Bar& bar, std::span<const double> row, const RegimeReport& regime, BarPrediction& out) {
    states_.predict(bars_, model_->interval_inputs(row), regime.regime, out.answer);
    describe(bar, regime, out);
    out.mix = states_.mix();
    out.has_states = fitted_.has_value();
    if (fitted_) std::ranges::copy(row.last(SeriesRegimeStream::columns).first(SeriesRegimes::states), out.states.begin());
}

void Predictor::describe(const Bar& bar, const RegimeReport& regime, BarPrediction& out) const {
    out.bar = bar.time;
    out.known = close_of(bar);
    out.regime = regime;
}

const BarPrediction& Predictor::next(const Bar& bar, double spread, StageWatch* watch) {
    take_labels(bar, spread);
    tell(watch, PredictorStage::labels);
    take_features(bar, spread, row_);
    tell(watch, PredictorStage::features);
    take_fitted_regimes(bar, row_);
    tell(watch, PredictorStage::fitted_regimes);
    RegimeReport regime;
    take_rules(bar, spread, regime);
    tell(watch, PredictorStage::rule_regimes);
    for (std::size_t m = 0; m < said_.size(); ++m) {
        said_[m] = model_->member(m).predict_next(memory_.members[m].get(), row_);
        tell(watch, PredictorStage::member, m);
    }
    out_.answer = model_->answer(said_, row_, opinion_, states_.place(bars_, regime.regime));
    out_.members = opinion_;
    tell(watch, PredictorStage::answer);
    complete(bar, row_, regime, out_);
    tell(watch, PredictorStage::interval);
    ++bars_;
    return out_;
}

void Predictor::warm(const Bar& bar, double spread) {
    take_labels(bar, spread);
    take_features(bar, spread, row_);
    take_fitted_regimes(bar, row_);
    RegimeReport regime;
    take_rules(bar, spread, regime);
    for (std::size_t m = 0; m < said_.size(); ++m)
        if (memory_.members[m]) model_->member(m).predict_next(memory_.members[m].get(), row_);
    ++bars_;
}

std::string Predictor::save() const {
    ByteWriter out;
    out.put_text(model_->manifest_hash());
    out.put_text(model_->label_spec());
    out.put(bars_);
    out.put(print_.value());
    states_.write(out);
    out.put(static_cast<std::uint64_t>(memory_.members.size()));
    for (std::size_t m = 0; m < memory_.members.size(); ++m) {
        const ClassifierMemory* memory = memory_.members[m].get();
        out.put_text(model_->member_names()[m]);
        out.put(memory != nullptr);
        if (memory != nullptr) out.put_text(model_->member(m).save_memory(*memory));
    }
    return out.sealed(magic);
}

Result<Predictor> Predictor::restore(std::string_view bytes, const FittedEnsemble& model, insight::FeatureSet set, const RuleRegimeOptions& rules,
                                     const BarColumns& bars, std::span<const double> spreads) {
    const Error other{ErrorCode::bad_input, "snapshot: it is of another model; start a new stream from the bars"};
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "snapshot"));
    TRY(Predictor out, open(model, std::move(set), rules, bars.digits));
    if (in.get_text() != model.manifest_hash() || in.get_text() != model.label_spec()) return std::unexpected(other);
    const auto count = in.get<std::uint32_t>();
    const auto print = in.get<std::uint64_t>();
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double spread = spreads.empty() ? nobody : spreads[i];
        RegimeReport regime;
        out.take_labels(bars.bar(i), spread);
        out.take_features(bars.bar(i), spread, out.row_);
        out.take_fitted_regimes(bars.bar(i), out.row_);
        out.take_rules(bars.bar(i), spread, regime);
        ++out.bars_;
    }
    if (out.bars_ != count || out.print_.value() != print)
        return fail(ErrorCode::bad_input, fmt::format("snapshot: it was taken after {} bars, these {} are other ones; give the very bars that it saw", count,
                                                      bars.size()));
    if (!out.states_.read(in, out.labels_.horizon_bars()) || in.get<std::uint64_t>() != out.memory_.members.size()) return std::unexpected(other);
    for (std::size_t m = 0; m < out.memory_.members.size(); ++m) {
        if (in.get_text() != model.member_names()[m] || in.get<bool>() != (out.memory_.members[m] != nullptr)) return std::unexpected(other);
        if (out.memory_.members[m] == nullptr) continue;
        TRY(out.memory_.members[m], model.member(m).restore_memory(in.get_text()));
    }
    if (!in.at_end()) return std::unexpected(other);
    return out;
}

}  // namespace aitrading::models

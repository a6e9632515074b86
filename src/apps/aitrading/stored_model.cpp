#include "apps/aitrading/stored_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/model_word.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "apps/aitrading/series_input.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/ensemble/column_learner.hpp"
#include "models/ensemble/har_learner.hpp"
#include "models/ensemble/series_regimes.hpp"
#include "models/evaluation/labels.hpp"
#include "models/registry/promotion.hpp"
#include "models/registry/service/model_store.hpp"

namespace aitrading::apps {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool read_number(std::string_view text, double& out) {
    if (text.empty()) {
        out = unknown;
        return true;
    }
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    return problem == std::errc() && end == text.data() + text.size();
}

/// Cuts the next field off `line`.
std::string_view next_field(std::string_view& line) {
    const auto comma = line.find(',');
    const std::string_view field = line.substr(0, comma);
    line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
    return field;
}

/// Rows after the training end, with intervals that go on learning from labels as they become known.
Result<void> add_later_rows(const LoadedModel& model, const BarColumns& bars, const FeatureMatrix& features,
                            const models::RegimePath& regimes, std::vector<StoredPrediction>& out) {
    // Labels feed the intervals and the weights that follow the series; one too short for any leaves them as training left them.
    const auto labels = models::make_labels(model.metadata.label, bars);
    models::IntervalStream intervals = model.fitted.interval_stream();
    intervals.finish_rows();
    std::optional<models::OnlineWeights> weights = model.fitted.online_weights();
    std::size_t label = 0;
    models::EnsembleMemory memory = model.fitted.start();
    const bool remembers = model.fitted.remembers();
    for (std::uint32_t i = 0; i < features.rows(); ++i) {
        const bool later = features.known[i] > model.metadata.training_end;
        if (!later && !remembers) continue;
        const models::StreamPlace place{later && weights ? &*weights : nullptr, i, regimes.regime[i]};
        const models::RowPrediction p = model.fitted.predict_next(memory, features.row(i), {}, place);
        if (!later) continue;
        const models::TargetInterval target = models::widen(
            intervals.predict(i, p.p_up, model.fitted.interval_inputs(features.row(i)), regimes.regime[i]), p.widened);
        out.push_back({.bar = features.time[i], .known = features.known[i], .p_up = p.p_up, .p_low = p.p_low, .p_high = p.p_high,
                       .low = target.low, .high = target.high});
        out.back().missing = model.fitted.names_of(p.missing);
        if (weights) out.back().mix.assign(weights->weights().begin(), weights->weights().end());
        if (model.fitted.learns_columns()) {
            const auto learnt = features.row(i).last(model.fitted.learnt_columns());
            out.back().states.assign(learnt.begin(), learnt.begin() + models::SeriesRegimes::states);
        }
        if (!labels) continue;
        while (label < labels->size() && labels->row[label] < i) ++label;
        if (label == labels->size() || labels->row[label] != i) continue;
        intervals.label(i, labels->end[label], labels->target[label]);
        if (weights) weights->label(i, labels->end[label], labels->y[label]);
    }
    return {};
}

/// The regime of each predicted bar, told from `bars` up to its close.
void tell_regimes(const BarColumns& bars, const models::RegimePath& path, std::vector<StoredPrediction>& out) {
    std::size_t at = 0;
    for (StoredPrediction& p : out) {
        while (at < bars.size() && bars.time[at] < p.bar) ++at;
        if (at == bars.size() || bars.time[at] != p.bar) continue;
        p.regime = path.regime[at];
        p.nearness = path.probability[at];
        p.next = path.next[at];
        p.remaining = path.remaining[at];
    }
}

}  // namespace

Result<LoadedModel> load_model(const Context& context, const std::string& name, std::optional<int> version) {
    TRY(const ModelWord word, model_word(context, name, version));
    TRY(models::StoredModel stored, models::ModelStore(context.home).load(word.name, word.version));
    auto learners = models::tree_learners();
    std::ranges::move(models::net_learners_for_restore(), std::back_inserter(learners));
    learners.push_back(models::har_learner_for_restore());
    learners.push_back(models::make_column_learner("markov_switching", 0));  // the stored bytes know its column
    std::vector<const models::Learner*> borrowed;
    borrowed.reserve(learners.size());
    for (const auto& l : learners) borrowed.push_back(l.get());
    TRY(auto fitted, models::FittedEnsemble::restore(stored.bytes, borrowed));
    TRY_VOID(models::check_manifest(stored.metadata, fitted.manifest_hash()));
    TRY(auto out_of_fold, parse_predictions(stored.predictions_csv, name,
                                            duration_nanos(stored.metadata.series.timeframe)));
    return LoadedModel{std::move(stored.metadata), std::move(fitted), std::move(out_of_fold)};
}

Result<std::vector<StoredPrediction>> parse_predictions(const std::string& csv, const std::string& name,
                                                        std::int64_t bar_nanos) {
    std::vector<StoredPrediction> out;
    std::string_view rest = csv;
    for (std::size_t number = 0; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        if (number == 0 || line.empty()) continue;
        TRY(const UnixNanos bar, parse_iso8601(next_field(line)));
        StoredPrediction p{.bar = bar, .known = {bar.value + bar_nanos}, .out_of_fold = true};
        for (double* field : {&p.p_up, &p.p_low, &p.p_high, &p.low, &p.high})
            if (!read_number(next_field(line), *field))
                return fail(ErrorCode::bad_input, fmt::format("stored predictions of {}, line {}: a field is no number; "
                                                              "train the model again", name, number + 1));
        out.push_back(p);
    }
    return out;
}

Result<ModelRows> model_rows(const LoadedModel& model, const BarColumns& bars, const Context& context) {
    TRY(const FeatureInputs inputs, feature_inputs("default", model.metadata.with, bars, context));
    TRY(FeatureMatrix features, inputs.compute(bars));
    TRY_VOID(models::check_manifest(model.metadata, features.manifest_hash));
    const models::SeriesRegimes learnt(bars);
    TRY(features, model.fitted.with_learnt(features, &learnt));
    return ModelRows{std::move(features), inputs.set.manifest()};
}

Result<std::vector<StoredPrediction>> predict_bars(const LoadedModel& model, const BarColumns& bars, const Context& context) {
    if (bars.key != model.metadata.series)
        return fail(ErrorCode::gate_refused,
                    fmt::format("{} was trained on {}; it says nothing about {}", model.metadata.name,
                                to_string(model.metadata.series), to_string(bars.key)));
    TRY(const ModelRows rows, model_rows(model, bars, context));
    std::vector<StoredPrediction> out;
    for (const StoredPrediction& p : model.out_of_fold)
        if (!bars.time.empty() && p.bar >= bars.time.front() && p.bar <= bars.time.back()) out.push_back(p);
    TRY(const auto rules, regime_options(context, bars));
    TRY(const models::RegimePath regimes, models::rule_regimes(bars, rules, context.stop));
    TRY_VOID(add_later_rows(model, bars, rows.features, regimes, out));
    tell_regimes(bars, regimes, out);
    return out;
}

trading::ProbabilitySeries to_series(const LoadedModel& model, const std::vector<StoredPrediction>& predictions) {
    trading::ProbabilitySeries out;
    out.model = model.metadata.name;
    out.training_end = model.metadata.training_end;
    for (const StoredPrediction& p : predictions)
        out.points.push_back({p.bar, p.known, Probability(p.p_up), p.out_of_fold});
    return out;
}

}  // namespace aitrading::apps

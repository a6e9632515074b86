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

void tell_regime(const models::RegimeReport& report, StoredPrediction& out) {
    out.regime = report.regime;
    out.nearness = report.probability;
    out.next = report.next;
    out.remaining = report.remaining;
}

StoredPrediction stored(const models::FittedEnsemble& model, const models::BarPrediction& p) {
    StoredPrediction out{.bar = p.bar, .known = p.known, .p_up = p.answer.p_up, .p_low = p.answer.p_low, .p_high = p.answer.p_high,
                         .low = p.answer.low, .high = p.answer.high};
    tell_regime(p.regime, out);
    out.missing = model.names_of(p.answer.missing);
    out.mix.assign(p.mix.begin(), p.mix.end());
    if (p.has_states) out.states.assign(p.states.begin(), p.states.end());
    return out;
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

Result<models::ReasonRows> model_rows(const LoadedModel& model, const BarColumns& bars, const Context& context) {
    TRY(const FeatureInputs inputs, feature_inputs("default", model.metadata.with, bars, context));
    TRY(FeatureMatrix features, inputs.compute(bars));
    TRY_VOID(models::check_manifest(model.metadata, features.manifest_hash));
    const models::SeriesRegimes learnt(bars);
    TRY(features, model.fitted.with_learnt(features, &learnt));
    return models::ReasonRows{std::move(features), inputs.set.manifest()};
}

Result<models::Predictor> open_predictor(const LoadedModel& model, const BarColumns& bars, const Context& context) {
    TRY(const FeatureInputs inputs, feature_inputs("default", model.metadata.with, bars, context));
    TRY_VOID(inputs.set.check(bars, inputs.cross));
    TRY_VOID(models::check_manifest(model.metadata, inputs.set.manifest().hash));
    TRY(const auto rules, regime_options(context, bars));
    return models::Predictor::open(model.fitted, inputs.set, rules, bars.digits);
}

Result<std::vector<StoredPrediction>> predict_bars(const LoadedModel& model, const BarColumns& bars, const Context& context) {
    if (bars.key != model.metadata.series)
        return fail(ErrorCode::gate_refused,
                    fmt::format("{} was trained on {}; it says nothing about {}", model.metadata.name,
                                to_string(model.metadata.series), to_string(bars.key)));
    TRY(models::Predictor predictor, open_predictor(model, bars, context));
    std::vector<StoredPrediction> out;
    for (const StoredPrediction& p : model.out_of_fold)
        if (!bars.time.empty() && p.bar >= bars.time.front() && p.bar <= bars.time.back()) out.push_back(p);
    // Up to the training end the model is not asked: what it said out of fold stands there, with the regimes told here.
    const std::int64_t length = duration_nanos(bars.key.timeframe);
    std::size_t later = 0, told = 0;
    while (later < bars.size() && bars.time[later].value + length <= model.metadata.training_end.value) ++later;
    const std::vector<double> spreads = insight::closing_spreads(bars);
    TRY_VOID(predictor.run(bars, spreads, {.from = 0, .to = later, .threads = context.threads, .ask = false, .stop = context.stop},
                           [&](const models::BarPrediction& p) {
                               while (told < out.size() && out[told].bar < p.bar) ++told;
                               if (told < out.size() && out[told].bar == p.bar) tell_regime(p.regime, out[told]);
                           }));
    TRY_VOID(predictor.run(bars, spreads, {.from = later, .to = bars.size(), .threads = context.threads, .stop = context.stop},
                           [&](const models::BarPrediction& p) { out.push_back(stored(model.fitted, p)); }));
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

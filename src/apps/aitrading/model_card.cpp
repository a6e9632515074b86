#include "apps/aitrading/model_card.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/feature_manifest_json.hpp"
#include "apps/aitrading/output.hpp"
#include "apps/aitrading/series_input.hpp"
#include "base/sha256.hpp"
#include "report/model_card.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::pair<std::string, std::string>>;

Rows made_of(const EvaluationRun& run, const models::ModelMetadata& m) {
    const std::string parameters = m.parameters.empty() ? "each member's defaults" : fmt::format("{}", fmt::join(m.parameters, " "));
    std::string features = fmt::format("{} columns known at each bar's close, manifest {}", run.features.columns(), m.feature_manifest_hash);
    if (!run.learnt_names.empty()) features += fmt::format(", and {} learnt anew for each fit", run.learnt_names.size());
    return {{"Answers", fmt::format("the probability of `{}` at each bar's close", m.label)},
            {"Fitted on", fmt::format("{} to {}; nothing from there on was seen", to_iso8601(m.training_from), to_iso8601(m.training_end))},
            {"Members", fmt::format("{}", fmt::join(m.members, ", "))},
            {"Parameters", parameters},
            {"Features", features},
            {"Calibration", m.calibration},
            {"Interval", m.conformal},
            {"Data", fmt::format("{}, fingerprint {}", data_line(run.bars), m.data_fingerprint)},
            {"Trials", fmt::format("{} on this series and label", m.trials)},
            {"Seed", fmt::to_string(m.seed)}};
}

std::vector<std::string> uses(const models::ModelMetadata& m) {
    return {fmt::format("For {} and no other series; predictions on another are refused.", to_string(m.series)),
            "Up to its training end its stored out-of-fold predictions answer, after it the model itself: anything else would be a leak.",
            "Features of another manifest are refused."};
}

std::vector<std::string> limits(const EvaluationRun& run) {
    std::vector<std::string> out{"The figures are out of fold on the training span: they speak of fits like this one, on the past.",
                                 "Markets change: once its recent log loss leaves what the folds showed, it is to be trained anew."};
    if (!run.labels.directional) out.emplace_back("The label speaks of no direction, so it cannot be traded by itself.");
    return out;
}

/// Partial dependence in words: how far the mean answer goes over a feature's usual values.
std::string dependence_lines(const std::vector<report::DependenceCurve>& curves) {
    if (curves.empty()) return "";
    std::string out = "\n## How the answer follows its strongest features\n\nMean p_up with the feature set to a value and all else as it was.\n\n";
    for (const report::DependenceCurve& c : curves) {
        if (c.at.empty()) continue;
        const std::size_t middle = c.at.size() / 2;
        out += fmt::format("- {}: {:.1f} % at {:.3g}, {:.1f} % at {:.3g}, {:.1f} % at {:.3g}\n", c.name, 100 * c.p_up.front(), c.at.front(), 100 * c.p_up[middle],
                           c.at[middle], 100 * c.p_up.back(), c.at.back());
    }
    return out;
}

}  // namespace

Result<std::string> features_document(const EvaluationRun& run, const EvaluationRequest& request, const models::FittedEnsemble& fitted,
                                      const Context& context) {
    TRY(const FeatureInputs inputs, feature_inputs(request.features, request.with, run.bars, context));
    Json document = manifest_json(inputs.set.manifest());
    Json learnt = Json::array();
    for (std::size_t c = fitted.columns() - fitted.learnt_columns(); c < fitted.columns(); ++c) learnt.push_back(fitted.column_names()[c]);
    document["learnt"] = std::move(learnt);
    return document.dump(1) + "\n";
}

std::string conformal_text(const models::FittedEnsemble& fitted) {
    ByteWriter state;
    fitted.interval_stream().write(state);
    const char* method = fitted.interval_stream().options().method == models::IntervalMethod::aci ? "adaptive conformal" : "conformal PID";
    return fmt::format("90 %, {} over the latest scores; state {}", method, sha256_hex(state.bytes()).substr(0, 16));
}

std::string card_markdown(const EvaluationRun& run, const models::ModelMetadata& m) {
    std::string out = fmt::format("# {}\n\n{} · label `{}` · {} to {}\n\n", m.name, to_string(m.series), m.label, to_iso8601(run.bars.time.front()),
                                  to_iso8601(run.bars.time.back()));
    out += panel_verdict(run.panels, run.labels) + "\n\n## What it is\n\n";
    for (const auto& [term, text] : made_of(run, m)) out += fmt::format("- {}: {}.\n", term, text);
    for (const std::string& line : uses(m)) out += "- " + line + "\n";
    out += "\n## Out of fold, on its training span\n\n```\n" + panel_table(run.panels) + "```\n\n## Protocol\n\n";
    for (const auto& line : run.protocol) out += "- " + line + "\n";
    if (run.labels.directional) out += "- Costs: " + run.cost_model + ".\n";
    out += "\n## Strongest features\n\n";
    const auto shares = models::feature_shares(run);
    for (const auto& f : std::span(shares).first(std::min<std::size_t>(10, shares.size()))) out += fmt::format("- {} {:.1f} % of the gain\n", f.name, f.share * 100);
    out += "\n## What features are worth on tested bars\n\n";
    if (run.worth.missing.empty()) out += fmt::format("Log loss a bar that dealing a feature anew costs: {}.\n\n```\n{}```\n", run.worth.how, worth_table(run.worth));
    else out += fmt::format("Not available: {}.\n", run.worth.missing);
    out += dependence_lines(run.dependence);
    out += "\n## What it does not tell\n\n";
    for (const std::string& line : limits(run)) out += "- " + line + "\n";
    return out + fmt::format("\nMade by `{}` with {}, seed {}.\n", m.command_line, m.code_version, m.seed);
}

std::string card_html(const EvaluationRun& run, const models::ModelMetadata& m, const Context& context) {
    report::ModelCard card;
    card.name = m.name;
    card.series = to_string(m.series);
    card.label = m.label;
    card.directional = run.labels.directional;
    card.training_from = m.training_from;
    card.training_end = m.training_end;
    card.made_of = made_of(run, m);
    card.use = uses(m);
    card.limits = limits(run);
    card.models = run.panels;
    card.folds = models::fold_rows(run);
    card.regimes = models::regime_rows(run);
    card.importance = models::feature_shares(run);
    card.worth = run.worth.features;
    card.worth_missing = run.worth.missing;
    card.dependence = run.dependence;
    if (run.labels.directional) card.cost_model = run.cost_model;
    card.trials = m.trials;
    card.protocol = run.protocol;
    card.provenance = provenance(context);
    card.provenance.data = data_line(run.bars);
    return report::render_model_card(card);
}

}  // namespace aitrading::apps

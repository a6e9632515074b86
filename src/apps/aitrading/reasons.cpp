#include "apps/aitrading/reasons.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "kit/bench.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {

Result<std::vector<ToldReasons>> explain_bars(const LoadedModel& model, const BarColumns& bars, const std::vector<StoredPrediction>& wanted, const Context& context) {
    TRY(const models::ReasonRows rows, model_rows(model, bars, context));
    models::ReasonTeller teller(model.fitted, rows, model.fitted.start());
    std::vector<ToldReasons> out;
    for (const StoredPrediction& p : wanted) {
        if (p.out_of_fold) {
            out.push_back({.reasons = {.missing = "an answer out of fold; the model of its fold is not kept"}});
            continue;
        }
        // What lies between two answers is no part of the second one's cost.
        TRY_VOID(teller.move_to(p.bar));
        const double begun = kit::thread_seconds();
        TRY(auto reasons, teller.explain({.bar = p.bar, .p_up = p.p_up, .regime = p.regime, .mix = p.mix}));
        out.push_back({std::move(reasons), kit::thread_seconds() - begun});
    }
    return out;
}

std::string reasons_cost(const std::vector<ToldReasons>& told) {
    std::vector<double> ms;
    for (const ToldReasons& t : told)
        if (t.reasons.missing.empty()) ms.push_back(1000 * t.seconds);
    if (ms.empty()) return "";
    return fmt::format("reasons of {} bars: {:.2f} ms each in the median, {:.2f} ms at the 99th percentile", ms.size(), kit::median(ms), kit::quantile(ms, 0.99));
}

void add_reasons(nlohmann::ordered_json& prediction, const models::BarReasons& reasons) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const models::ReasonLine& line : reasons.lines)
        list.push_back({{"feature", line.feature}, {"value", std::isnan(line.value) ? Json(nullptr) : Json(line.value)}, {"contribution", line.contribution}, {"words", line.text()}});
    prediction["reasons"] = std::move(list);
    const bool there = reasons.missing.empty();
    prediction["base_logit"] = there ? Json(reasons.base_logit) : Json(nullptr);
    prediction["logit"] = there ? Json(reasons.logit) : Json(nullptr);
    prediction["others_contribution"] = there ? Json(reasons.others) : Json(nullptr);
    const std::string note = reasons.note();
    prediction["reasons_note"] = note.empty() ? Json(nullptr) : Json(note);
}

std::string reasons_text(const StoredPrediction& prediction, const models::BarReasons& reasons) {
    std::string out = fmt::format("{}  p_up {:.3f}", to_iso8601(prediction.bar), prediction.p_up);
    if (!reasons.missing.empty()) return out + fmt::format("\nreasons: {}\n", reasons.note());
    out += fmt::format(", log-odds {:+.3f}; a row that says nothing has {:+.3f}\n", reasons.logit, reasons.base_logit);
    if (const std::string note = reasons.note(); !note.empty()) out += fmt::format("Note: {}.\n", note);
    using enum kit::Table::Align;
    kit::Table table({{"adds", right}, {"reason", left}});
    for (const models::ReasonLine& line : reasons.lines) table.add({fmt::format("{:+.3f}", line.contribution), line.words});
    if (reasons.others_count > 0)
        table.add({fmt::format("{:+.3f}", reasons.others), fmt::format("{} others together", reasons.others_count)});
    return out + table.render();
}

}  // namespace aitrading::apps

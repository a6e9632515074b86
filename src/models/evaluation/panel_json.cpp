#include "models/evaluation/panel_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "models/evaluation/panel.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::ordered_json;

void put(Json& out, const char* key, const Figure& figure) {
    if (figure.value && std::isfinite(*figure.value)) {
        out[key] = *figure.value;
        return;
    }
    out[key] = nullptr;
    out[fmt::format("{}_reason", key)] = figure.reason.empty() ? "not computed" : figure.reason;
}

std::string coverage_name(double coverage) {
    return coverage == 1 ? "1.0" : fmt::format("{}", coverage);
}

/// `accuracy_at` holds the bare accuracies; interval, count and threshold stand in `accuracy_at_detail`.
void put_coverage(Json& out, const Panel& panel) {
    Json accuracy = Json::object(), detail = Json::object();
    for (double coverage : panel_coverages) accuracy[coverage_name(coverage)] = nullptr;
    for (const CoveragePoint& point : panel.accuracy_at) {
        if (point.count == 0) continue;
        const std::string name = coverage_name(point.coverage);
        accuracy[name] = point.accuracy;
        detail[name] = {
            {"ci95", {point.low, point.high}}, {"count", point.count}, {"threshold", point.threshold}};
    }
    bool missing = false;
    for (const auto& value : accuracy) missing = missing || value.is_null();
    out["accuracy_at"] = std::move(accuracy);
    out["accuracy_at_detail"] = std::move(detail);
    if (missing)
        out["accuracy_at_reason"] = "no bar reached a threshold that was frozen on earlier predictions";
}

Json bins(const std::vector<ReliabilityBin>& reliability) {
    Json out = Json::array();
    for (const ReliabilityBin& bin : reliability)
        if (bin.count > 0)
            out.push_back({{"low", bin.low},
                           {"high", bin.high},
                           {"predicted", bin.predicted},
                           {"observed", bin.observed},
                           {"count", bin.count}});
    return out;
}

}  // namespace

std::string panel_json(const Panel& panel) {
    Json out;
    out["n"] = panel.n;
    out["from"] = to_iso8601(panel.from);
    out["to"] = to_iso8601(panel.to);
    out["horizon"] = panel.horizon;
    out["coverage"] = panel.coverage;
    out["majority_rate"] = panel.majority_rate;
    out["accuracy"] = panel.accuracy;
    out["accuracy_ci95"] = {panel.accuracy_low, panel.accuracy_high};
    out["interval"] = panel.interval;
    out["balanced_accuracy"] = panel.balanced_accuracy;
    out["mcc"] = panel.mcc;
    out["roc_auc"] = panel.roc_auc;
    out["p_value_vs_majority"] = panel.p_value_vs_majority;
    put(out, "pesaran_timmermann", panel.pesaran_timmermann);
    out["brier"] = panel.brier;
    out["brier_skill"] = panel.brier_skill;
    out["log_loss"] = panel.log_loss;
    out["log_loss_skill"] = panel.log_loss_skill;
    out["ece"] = panel.ece;
    out["ece_noise_p95"] = panel.ece_noise_p95;
    out["murphy_reliability"] = panel.murphy_reliability;
    out["murphy_resolution"] = panel.murphy_resolution;
    out["murphy_uncertainty"] = panel.murphy_uncertainty;
    put_coverage(out, panel);
    out["aurc"] = panel.aurc;
    out["e_aurc"] = panel.e_aurc;
    put(out, "gross_sharpe", panel.gross_sharpe);
    put(out, "net_sharpe_1x", panel.net_sharpe_1x);
    put(out, "net_sharpe_2x", panel.net_sharpe_2x);
    put(out, "psr", panel.psr);
    put(out, "dsr", panel.dsr);
    put(out, "min_track_record_years", panel.min_track_record_years);
    put(out, "pbo", panel.pbo);
    put(out, "max_drawdown", panel.max_drawdown);
    put(out, "turnover", panel.turnover);
    out["reliability"] = bins(panel.reliability);
    return out.dump();
}

}  // namespace aitrading::models

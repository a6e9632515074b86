#include "models/evaluation/agreement_panel.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {

AgreementPanel agreement_panel(std::span<const float> y, std::span<const double> p, std::span<const double> spread,
                               const FrozenThresholds& thresholds) {
    CHECK(p.size() == y.size() && spread.size() == y.size() && thresholds.fold.size() == y.size());
    AgreementPanel out;
    std::vector<float> wrong;
    wrong.reserve(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) wrong.push_back((y[i] > 0.5F) == (p[i] > 0.5) ? 0.0F : 1.0F);
    out.error_auc = wrong.empty() ? Figure::unknown("no bar was tested") : Figure(roc_auc(wrong, spread));
    for (std::size_t k = 0; k < panel_coverages.size(); ++k) {
        CoveragePoint point;
        point.coverage = panel_coverages[k];
        std::int64_t right = 0;
        for (std::size_t i = 0; i < y.size(); ++i) {
            const double threshold = k == 0 ? 0 : thresholds.by_fold[static_cast<std::size_t>(thresholds.fold[i])][k];
            if (!(agreement_of(spread[i]) >= threshold)) continue;  // also where the threshold is NaN
            if (threshold > 0) point.threshold = 0.5 / threshold - 1;
            ++point.count;
            right += wrong[i] < 0.5F ? 1 : 0;
        }
        if (point.count > 0) {
            const Interval w = wilson(right, point.count);
            point.accuracy = static_cast<double>(right) / static_cast<double>(point.count);
            point.low = w.low;
            point.high = w.high;
        }
        out.accuracy_at.push_back(point);
    }
    return out;
}

std::string agreement_json(const AgreementPanel& panel) {
    nlohmann::ordered_json out, detail = nlohmann::ordered_json::object();
    out["accuracy_at"] = nlohmann::ordered_json::object();
    for (const CoveragePoint& point : panel.accuracy_at) {
        const std::string name = point.coverage == 1 ? "1.0" : fmt::format("{}", point.coverage);
        out["accuracy_at"][name] = nullptr;
        if (point.count == 0) continue;
        out["accuracy_at"][name] = point.accuracy;
        detail[name] = {{"ci95", {point.low, point.high}}, {"count", point.count}, {"spread", point.threshold}};
    }
    out["accuracy_at_detail"] = std::move(detail);
    out["error_auc"] = nullptr;
    if (panel.error_auc.value) out["error_auc"] = *panel.error_auc.value;
    return out.dump();
}

}  // namespace aitrading::models

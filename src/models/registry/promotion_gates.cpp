#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/registry/promotion.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::json;

/// Figures of a panel by key.
class PanelReader {
  public:
    explicit PanelReader(const std::string& text) : panel_(Json::parse(text, nullptr, false)) {}

    bool there() const { return panel_.is_object(); }
    std::optional<double> figure(const char* key) const { return number(panel_, key); }
    std::optional<double> accuracy_low() const {
        const auto found = panel_.is_object() ? panel_.find("accuracy_ci95") : panel_.end();
        if (!there() || found == panel_.end() || !found->is_array() || found->empty()) return std::nullopt;
        return as_number(found->front());
    }
    std::string why_not(const char* key) const {
        const std::string reason = std::string(key) + "_reason";
        if (!there() || !panel_.contains(reason) || !panel_[reason].is_string()) return "the panel does not state it";
        return panel_[reason].get<std::string>();
    }
    std::optional<UnixNanos> time(const char* key) const {
        if (!there() || !panel_.contains(key) || !panel_[key].is_string()) return std::nullopt;
        const auto parsed = parse_iso8601(panel_[key].get<std::string>());
        return parsed ? std::optional(*parsed) : std::nullopt;
    }

  private:
    static std::optional<double> as_number(const Json& value) {
        if (!value.is_number()) return std::nullopt;
        const double v = value.get<double>();
        return std::isfinite(v) ? std::optional(v) : std::nullopt;
    }
    static std::optional<double> number(const Json& object, const char* key) {
        return object.is_object() && object.contains(key) ? as_number(object[key]) : std::nullopt;
    }
    Json panel_;
};

PromotionGate missing(std::string name, const std::string& why) { return {std::move(name), false, "not known: " + why}; }

PromotionGate above(std::string name, std::optional<double> value, double limit, const char* of_limit) {
    if (!value) return missing(std::move(name), "the panel does not state it");
    return {std::move(name), *value > limit, fmt::format("{:.4f} (above {:.4f}{})", *value, limit, of_limit)};
}

PromotionGate calibration(const PanelReader& panel, const PromotionLimits& limits) {
    const auto ece = panel.figure("ece"), floor = panel.figure("ece_noise_p95");
    if (!ece || !floor) return missing("calibration error", "the panel does not state it");
    return {"calibration error", *ece <= *floor + limits.ece_margin,
            fmt::format("{:.4f} (at most {:.4f}: the noise floor and {:.2f})", *ece, *floor + limits.ece_margin, limits.ece_margin)};
}

void add_trading(const PanelReader& panel, const PromotionLimits& limits, std::vector<PromotionGate>& gates) {
    const auto net = panel.figure("net_sharpe_1x");
    if (!net) gates.push_back(missing("net Sharpe ratio", panel.why_not("net_sharpe_1x")));
    else gates.push_back(above("net Sharpe ratio", net, 0, ", after costs"));
    const auto deflated = panel.figure("dsr");
    const auto sure = deflated ? deflated : panel.figure("psr");
    const char* name = deflated ? "deflated Sharpe ratio" : "probabilistic Sharpe ratio";
    if (!sure) gates.push_back(missing("deflated Sharpe ratio", panel.why_not("dsr")));
    else gates.push_back({name, *sure >= limits.dsr, fmt::format("{:.4f} (at least {:.2f})", *sure, limits.dsr)});
    const auto pbo = panel.figure("pbo");
    if (!pbo) gates.push_back({"probability of overfitting", true, "does not apply: " + panel.why_not("pbo")});
    else gates.push_back({"probability of overfitting", *pbo <= limits.pbo, fmt::format("{:.3f} (at most {:.2f})", *pbo, limits.pbo)});
}

/// The labels of the contract that speak of no direction, so that nothing can be traded on them alone.
bool directional(std::string_view label) { return !label.starts_with("volatility") && !label.starts_with("large_move"); }

}  // namespace

std::vector<PromotionGate> promotion_gates(const ModelMetadata& m, const PromotionLimits& limits) {
    const PanelReader panel(m.panel_json);
    if (!panel.there()) return {missing("panel", "this version was kept without one")};
    std::vector<PromotionGate> gates;
    const double bars = panel.figure("n").value_or(0);
    gates.push_back({"scored bars", bars >= static_cast<double>(limits.scored_bars), fmt::format("{:.0f} (at least {})", bars, limits.scored_bars)});
    gates.push_back(above("log-loss skill", panel.figure("log_loss_skill"), 0, ", the constant's"));
    const auto majority = panel.figure("majority_rate");
    if (!majority) gates.push_back(missing("accuracy, lower 95 % bound", "the panel states no majority rate"));
    else gates.push_back(above("accuracy, lower 95 % bound", panel.accuracy_low(), *majority, ", the majority rate"));
    gates.push_back(calibration(panel, limits));
    if (directional(m.label)) add_trading(panel, limits, gates);
    else gates.push_back({"trading", true, "does not apply: the label speaks of no direction"});
    return gates;
}

Result<void> check_honest(const ModelMetadata& m, std::string_view features_json) {
    if (m.scoring == Scoring::held_out) {
        const PanelReader panel(m.panel_json);
        const auto from = panel.time("from"), to = panel.time("to");
        if (!from || !to) return fail(ErrorCode::bad_input, fmt::format("model {}: its panel does not state the bars it scored (from, to)", m.name));
        TRY_VOID(check_unseen(m, {*from, {to->value + 1}}));
    }
    if (features_json.empty()) return {};
    const Json manifest = Json::parse(features_json, nullptr, false);
    const auto hash = manifest.is_object() ? manifest.find("hash") : manifest.end();
    if (!manifest.is_object() || hash == manifest.end() || !hash->is_string())
        return fail(ErrorCode::bad_input, fmt::format("model {}: its feature manifest is no JSON object with a hash", m.name));
    return check_manifest(m, hash->get<std::string>());
}

}  // namespace aitrading::models

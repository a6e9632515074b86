#include "models/evaluation/regime_panel.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/evaluation/statistics.hpp"
#include "models/evaluation/trading_figures.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr double z95 = 1.959963984540054;
constexpr std::size_t fewest = 2;

/// The entries of one regime, as columns of their own.
struct Part {
    std::vector<float> y;
    std::vector<double> p, base_rate;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;

    Part(const PanelInput& all, const std::vector<std::size_t>& at) {
        for (const std::size_t i : at) {
            y.push_back(all.y[i]);
            p.push_back(all.p[i]);
            base_rate.push_back(all.base_rate[i]);
            row.push_back(all.row[i]);
            end.push_back(all.end[i]);
            time.push_back(all.time[i]);
        }
    }
    PanelInput input(const PanelInput& all) const {
        PanelInput in;
        in.y = y;
        in.p = p;
        in.base_rate = base_rate;
        in.row = row;
        in.end = end;
        in.time = time;
        in.horizon = all.horizon;
        in.directional = all.directional;
        in.pbo = Figure::unknown("told of all bars, not of one regime");
        return in;
    }
};

Figure interval_coverage(const RegimePanelInput& in, const std::vector<std::size_t>& at) {
    double inside = 0, known = 0;
    for (const std::size_t i : at) {
        if (in.target.empty() || !std::isfinite(in.low[i]) || !std::isfinite(in.high[i]) || !std::isfinite(in.target[i])) continue;
        known += 1;
        inside += in.low[i] <= in.target[i] && in.target[i] <= in.high[i] ? 1 : 0;
    }
    if (known == 0) return Figure::unknown("no interval and target are known on these bars");
    return inside / known;
}

MeanBp mean_of(std::span<const double> values, const std::vector<std::size_t>& at) {
    std::vector<double> own;
    own.reserve(at.size());
    for (const std::size_t i : at) own.push_back(values[i]);
    const double middle = mean(own), half = z95 * standard_deviation(own) / std::sqrt(static_cast<double>(own.size()));
    return {middle, middle - half, middle + half};
}

Result<void> check_columns(const RegimePanelInput& in) {
    const std::size_t n = in.all.y.size();
    const bool intervals = in.target.empty() || (in.target.size() == n && in.low.size() == n && in.high.size() == n);
    if (in.regime.size() == n && intervals) return {};
    return fail(ErrorCode::bad_input, fmt::format("{} labels but {} regimes: a panel by regime needs one regime and interval per label", n,
                                                  in.regime.size()));
}

}  // namespace

Result<std::vector<RegimePanel>> panel_by_regime(const RegimePanelInput& in, const PanelOptions& options) {
    TRY_VOID(check_columns(in));
    std::map<int, std::vector<std::size_t>> parts;
    for (std::size_t i = 0; i < in.regime.size(); ++i)
        if (in.regime[i] > 0) parts[in.regime[i]].push_back(i);
    const bool traded = in.all.directional && !in.all.trading.return_bp.empty();
    const TradingTrack track = traded ? track_trading(in.all) : TradingTrack{};
    std::vector<RegimePanel> out;
    for (const auto& [regime, at] : parts) {
        if (at.size() < fewest) continue;
        const Part part(in.all, at);
        RegimePanel one;
        one.regime = regime;
        one.share = static_cast<double>(at.size()) / static_cast<double>(in.regime.size());
        TRY(one.panel, compute_panel(part.input(in.all), options));
        one.interval_coverage = interval_coverage(in, at);
        one.traded = traded;
        if (traded) {
            std::vector<double> net = track.gross_bp;
            for (std::size_t i = 0; i < net.size(); ++i) net[i] -= track.cost_bp[i];
            one.gross = mean_of(track.gross_bp, at);
            one.cost = mean_of(track.cost_bp, at);
            one.net = mean_of(net, at);
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::string regime_panels_json(std::span<const RegimePanel> panels, std::span<const std::string_view> names) {
    Json out = Json::array();
    for (const RegimePanel& r : panels) {
        const Panel& p = r.panel;
        Json one{{"regime", r.regime},
                 {"name", names[static_cast<std::size_t>(r.regime)]},
                 {"n", p.n},
                 {"share", r.share},
                 {"accuracy", p.accuracy},
                 {"accuracy_ci95", {p.accuracy_low, p.accuracy_high}},
                 {"interval", p.interval},
                 {"majority_rate", p.majority_rate},
                 {"p_value_vs_majority", p.p_value_vs_majority},
                 {"log_loss", p.log_loss},
                 {"log_loss_skill", p.log_loss_skill}};
        one["interval_coverage"] = r.interval_coverage.value ? Json(*r.interval_coverage.value) : Json(nullptr);
        if (!r.interval_coverage.value) one["interval_coverage_reason"] = r.interval_coverage.reason;
        for (const char* key : {"gross_bp", "cost_bp", "net_bp", "net_bp_ci95"}) one[key] = nullptr;
        if (r.traded) {
            one["gross_bp"] = r.gross.mean;
            one["cost_bp"] = r.cost.mean;
            one["net_bp"] = r.net.mean;
            one["net_bp_ci95"] = {r.net.low, r.net.high};
        } else {
            one["net_bp_reason"] = "the label has no direction to trade, or no returns were given";
        }
        out.push_back(std::move(one));
    }
    return out.dump();
}

}  // namespace aitrading::models

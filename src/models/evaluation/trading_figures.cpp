#include "models/evaluation/trading_figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr double days_per_year = 252;
constexpr std::size_t fewest_days = 20;

/// Sums per UTC day in units of the stake, net of `times` the costs.
std::vector<double> daily(const PanelInput& in, const TradingTrack& track, double times) {
    std::vector<double> out;
    std::int64_t day = 0;
    for (std::size_t i = 0; i < track.gross_bp.size(); ++i) {
        const std::int64_t t = in.trading.realised[i].value;
        const std::int64_t today = t / nanos_per_day - (t % nanos_per_day < 0 ? 1 : 0);
        if (out.empty() || today != day) out.push_back(0.0);
        day = today;
        out.back() += 1e-4 * (track.gross_bp[i] - times * track.cost_bp[i]);
    }
    return out;
}

Figure yearly_sharpe(const std::vector<double>& days) {
    if (!(standard_deviation(days) > 1e-15)) return Figure::unknown("the daily returns do not vary");
    return moments_of(days).sharpe * std::sqrt(days_per_year);
}

double greatest_drawdown(const TradingTrack& track) {
    double equity = 1, top = 1, worst = 0;
    for (std::size_t i = 0; i < track.gross_bp.size(); ++i) {
        equity *= std::max(0.0, 1 + 1e-4 * (track.gross_bp[i] - track.cost_bp[i]));
        top = std::max(top, equity);
        worst = std::max(worst, 1 - equity / top);
    }
    return worst;
}

void leave_unknown(const std::string& why, Panel& panel) {
    for (Figure* figure : {&panel.net_sharpe_1x, &panel.net_sharpe_2x, &panel.gross_sharpe, &panel.psr,
                           &panel.dsr, &panel.min_track_record_years, &panel.max_drawdown, &panel.turnover})
        *figure = Figure::unknown(why);
}

}  // namespace

TradingTrack track_trading(const PanelInput& in) {
    TradingTrack track;
    double position = 0;
    for (std::size_t i = 0; i < in.p.size(); ++i) {
        const double next = in.p[i] > 0.5 ? 1 : in.p[i] < 0.5 ? -1 : 0;
        double turned = std::abs(next - position);
        position = next;
        if (i + 1 == in.p.size()) turned += std::abs(position);  // closed at the end
        track.traded += turned;
        track.gross_bp.push_back(position * in.trading.return_bp[i]);
        track.cost_bp.push_back(turned * in.trading.cost_bp[i]);
    }
    return track;
}

void judge_trading(const PanelInput& in, Panel& panel) {
    const std::size_t n = in.p.size();
    if (!in.directional) return leave_unknown("the label has no direction to trade", panel);
    if (in.trading.return_bp.empty()) return leave_unknown("no returns were given to trade on", panel);
    CHECK(in.trading.return_bp.size() == n && in.trading.cost_bp.size() == n &&
          in.trading.realised.size() == n);
    const TradingTrack track = track_trading(in);
    const auto net = daily(in, track, 1);
    if (net.size() < fewest_days)
        return leave_unknown(fmt::format("{} trading days; at least {} are needed", net.size(), fewest_days),
                             panel);
    panel.gross_sharpe = yearly_sharpe(daily(in, track, 0));
    panel.net_sharpe_1x = yearly_sharpe(net);
    panel.net_sharpe_2x = yearly_sharpe(daily(in, track, 2));
    panel.max_drawdown = greatest_drawdown(track);
    panel.turnover = track.traded / static_cast<double>(net.size());
    if (!panel.net_sharpe_1x.value) {
        for (Figure* figure : {&panel.psr, &panel.dsr, &panel.min_track_record_years})
            *figure = panel.net_sharpe_1x;
        return;
    }
    const ReturnMoments m = moments_of(net);
    // Without the trials' own spread: that of Sharpe ratios estimated from n days where none has an edge.
    const double spread =
        in.trial_deviation > 0 ? in.trial_deviation : 1 / std::sqrt(static_cast<double>(m.n - 1));
    panel.psr = probabilistic_sharpe(m);
    panel.dsr = deflated_sharpe(m, in.trials, spread);
    panel.min_track_record_years =
        m.sharpe > 0 ? Figure(minimum_track_record(m) / days_per_year)
                     : Figure::unknown("the net Sharpe ratio is not above 0: no record is long enough");
}

}  // namespace aitrading::models

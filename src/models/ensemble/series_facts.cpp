#include <algorithm>
#include <cmath>

#include "models/ensemble/evaluated_series.hpp"

namespace aitrading::models {
namespace {

/// The fold that begins at prediction `i`; moves `i` behind it.
report::FoldRow next_fold(const EvaluatedSeries& s, std::span<const double> base_rate, std::size_t& i) {
    const auto& fold = s.pipeline.predictions.fold;
    const std::size_t first = i;
    double hits = 0, ups = 0, loss = 0, base_loss = 0;
    for (; i < fold.size() && fold[i] == fold[first]; ++i) {
        const double y = s.labels.y[s.pipeline.entry[i]];
        const double p = std::clamp(s.pipeline.ensemble().p_up[i], 1e-9, 1 - 1e-9);
        hits += (p > 0.5) == (y > 0.5) ? 1 : 0;
        ups += y;
        loss -= y > 0.5 ? std::log(p) : std::log(1 - p);
        base_loss -= y > 0.5 ? std::log(base_rate[i]) : std::log(1 - base_rate[i]);
    }
    const auto n = static_cast<double>(i - first);
    const auto time_of = [&](std::size_t k) { return s.features.time[s.labels.row[s.pipeline.entry[k]]]; };
    return {time_of(first), time_of(i - 1), static_cast<std::int64_t>(i - first), hits / n, std::max(ups, n - ups) / n, 1 - loss / base_loss};
}

}  // namespace

report::ScoredBars scored_bars(const EvaluatedSeries& series) {
    report::ScoredBars out;
    for (std::size_t i = 0; i < series.pipeline.entry.size(); ++i) {
        const std::uint32_t e = series.pipeline.entry[i];
        out.time.push_back(series.features.time[series.labels.row[e]]);
        out.p_up.push_back(series.pipeline.ensemble().p_up[i]);
        out.y.push_back(series.labels.y[e]);
        out.regime.push_back(series.regimes.regime[series.labels.row[e]]);
    }
    return out;
}

std::vector<report::RegimeRow> regime_rows(const EvaluatedSeries& series) {
    std::vector<report::RegimeRow> out;
    for (const RegimePanel& r : series.regime_panels) {
        const Panel& p = r.panel;
        report::RegimeRow row{r.regime, p.n, r.share, p.accuracy, p.accuracy_low, p.accuracy_high, p.majority_rate, p.log_loss_skill,
                              r.interval_coverage, {}, {}, {}, {}, {}};
        if (r.traded) row.gross_bp = r.gross.mean, row.cost_bp = r.cost.mean, row.net_bp = r.net.mean, row.net_low = r.net.low, row.net_high = r.net.high;
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<report::FoldRow> fold_rows(const EvaluatedSeries& series) {
    std::vector<report::FoldRow> out;
    const std::vector<double> base_rate = trailing_base_rate(series.labels, series.pipeline.entry);
    for (std::size_t i = 0; i < series.pipeline.predictions.fold.size();) out.push_back(next_fold(series, base_rate, i));
    return out;
}

std::vector<report::FeatureShare> feature_shares(const EvaluatedSeries& series) {
    std::vector<report::FeatureShare> out;
    const auto& importance = series.pipeline.ensemble().importance;
    out.reserve(importance.size());
    const std::size_t features = series.features.columns();
    const auto name_of = [&](std::size_t c) { return c < features ? series.features.names[c] : series.learnt_names[c - features]; };
    for (std::size_t c = 0; c < importance.size(); ++c) out.push_back({.name = name_of(c), .share = importance[c]});
    std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.share > b.share; });
    return out;
}

}  // namespace aitrading::models

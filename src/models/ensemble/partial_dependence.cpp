#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "models/ensemble/global_importance.hpp"

namespace aitrading::models {
namespace {

double quantile(const std::vector<double>& sorted, double share) {
    return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

/// Distinct quantiles of a column between 2.5 % and 97.5 %.
PartialDependence grid_of(const FeatureMatrix& series, std::size_t column, std::size_t points) {
    PartialDependence out;
    out.name = series.names[column];
    std::vector<double> known;
    for (std::size_t t = 0; t < series.rows(); ++t)
        if (const double v = series.row(t)[column]; std::isfinite(v)) known.push_back(v);
    if (known.empty()) return out;
    std::ranges::sort(known);
    for (std::size_t k = 0; k < points; ++k) out.at.push_back(quantile(known, 0.025 + 0.95 * static_cast<double>(k) / static_cast<double>(points - 1)));
    out.at.erase(std::unique(out.at.begin(), out.at.end()), out.at.end());
    out.usual_low = quantile(known, 0.1);
    out.usual_high = quantile(known, 0.9);
    return out;
}

}  // namespace

std::vector<PartialDependence> partial_dependence(const FittedEnsemble& ensemble, const FeatureMatrix& series, std::span<const std::size_t> columns,
                                                  std::size_t rows, std::size_t points) {
    CHECK(series.columns() == ensemble.columns() && rows >= 1 && points >= 2);
    std::vector<PartialDependence> out;
    std::vector<std::vector<std::vector<double>>> said;  // [columns][points][rows]
    for (const std::size_t c : columns) {
        out.push_back(grid_of(series, c, points));
        said.emplace_back(out.back().at.size());
    }
    // The first half may lie before the features are warm; what answers today is asked of the later one.
    const std::size_t first = series.rows() / 2, step = std::max<std::size_t>(1, (series.rows() - first) / rows);
    const bool remembers = ensemble.remembers();
    EnsembleMemory memory = ensemble.start();
    std::vector<double> row;
    for (std::size_t t = 0; t < series.rows(); ++t) {
        const bool sampled = t >= first && (t - first) % step == 0;
        for (std::size_t k = 0; sampled && k < columns.size(); ++k) {
            row.assign(series.row(t).begin(), series.row(t).end());
            for (std::size_t i = 0; i < out[k].at.size(); ++i) {
                row[columns[k]] = out[k].at[i];
                if (!remembers) {
                    said[k][i].push_back(ensemble.predict_row(row).p_up);
                    continue;
                }
                EnsembleMemory then = memory.copy();
                said[k][i].push_back(ensemble.predict_next(then, row).p_up);
            }
        }
        if (remembers) ensemble.predict_next(memory, series.row(t));
    }
    for (std::size_t k = 0; k < columns.size(); ++k)
        for (auto& p : said[k]) {
            std::ranges::sort(p);
            double mean = 0;
            for (const double v : p) mean += v / static_cast<double>(p.size());
            out[k].p_up.push_back(mean);
            out[k].low.push_back(quantile(p, 0.05));
            out[k].high.push_back(quantile(p, 0.95));
        }
    return out;
}

}  // namespace aitrading::models

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "insight/correlation/dcc.hpp"
#include "insight/correlation/ewma_correlation.hpp"
#include "insight/correlation/pairs.hpp"
#include "insight/correlation/rolling_correlation.hpp"
#include "insight/correlation/study.hpp"

namespace aitrading::insight {
namespace {

/// Fitted on rows that are past by then: once `first` complete rows are there, and each time they have doubled.
Result<std::vector<double>> dcc_path(MatrixView rows, std::size_t first) {
    const std::size_t pairs = pair_count(rows.columns);
    std::vector<double> out(rows.rows * pairs, NAN);
    std::optional<DccFilter> filter;
    std::size_t complete = 0, next_fit = first;
    for (std::size_t i = 0; i < rows.rows; ++i) {
        complete += std::ranges::all_of(rows.row(i), [](double v) { return std::isfinite(v); });
        if (complete >= next_fit) {
            next_fit = 2 * complete;
            TRY(const DccFit fit, fit_dcc(rows.slice(0, i + 1)));
            TRY(filter, DccFilter::of(fit.law));
            for (std::size_t past = 0; past < i; ++past) filter->update(rows.row(past));
        }
        if (!filter) continue;
        std::ranges::copy(filter->update(rows.row(i)), out.begin() + static_cast<std::ptrdiff_t>(i * pairs));
    }
    return out;
}

}  // namespace

Result<std::vector<double>> correlation_path(MatrixView rows, const StudyOptions& options) {
    const std::size_t pairs = pair_count(rows.columns);
    if (options.method == PathMethod::dcc) return dcc_path(rows, std::max<std::size_t>(250, options.window));
    std::vector<double> out(rows.rows * pairs, NAN);
    if (options.method == PathMethod::rolling) {
        TRY_VOID(rolling_correlations(rows, {.window = options.window, .rows_min = path_rows_min(options.window)}, out));
        return out;
    }
    TRY(EwmaCorrelation ewma, EwmaCorrelation::of(rows.columns, {.lambda = options.lambda}));
    for (std::size_t i = 0; i < rows.rows; ++i)
        std::ranges::copy(ewma.update(rows.row(i)), out.begin() + static_cast<std::ptrdiff_t>(i * pairs));
    return out;
}

}  // namespace aitrading::insight

#include "insight/correlation/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t rows_min = 30;
constexpr double half_correlation_distance = 1.0;  // sqrt(2 (1 - 1/2))

using Columns = std::vector<std::vector<double>>;

Result<void> refuse_still(const AlignedReturns& rows, const Columns& columns) {
    for (std::size_t j = 0; j < columns.size(); ++j)
        if (std::ranges::none_of(columns[j], [](double v) { return std::isfinite(v) && v != 0; }))
            return fail(ErrorCode::bad_input, fmt::format("{}: the price never moves in this span ({} returns); leave the series out",
                                                          rows.names[j], rows.coverage[j].returns));
    return {};
}

void add_lags(PairStudy& pair, const std::vector<double>& first, const std::vector<double>& second, int lags) {
    double best = -1, ahead = 0, behind = 0;
    pair.lag_p = 1;
    for (int k = -lags; k <= lags; ++k) {
        const auto rows = static_cast<std::size_t>(std::abs(k));
        pair.lags.push_back(k >= 0 ? correlation_estimate(first, second, rows) : correlation_estimate(second, first, rows));
        const CorrelationEstimate& e = pair.lags.back();
        if (!e.known()) continue;
        if (std::abs(e.value) > best) best = std::abs(e.value), pair.best_lag = k;
        if (k == 0) continue;
        (k > 0 ? ahead : behind) += e.value * e.value;
        pair.lag_p = std::min(pair.lag_p, p_value(e) * 2 * lags);
    }
    pair.ratio = behind > 0 ? ahead / behind : std::numeric_limits<double>::infinity();
}

void add_breaks(PairStudy& pair, const std::vector<double>& first, const std::vector<double>& second, std::size_t window) {
    auto cusum = cusum_of_correlation(first, second);
    if (cusum)
        pair.cusum = *cusum;
    else
        pair.no_breaks = cusum.error().text;
    if (first.size() < 2 * window) {
        pair.no_breaks = fmt::format("two windows of {} rows are more than the span's {}", window, first.size());
        return;
    }
    const std::span<const double> x(first), y(second);
    const std::size_t middle = first.size() - window, begin = middle - window;
    auto windows = fisher_two_windows(x.subspan(begin, window), y.subspan(begin, window), x.subspan(middle), y.subspan(middle));
    if (!windows) {
        pair.no_breaks = windows.error().text;
        return;
    }
    pair.windows = *windows;
    if (auto told = contagion(x.subspan(begin, window), y.subspan(begin, window), x.subspan(middle), y.subspan(middle))) pair.contagion = *told;
}

/// A clock that is wrong by whole bars shows as a lag at which the two move together far more than at none.
void suspect_clock(CorrelationStudy& out, const PairStudy& pair) {
    const auto middle = pair.lags.begin() + static_cast<std::ptrdiff_t>(pair.lags.size() / 2);
    const CorrelationEstimate &now = *middle, &best = *(middle + pair.best_lag);
    if (pair.best_lag == 0 || !now.known() || std::abs(best.value) < 0.3 || std::abs(best.value) < 2 * std::abs(now.value)) return;
    out.warnings.push_back(fmt::format("{} and {} correlate {:.2f} at a lag of {} rows and {:.2f} at none: is one of their clocks wrong?",
                                       out.rows.names[pair.first], out.rows.names[pair.second], best.value, pair.best_lag, now.value));
}

void add_structure(CorrelationStudy& out) {
    const std::size_t size = out.rows.columns();
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (const PairStudy& pair : out.pairs) fewest = std::min(fewest, pair.whole.n);
    const auto distance = correlation_distance(out.correlation, size);
    auto factors = factors_of(out.correlation, size, fewest);
    if (!distance || !factors) {
        out.no_structure = !distance ? distance.error().text : factors.error().text;
        return;
    }
    out.factors = std::move(*factors);
    out.merges = average_linkage(*distance, size);
    out.order = leaf_order(out.merges);
    out.groups = clusters_at(out.merges, half_correlation_distance);
    out.tree = spanning_tree(*distance, size);
}

std::string path_text(const StudyOptions& o) {
    switch (o.method) {
        case PathMethod::rolling:
            return fmt::format("Pearson over the last {} rows, at least {} with both", o.window, path_rows_min(o.window));
        case PathMethod::ewma: return fmt::format("exponentially weighted, {} of the weight kept a row", o.lambda);
        case PathMethod::dcc:
            return fmt::format("DCC(1,1) for the row to come, fitted on earlier rows only: first {}, again at each doubling",
                               std::max<std::size_t>(250, o.window));
    }
    return "";
}

/// The path over all closes up to the end, cut to the rows of the study, so that it does not depend on where the span begins.
Result<std::vector<double>> path_of(std::span<const CrossSeries> series, const StudyOptions& options, const AlignedReturns& rows) {
    AlignOptions align = options.align;
    align.range.from = TimeRange{}.from;
    TRY(const AlignedReturns all, aligned_returns(series, align));
    TRY(const std::vector<double> path, correlation_path(all.view(), options));
    const std::size_t pairs = pair_count(rows.columns());
    std::vector<double> out(rows.rows() * pairs, NAN);
    for (std::size_t i = 0, at = 0; i < rows.rows(); ++i) {
        while (at < all.rows() && all.known[at] < rows.known[i]) ++at;
        if (at < all.rows() && all.known[at] == rows.known[i])
            std::copy_n(path.begin() + static_cast<std::ptrdiff_t>(at * pairs), pairs, out.begin() + static_cast<std::ptrdiff_t>(i * pairs));
    }
    return out;
}

}  // namespace

Result<CorrelationStudy> study_of(std::span<const CrossSeries> series, const StudyOptions& options) {
    if (options.window < 10 || options.lags < 1)
        return fail(ErrorCode::usage, fmt::format("a window of {} rows is too short for an interval: at least 10", options.window));
    CorrelationStudy out;
    TRY(out.rows, aligned_returns(series, options.align));
    Columns columns;
    for (std::size_t j = 0; j < out.rows.columns(); ++j) columns.push_back(out.rows.column(j));
    TRY_VOID(refuse_still(out.rows, columns));
    const std::size_t size = columns.size();
    out.correlation.assign(size * size, 1.0);
    for (std::size_t high = 1; high < size; ++high)
        for (std::size_t low = 0; low < high; ++low) {
            PairStudy pair{.first = low, .second = high};
            pair.whole = correlation_estimate(columns[low], columns[high]);
            if (pair.whole.n < rows_min)
                return fail(ErrorCode::bad_input,
                            fmt::format("{} and {} have {} returns at the same instants, {} are needed: their spans or their clocks do not "
                                        "meet; see aitrading data list", out.rows.names[low], out.rows.names[high], pair.whole.n, rows_min));
            add_lags(pair, columns[low], columns[high], options.lags);
            add_breaks(pair, columns[low], columns[high], options.window);
            suspect_clock(out, pair);
            out.correlation[low * size + high] = out.correlation[high * size + low] = pair.whole.value;
            out.pairs.push_back(std::move(pair));
        }
    add_structure(out);
    TRY(out.path, path_of(series, options, out.rows));
    out.path_text = path_text(options);
    if (options.method == PathMethod::rolling) out.path_rows = static_cast<double>(options.window);
    if (options.method == PathMethod::ewma) out.path_rows = (1 + options.lambda) / (1 - options.lambda);
    return out;
}

}  // namespace aitrading::insight

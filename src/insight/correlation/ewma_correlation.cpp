#include "insight/correlation/ewma_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Result<EwmaCorrelation> EwmaCorrelation::of(std::size_t series, const EwmaOptions& options) {
    if (series < 2) return fail(ErrorCode::usage, fmt::format("correlation needs at least two series, {} given", series));
    if (!(options.lambda > 0 && options.lambda < 1))
        return fail(ErrorCode::usage, fmt::format("lambda {} must lie between 0 and 1", options.lambda));
    return EwmaCorrelation(series, options);
}

EwmaCorrelation::EwmaCorrelation(std::size_t series, const EwmaOptions& options)
    : options_(options), state_(pair_count(series)), pairs_(pair_count(series), nan), variance_(series, nan), last_(series, nan),
      run_(series), rows_(series), seen_(series), missing_(pair_count(series), Missing::too_few) {
    // A lambda that is 1 but for rounding would ask for more rows than there are.
    if (options_.rows_min == 0)
        options_.rows_min = static_cast<std::size_t>(std::min(1e9, std::ceil(1 / (1 - options.lambda) - 1e-9)));
    if (options_.stale_after == 0) options_.stale_after = 3 * options_.rows_min;
}

void EwmaCorrelation::blend(Pair& pair, double x, double y) const {
    const double old = pair.rows == 0 ? 0 : options_.lambda, come = 1 - old;
    pair.product = old * pair.product + come * (x * y);
    pair.square_i = old * pair.square_i + come * (x * x);
    pair.square_j = old * pair.square_j + come * (y * y);
    pair.last = row_;
    ++pair.rows;
}

Missing EwmaCorrelation::state(const Pair& pair, std::size_t i, std::size_t j) const {
    if (pair.rows < options_.rows_min) return Missing::too_few;
    if (row_ - pair.last >= options_.stale_after) return Missing::stale;
    if (run_[i] >= options_.stale_after || run_[j] >= options_.stale_after) return Missing::constant;
    // Square roots apart: the product of two variances of a quiet series underflows long before either does.
    const bool moved = std::sqrt(pair.square_i) * std::sqrt(pair.square_j) > std::numeric_limits<double>::min();
    return moved ? Missing::none : Missing::constant;
}

std::span<const double> EwmaCorrelation::update(std::span<const double> row) {
    DCHECK(row.size() == series());
    ++row_;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!std::isfinite(row[i])) continue;
        run_[i] = row[i] == last_[i] ? run_[i] + 1 : 1;
        last_[i] = row[i];
        seen_[i] = row_;
        const double square = row[i] * row[i];
        variance_[i] = rows_[i]++ == 0 ? square : options_.lambda * variance_[i] + (1 - options_.lambda) * square;
    }
    for (std::size_t i = 1, k = 0; i < row.size(); ++i)
        for (std::size_t j = 0; j < i; ++j, ++k) {
            Pair& pair = state_[k];
            if (std::isfinite(row[i]) && std::isfinite(row[j])) blend(pair, row[i], row[j]);
            missing_[k] = state(pair, i, j);
            const double value = pair.product / (std::sqrt(pair.square_i) * std::sqrt(pair.square_j));
            pairs_[k] = missing_[k] == Missing::none ? std::clamp(value, -1.0, 1.0) : nan;
        }
    return pairs_;
}

void EwmaCorrelation::matrix(std::span<double> out) const {
    const std::size_t size = series();
    CHECK(out.size() == size * size);
    for (std::size_t i = 0; i < size; ++i) {
        const bool known = rows_[i] >= options_.rows_min && row_ - seen_[i] < options_.stale_after && run_[i] < options_.stale_after;
        out[i * size + i] = known ? 1 : nan;
        for (std::size_t j = 0; j < i; ++j) out[i * size + j] = out[j * size + i] = pairs_[pair_index(i, j)];
    }
}

}  // namespace aitrading::insight

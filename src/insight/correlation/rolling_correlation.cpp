#include "insight/correlation/rolling_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// A variance below this share of the second moment about the offset is rounding.
constexpr double rounding_share = 1e-12;
/// A square that leaves and outweighs what stays by this much has eaten six of its sixteen digits.
constexpr double outweighs_by = 1e6;

double clamped(double x) {
    const double below = x > 1 ? 1 : x;  // NaN passes both
    return below < -1 ? -1 : below;
}

}  // namespace

Result<RollingCorrelation> RollingCorrelation::of(std::size_t series, const RollingOptions& options) {
    if (series < 2) return fail(ErrorCode::usage, fmt::format("correlation needs at least two series, {} given", series));
    if (options.window < 3) return fail(ErrorCode::usage, fmt::format("a window of {} rows is too short: at least 3", options.window));
    if (options.rows_min != 0 && (options.rows_min < 3 || options.rows_min > options.window))
        return fail(ErrorCode::usage, fmt::format("rows_min {} must lie between 3 and the window of {}", options.rows_min, options.window));
    return RollingCorrelation(series, options);
}

RollingCorrelation::RollingCorrelation(std::size_t series, const RollingOptions& options)
    : series_(series), options_(options), ring_(options.window * series, nan), sums_(series), fresh_(series),
      pairs_(pair_count(series), nan), inverse_(series, nan), offset_(series), row_(series), last_(series, nan), run_(series) {
    if (options_.rows_min == 0) options_.rows_min = options_.window;
}

std::span<const double> RollingCorrelation::update(std::span<const double> row) {
    update_into(row, pairs_);
    return pairs_;
}

void RollingCorrelation::update_into(std::span<const double> row, std::span<double> out) {
    DCHECK(row.size() == series_ && out.size() == pairs_.size());
    take(row);
    if (sums_.complete())
        fill_complete(out);
    else
        for (std::size_t i = 1, k = 0; i < series_; ++i)
            for (std::size_t j = 0; j < i; ++j) out[k++] = pair(i, j).value;
}

void RollingCorrelation::take(std::span<const double> row) {
    for (std::size_t i = 0; i < series_; ++i) row_[i] = std::isfinite(row[i]) ? row[i] : nan;
    watch_runs(row_.data());
    double* slot = &ring_[next_ * series_];
    next_ = next_ + 1 == options_.window ? 0 : next_ + 1;
    const bool full = filled_ == options_.window;
    if (!full || !sums_.complete()) meet_new();
    const bool anew = full && outweighs(slot);
    if (full && !anew) {
        sums_.slide({slot, series_}, row_);
        fresh_.add(row_);
    } else if (!anew) {
        sums_.add(row_);
    }
    std::ranges::copy(row_, slot);
    if (!full) ++filled_;
    ++since_recompute_;
    if (anew || (since_recompute_ >= options_.window / 8 && ill_conditioned())) {
        recompute();
        if (filled_ == options_.window) hand_over();
    } else if (full && fresh_.rows() == options_.window) {
        std::swap(sums_, fresh_);
        hand_over();
    } else if (!full && filled_ == options_.window) {
        hand_over();
    }
}

/// A series that the window does not hold begins at its own level.
void RollingCorrelation::meet_new() {
    for (std::size_t i = 0; i < series_; ++i) {
        if (std::isnan(row_[i]) || sums_.present(i) > 0) continue;
        sums_.set_offset(i, row_[i]);
        fresh_.set_offset(i, row_[i]);
    }
}

/// True where an offset lies so far from its series' mean that the variance has lost six of its digits.
bool RollingCorrelation::ill_conditioned() const {
    for (std::size_t i = 0; i < series_; ++i) {
        const double rows = static_cast<double>(sums_.present(i)), square = rows * sums_.square(i), sum = sums_.sum(i);
        if (square - sum * sum < 1e-6 * square && run_[i] < sums_.present(i)) return true;
    }
    return false;
}

/// The sums of the window by adding its rows about their means.
void RollingCorrelation::recompute() {
    since_recompute_ = 0;
    for (std::size_t i = 0; i < series_; ++i) {
        double base = nan, sum = 0, count = 0;
        for (std::size_t k = 0; k < filled_; ++k) {
            const double value = ring_[k * series_ + i];
            if (std::isnan(value)) continue;
            if (std::isnan(base)) base = value;
            sum += value - base;
            ++count;
        }
        offset_[i] = count > 0 ? base + sum / count : 0;
    }
    sums_.reset(offset_);
    const std::size_t oldest = filled_ == options_.window ? next_ : 0;
    for (std::size_t k = 0; k < filled_; ++k) sums_.add({&ring_[(oldest + k) % options_.window * series_], series_});
}

/// Starts the second set of sums about the means of the window that the first has just exactly.
void RollingCorrelation::hand_over() {
    for (std::size_t i = 0; i < series_; ++i) offset_[i] = sums_.mean(i);
    fresh_.reset(offset_);
}

void RollingCorrelation::watch_runs(const double* row) {
    for (std::size_t i = 0; i < series_; ++i) {
        if (std::isnan(row[i])) continue;
        run_[i] = row[i] == last_[i] ? run_[i] + 1 : 1;
        last_[i] = row[i];
    }
}

bool RollingCorrelation::outweighs(const double* gone) const {
    for (std::size_t i = 0; i < series_; ++i) {
        const double deviation = sums_.deviation(i, gone[i]), square = deviation * deviation;
        if (square > outweighs_by * (sums_.square(i) - square) && square > 0) return true;  // NaN: no
    }
    return false;
}

RollingCorrelation::Known RollingCorrelation::pair(std::size_t i, std::size_t j) const {
    const MomentSums::Pair p = sums_.pair(i, j);
    if (p.rows < static_cast<double>(options_.rows_min)) return {nan, Missing::too_few};
    if (run_[i] >= sums_.present(i) || run_[j] >= sums_.present(j)) return {nan, Missing::constant};
    const double vi = p.rows * p.square_i - p.sum_i * p.sum_i, vj = p.rows * p.square_j - p.sum_j * p.sum_j;
    if (!(vi > rounding_share * p.rows * sums_.square(i)) || !(vj > rounding_share * p.rows * sums_.square(j)))
        return {nan, Missing::constant};
    return {clamped((p.rows * p.product - p.sum_i * p.sum_j) / (std::sqrt(vi) * std::sqrt(vj))), Missing::none};
}

Missing RollingCorrelation::why(std::size_t i, std::size_t j) const { return pair(i, j).missing; }

/// No value of the window is missing: one reciprocal deviation a series, then multiplications alone.
void RollingCorrelation::fill_complete(std::span<double> out) {
    if (sums_.rows() < options_.rows_min) {
        std::ranges::fill(out, nan);
        return;
    }
    const double rows = static_cast<double>(sums_.rows());
    for (std::size_t i = 0; i < series_; ++i) {
        const double s = sums_.sum(i), v = rows * sums_.square(i) - s * s;
        const bool moves = v > rounding_share * rows * sums_.square(i) && run_[i] < sums_.rows();
        inverse_[i] = moves ? 1 / std::sqrt(v) : nan;
    }
    const double* inverse = inverse_.data();
    for (std::size_t j = 0; j < series_; ++j) row_[j] = sums_.sum(j);
    const double* sum = row_.data();
    double* to = out.data();
    for (std::size_t i = 1; i < series_; ++i) {
        const double* product = sums_.products(i);
        const double s = sum[i], scale = inverse[i];
        for (std::size_t j = 0; j < i; ++j) to[j] = clamped((rows * product[j] - s * sum[j]) * scale * inverse[j]);
        to += i;
    }
}

void RollingCorrelation::matrix(std::span<double> out) const {
    CHECK(out.size() == series_ * series_);
    for (std::size_t i = 0; i < series_; ++i) {
        const bool moves = sums_.present(i) >= options_.rows_min && run_[i] < sums_.present(i);
        out[i * series_ + i] = moves ? 1 : nan;
        for (std::size_t j = 0; j < i; ++j) out[i * series_ + j] = out[j * series_ + i] = pairs_[pair_index(i, j)];
    }
}

Result<void> rolling_correlations(MatrixView rows, const RollingOptions& options, std::span<double> out) {
    TRY(RollingCorrelation rolling, RollingCorrelation::of(rows.columns, options));
    const std::size_t pairs = pair_count(rows.columns);
    CHECK(out.size() == rows.rows * pairs);
    for (std::size_t t = 0; t < rows.rows; ++t) rolling.update_into(rows.row(t), out.subspan(t * pairs, pairs));
    return {};
}

}  // namespace aitrading::insight

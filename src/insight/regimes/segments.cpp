#include "insight/regimes/segments.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "insight/regimes/observation_rows.hpp"

namespace aitrading::insight {
namespace {

/// Sums of values and squares up to each row, about the column's mean: any stretch's variance in O(columns).
class Sums {
  public:
    explicit Sums(MatrixView x) : columns_(x.columns), first_(columns_, 0.0), second_(columns_, 0.0), floor_(column_variances(x)) {
        constexpr double least_share = 1e-8;
        for (double& variance : floor_) variance *= least_share;
        const std::vector<double> mean = column_means(x);
        first_.reserve((x.rows + 1) * columns_);
        second_.reserve((x.rows + 1) * columns_);
        for (std::size_t t = 0; t < x.rows; ++t)
            for (std::size_t c = 0; c < columns_; ++c) {
                const double off = x.row(t)[c] - mean[c];
                first_.push_back(first_[t * columns_ + c] + off);
                second_.push_back(second_[t * columns_ + c] + off * off);
            }
    }
    double cost(std::size_t from, std::size_t to) const {
        const double rows = static_cast<double>(to - from);
        double sum = 0;
        for (std::size_t c = 0; c < columns_; ++c) {
            const double mean = (first_[to * columns_ + c] - first_[from * columns_ + c]) / rows;
            const double square = (second_[to * columns_ + c] - second_[from * columns_ + c]) / rows;
            sum += std::log(std::max(square - mean * mean, floor_[c]));
        }
        return rows * sum;
    }

  private:
    std::size_t columns_;
    std::vector<double> first_, second_, floor_;
};

constexpr std::size_t open = SIZE_MAX;

/// A row at which the last segment may begin.
struct Candidate {
    std::size_t row;
    std::size_t dropped_from = open;  ///< row from which on it need not be tried
};

}  // namespace

Result<HindsightSegments> find_segments(MatrixView rows, const SegmentOptions& options) {
    if (options.shortest < 2 || !(options.penalty >= 0) || !std::isfinite(options.penalty))
        return fail(ErrorCode::usage, "segments take at least 2 rows each and a penalty of 0 or more");
    if (rows.rows < 2 * options.shortest)
        return fail(ErrorCode::bad_input, fmt::format("{} rows are too few for segments of {} rows; give at least {}", rows.rows,
                                                      options.shortest, 2 * options.shortest));
    TRY_VOID(check_observations(rows, 1));
    const double penalty = options.penalty > 0 ? options.penalty
                                               : static_cast<double>(rows.columns + 2) * std::log(static_cast<double>(rows.rows));
    const Sums sums(rows);
    std::vector<double> best(rows.rows + 1, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> last(rows.rows + 1, 0);
    std::vector<Candidate> candidates;
    best[0] = -penalty;
    for (std::size_t t = options.shortest; t <= rows.rows; ++t) {
        if (t % 1024 == 0 && options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while looking for segments");
        if (const std::size_t fresh = t - options.shortest; fresh == 0 || fresh >= options.shortest) candidates.push_back({fresh});
        std::erase_if(candidates, [t](const Candidate& c) { return c.dropped_from <= t; });
        for (Candidate& c : candidates) {
            const double value = best[c.row] + sums.cost(c.row, t) + penalty;
            if (value < best[t]) best[t] = value, last[t] = c.row;
        }
        // What costs more without a change than the best with one at t never wins again, once a segment from t on is long enough.
        for (Candidate& c : candidates)
            if (c.dropped_from == open && best[c.row] + sums.cost(c.row, t) > best[t]) c.dropped_from = t + options.shortest;
    }
    std::vector<std::size_t> ends;
    for (std::size_t t = rows.rows; t > 0; t = last[t]) ends.push_back(t);
    std::ranges::reverse(ends);
    return HindsightSegments(std::move(ends), best[rows.rows]);
}

}  // namespace aitrading::insight

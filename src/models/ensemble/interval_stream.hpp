#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "models/ensemble/conformal.hpp"

namespace aitrading::models {

/// How the 90 % interval of a label's target follows the series.
struct IntervalOptions {
    double alpha = 0.1;           ///< wanted rate of misses
    double gamma = 0.005;         ///< step of the adaptive miss rate
    std::size_t window = 1000;    ///< latest conformal scores that the quantile is taken from
    double scale_span = 50;       ///< span (labels) of the trailing absolute residual that the scores are divided by
    double fit_span = 5000;       ///< span (labels) of the regression that sets the centre
    std::size_t warm_up = 50;     ///< fewest known labels before an interval is given
    bool directional = true;      ///< target in basis points with the sign of the label; else a level (log volatility)
};

/// Interval of one row; NaN while fewer than `warm_up` labels are known.
struct Interval {
    double low, high;
};

/// A 90 % interval for each row in time order, from labels that are known by then and nothing else.
///
/// centre = least squares (exponentially forgetting, a little ridge) of the target on what is known at the row:
///   directional: (2p-1) * trailing scale; level: 1, logit p, the last known target, a trailing mean of targets.
/// score = |target - centre| / trailing mean of |target - centre|; half width = adaptive conformal quantile * scale.
/// A label enters when the stream reaches a row after its `end`: `predict(row, …)` first takes in every label with
/// end < row. Errors feed AdaptiveAlpha in the order in which they become known.
class IntervalStream {
  public:
    explicit IntervalStream(IntervalOptions options);

    /// The interval of the target at `row` given the calibrated probability there. @pre rows increase
    Interval predict(std::uint32_t row, double p_up);
    /// Hands in the label of a predicted row; it counts only once `end` lies before the row of a later `predict`.
    /// @pre called after predict(row), in the order of rows
    void label(std::uint32_t row, std::uint32_t end, double target);
    /// The interval for a row that comes now, without taking anything in.
    Interval now(double p_up) const;
    /// Fresh state of another series' clock: rows begin anew, what was learnt stays, labels still open are dropped.
    void restart_rows();

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);

  private:
    static constexpr std::size_t terms = 4;
    using Terms = std::array<double, terms>;
    struct Open {
        std::uint32_t row = 0, end = 0;
        double target = 0;
        bool labelled = false;
        Terms x{};
        Interval interval{};
    };
    Terms terms_of(double p_up) const;
    Interval around(const Terms& x) const;
    double centre(const Terms& x) const;
    void take_in(const Open& known);
    void refit();

    IntervalOptions options_;
    AdaptiveAlpha alpha_;
    RollingScores scores_;
    std::deque<Open> open_;
    std::array<double, terms * terms> moments_{};  ///< exponentially forgetting sums of x x'
    Terms cross_{}, beta_{};                       ///< sums of x * target; the current coefficients
    double scale_ = 0, level_ = 0, last_ = 0, size_ = 0;  ///< trailing |residual|, mean, last and mean |target|
    std::uint64_t known_ = 0;
};

}  // namespace aitrading::models

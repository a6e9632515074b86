#pragma once

#include <cstdint>
#include <vector>

#include "base/ring.hpp"
#include "models/ensemble/interval_columns.hpp"
#include "models/ensemble/interval_control.hpp"
#include "models/ensemble/online_regression.hpp"

namespace aitrading::models {

/// How the 90 % interval of a label's target follows the series.
struct IntervalOptions {
    double alpha = 0.1;         ///< wanted rate of misses
    double gamma = 0.005;       ///< step of the adaptive miss rate
    std::size_t window = 1000;  ///< latest conformal scores that the quantile is taken from
    double scale_span = 50;  ///< span (labels) of the slower trailing |residual|; the faster one has a fifth
    double fit_span = 5000;  ///< span (labels) of the regressions that set centre and scale
    std::size_t warm_up = 50;  ///< fewest known labels before an interval is given
    bool directional =
        true;  ///< target in basis points with the sign of the label; else a level (log volatility)
    IntervalMethod method = IntervalMethod::aci;
    std::size_t regimes = 0;        ///< kinds of rows whose widths are kept apart; 0: one width for all
    std::size_t regime_rows = 500;  ///< known labels from which on a regime has its own width

    /// True for what models of versions 1 and 2 hold.
    bool plain() const { return method == IntervalMethod::aci && regimes == 0; }
};

/// Interval of one row; NaN while fewer than `warm_up` labels are known.
struct TargetInterval {
    double low, high;
    bool pooled = true;  ///< the width is that of all rows, not the row's regime's own
};

/// A 90 % interval for each row in time order, from labels that are known by then and nothing else.
///
/// centre: forgetting least squares of the target; directional on (2p-1) * scale, level on 1, logit p, the
/// last known target, a trailing mean of targets and the interval columns. scale = exp of a forgetting least
/// squares of ln |residual| on two trailing means of |residual| and (directional) the interval columns. score
/// = |target - centre| / scale; half width = conformal quantile of the latest scores at the adaptive miss
/// rate (or conformal PID's quantile), times scale. With regimes each has a control of its own beside that of all rows; it is
/// asked from `regime_rows` known labels on, before that the one of all rows. A label enters when the stream reaches a row after its `end`: `predict(row, …)` first
/// takes in every label with end < row. Misses feed AdaptiveAlpha in the order in which they become known. Labels enter in the
/// order of their rows: one that is awaited keeps later ones waiting.
class IntervalStream {
  public:
    explicit IntervalStream(IntervalOptions options);

    /// The interval of the target at `row` given the calibrated probability there. @pre rows increase
    /// @param regime 0 … regimes - 1 as known at the row; anything else: not known
    TargetInterval predict(std::uint32_t row, double p_up, const IntervalInputs& inputs = {}, int regime = -1);
    /// Hands in the label of a predicted row; it counts only once `end` lies before the row of a later `predict`. A row without
    /// a label by the next `predict` is given up, or by the first one more than await() rows later. One that is not open changes nothing.
    /// @param target NaN: the row has no label   @pre end >= row   @complexity O(log open rows)
    void label(std::uint32_t row, std::uint32_t end, double target);
    /// For a stream whose labels come up to so many rows late; makes room, so that `predict` and `label` allocate nothing.
    void await(std::uint32_t rows);
    /// The interval for a row that comes now, without taking anything in.
    TargetInterval now(double p_up, const IntervalInputs& inputs = {}, int regime = -1) const;
    /// Ends a span of rows: all labels handed in count as known, and rows may begin anew.
    void finish_rows();

    const IntervalOptions& options() const { return options_; }

    void write(ByteWriter& out) const;
    bool read(ByteReader& in);
    /// What `write` leaves out: the method and the regimes' own controls. Nothing is missing where options().plain().
    void write_more(ByteWriter& out) const;
    bool read_more(ByteReader& in);
    /// Rows whose labels have not entered, for a stream that goes on in another process. Reads into a stream with await() as before.
    void write_open(ByteWriter& out) const;
    bool read_open(ByteReader& in);

  private:
    using Terms = OnlineRegression::Terms;
    struct Open {
        std::uint32_t row = 0, end = 0;
        double target = 0;
        bool labelled = false, settled = false;  ///< settled: it is known that it has none
        Terms centre{}, spread{};
        double scale = 0, middle = 0;
        int regime = -1;
        double own_half = 0;    ///< of the regime's control, times scale; NaN where it could not say one
        TargetInterval interval{};    ///< of all rows
        TargetInterval answer{};
    };
    Open look(std::uint32_t row, double p_up, const IntervalInputs& inputs, int regime) const;
    const IntervalControl* control_of(int regime) const {
        return regime >= 0 && static_cast<std::size_t>(regime) < own_.size() ? &own_[static_cast<std::size_t>(regime)] : nullptr;
    }
    void take_in(const Open& known);

    IntervalOptions options_;
    IntervalControl control_;           ///< of all rows
    std::vector<IntervalControl> own_;  ///< [regimes]
    OnlineRegression centre_, log_scale_;
    Ring<Open> open_;
    std::uint32_t await_ = 0;
    double slow_ = 0, fast_ = 0;   ///< trailing |residual|
    double level_ = 0, last_ = 0;  ///< trailing mean and last known target
    std::uint64_t known_ = 0;
};

}  // namespace aitrading::models

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Fewest values that a trailing-year median is taken from; for volatility(n) it is 5 n where that is more.
inline constexpr std::size_t trailing_minimum = 100;
/// "Trailing year": the values known at bars that open within this many days up to the bar itself.
inline constexpr std::int64_t trailing_days = 365;

/// What a label says, parsed.
struct LabelSpec {
    enum class Kind { next_bar, large_move, volatility, triple_barrier } kind = Kind::next_bar;
    int bars = 1;             ///< longest span
    double up = 0, down = 0;  ///< barriers in ATR14
    bool directional() const { return kind == Kind::next_bar || kind == Kind::triple_barrier; }
};
/// Accepts next_bar, large_move, volatility(n), triple_barrier(up,down,bars). @errors usage
Result<LabelSpec> parse_label(std::string_view text);

/// The labels of a series; `row` counts bars. Rows whose whole span is not there yet (the last `bars` ones),
/// and rows before the warm-up of ATR14 or of the trailing median, carry no label and are not counted as left
/// out.
/// - next_bar: y = close rises to the next bar; target = that return in bp; equal closes are left out and
/// counted.
/// - volatility(n): RV = sqrt(mean of the n squared log returns); y = RV of the next n bars above the median
/// of the
///   RV known in the trailing year; target = ln RV, floored at half a price point (a feed that does not
///   move).
/// - large_move: volatility(1), i.e. the next bar's absolute move above its trailing-year median.
/// - triple_barrier(up,down,bars): y = close + up ATR14 is touched (by a high) before close - down ATR14 (by
/// a low),
///   else the close after `bars` bars is above; target = return to the exit in bp. A bar that opens beyond a
///   barrier touches it at its open; one bar that spans both is taken to touch first the barrier nearer to
///   its open. Left out and counted: no move at the end, both barriers equally near inside one bar, ATR of
///   zero.
/// Weights are the average uniqueness over (row, end], scaled to mean 1.
/// @errors usage (spec), bad_input (a close that is not positive: names the row; no label at all: says how
/// many bars are needed)   @complexity O(bars log bars)
Result<LabelSet> make_labels(std::string_view spec, const BarColumns& bars);

/// Fills `labels.weight` from rows and ends: mean over (row, end] of 1 / labels active, scaled to mean 1.
void weigh_by_uniqueness(LabelSet& labels);

/// Mean over the span [start, end] of 1 / (labels active at a bar). Source: Lopez de Prado, AFML ch. 4.
/// @pre start <= end element by element   @complexity O(labels + bars)
std::vector<double> average_uniqueness(std::span<const std::uint32_t> start,
                                       std::span<const std::uint32_t> end);

/// Chances of the next draw of the sequential bootstrap after `drawn` labels were drawn (AFML ch. 4.5).
std::vector<double> sequential_draw_chances(std::span<const std::uint32_t> start,
                                            std::span<const std::uint32_t> end,
                                            std::span<const std::uint32_t> drawn);

/// Where a path that starts at close[start] first leaves [low, high]: bar and side (+1 up, -1 down, 0 at the
/// time-out).
struct Touch {
    std::uint32_t bar = 0;
    int side = 0;
};
/// Closes alone, simple returns: first close at or beyond 1 + up or 1 - down within `bars` bars or the data.
Touch first_close_touch(std::span<const double> close, std::size_t start, double up, double down,
                        std::size_t bars);

/// Trend scanning from `start`: the window of `shortest..longest` closes whose slope of log price on time has
/// the largest |t|. Looks ahead: for training targets only. Source: Lopez de Prado, ML for Asset Managers,
/// ch. 5.
struct TrendScan {
    int window = 0;
    double t = 0;
};
TrendScan trend_scan(std::span<const double> close, std::size_t start, int shortest, int longest);

}  // namespace aitrading::models

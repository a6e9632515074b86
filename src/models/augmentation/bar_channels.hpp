#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::models {

/// A sequence of bars as numbers without a level, row-major: `return` (log, close to close), `upper` (log of the high over the
/// higher of open and close), `lower` (log of the lower of both over the low), then `log_volume` and `log_spread` where the
/// series tells them. The open counts as the last close, so that a gap is part of the return.
struct BarChannels {
    std::vector<std::string> names;
    std::vector<double> values;  ///< [rows x names]

    std::size_t columns() const { return names.size(); }
    std::size_t rows() const { return names.empty() ? 0 : values.size() / names.size(); }
    std::vector<double> column(std::size_t k) const;
    /// Empty where there is none.
    std::vector<double> column(const std::string& name) const;
    BarChannels slice(std::size_t from, std::size_t to) const;
};

/// Row i speaks of bar i + 1. @errors bad_input (fewer than two bars; a price that is not positive: names the bar)
Result<BarChannels> channels_of(const BarColumns& bars);

/// Bars again: the first is the bar from which the channels go on, then one for each row. The volume is rounded to whole units
/// where `like` has whole ones, prices to its digits.
/// @param time [rows] opening times   @param like key, digits and the first bar   @pre like is not empty
BarColumns bars_of(const BarChannels& channels, std::span<const UnixNanos> time, const BarColumns& like);

/// Under which a bar is drawn: the regime (one-hot, 13 columns: 0 unknown, 1 to 12), the clock (two harmonics of the hour of the
/// day for bars below a day, else of the weekday), whether the bar follows a gap, and the slow level of volatility: the log of the
/// mean |return| over some 240 bars by that over all bars so far, which says in which years the path is.
struct Conditions {
    std::vector<std::string> names;
    std::vector<float> values;         ///< [rows x names]
    std::vector<int> slot;             ///< [rows] hour of the day (or weekday), for blocks that keep the clock
    std::vector<int> regime;           ///< [rows]
    std::size_t rows() const { return slot.size(); }
    Conditions slice(std::size_t from, std::size_t to) const;
};
/// A row for each of channels_of: of bar 1 and later ones. Nothing comes from a later bar.
/// @param regime [bars] 0 to 12   @pre as many as bars, positive closes
Conditions conditions_of(const BarColumns& bars, std::span<const int> regime);

inline constexpr std::size_t regime_conditions = 13;

}  // namespace aitrading::models

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::market {

/// A row, or what a whole series shows, that is remarkable against its neighbours.
struct Suspect {
    std::string_view kind;  ///< stable lower-case name
    std::size_t row = 0;    ///< index of the row; of the first, where `count` rows are meant
    std::string text;       ///< in words; empty for a kind that was told before
    std::int64_t count = 1;
    double size = 0;        ///< how far out: robust z, or missing bars
};

/// Rows whose prices or volumes do not fit their neighbours:
///
/// - `day_in_bar`: bars of an hour or less, at one time of at least three days, with the high and the low of the whole day
///   that follows and half of its volume or more (without volumes: on a third of the days): the future in its past; where most
///   bars of a time do so, also those of it that cover four fifths of the day and half of its volume;
/// - `misfit_bar`: a volume over 20 times the usual one of its time of day and 8 times that of the next bar;
/// - `spike`: a high, low or close over 40 robust deviations (1.4826 times the median absolute change of the closes around)
///   outside both neighbours, while the closes of these differ by less than a quarter of it;
/// - `false_first_bar`: the same of the first bar, against the bars after it;
/// - `flat`: no movement and no volume in a series with volumes; `no_volume`: the volume is always zero.
///
/// Days of a single value (rates, fixings) are left alone. @complexity O(rows)
std::vector<Suspect> find_suspects(const BarColumns& bars);

/// Median absolute change of the closes in each block of `block_rows` rows, in billionths, times 1.4826; at least that of the
/// usual block and one unit of the last digit.
std::vector<double> local_deviation(const BarColumns& bars);
inline constexpr std::size_t block_rows = 512;
inline constexpr double spike_deviations = 40;

}  // namespace aitrading::market

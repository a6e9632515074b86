#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::engines {

/// Rows of a series as they are stored: 64-bit integers only, time in nanoseconds, prices times 10^price_digits,
/// quantities in millionths.
struct IntegerColumns {
    int price_digits = 5;
    std::vector<std::string> names;
    std::vector<std::vector<std::int64_t>> values;
    std::vector<std::span<const std::int64_t>> views() const { return {values.begin(), values.end()}; }
};

/// Rows [from, to). The price digits are those of the series, or more where a price needs them: nothing is rounded.
IntegerColumns to_integers(const BarColumns& bars, std::size_t from, std::size_t to);
IntegerColumns to_integers(const TickColumns& ticks, int digits);

/// Columns to ask for, in the order in which append_integers takes them.
std::vector<std::string> bar_column_names(const SeriesInfo& info);
const std::vector<std::string>& tick_column_names();

void append_integers(BarColumns& out, const SeriesInfo& info, int price_digits,
                     const std::vector<const std::int64_t*>& columns, std::size_t from, std::size_t count);
void append_integers(TickColumns& out, int price_digits, const std::vector<const std::int64_t*>& columns,
                     std::size_t from, std::size_t count);
void reserve_rows(BarColumns& out, const SeriesInfo& info, std::size_t rows);
/// Drops the rows, keeps key, digits and capacity.
void clear_rows(BarColumns& out);

}  // namespace aitrading::engines

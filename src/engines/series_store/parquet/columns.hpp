#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::engines {

/// How the numbers of one part are scaled.
struct Units {
    int price_digits = 5;        ///< prices are stored times 10^price_digits
    std::int64_t time_unit = 1;  ///< times are stored in this many nanoseconds, a power of ten
    std::int64_t size_unit = 1;  ///< quantities are stored in this many millionths, a power of ten
};

/// Rows of a series as they are stored: 64-bit integers only, delta-coded by the Parquet writer.
struct IntegerColumns {
    Units units;
    UnixNanos first, last;  ///< of the rows, which there must be
    std::vector<std::string> names;
    std::vector<std::vector<std::int64_t>> values;
    std::vector<std::span<const std::int64_t>> views() const { return {values.begin(), values.end()}; }
};

/// Rows [from, to). The price digits are those of the series, or more where a price needs them: nothing is rounded.
IntegerColumns to_integers(const BarColumns& bars, std::size_t from, std::size_t to);
/// Ticks as `time, bid, spread, bid_size, ask_size`, in the coarsest units that keep every value: small numbers of small
/// steps, which is what delta coding packs well.
IntegerColumns to_integers(const TickColumns& ticks, int digits);

/// Columns to ask for, in the order in which append_integers takes them.
std::vector<std::string> bar_column_names(const SeriesInfo& info);
/// @param version of the manifest: 1 with `ask`, 2 with `spread`
const std::vector<std::string>& tick_column_names(int version);

void append_integers(BarColumns& out, const SeriesInfo& info, int price_digits,
                     const std::vector<const std::int64_t*>& columns, std::size_t from, std::size_t count);
void append_integers(TickColumns& out, int version, const Units& units,
                     const std::vector<const std::int64_t*>& columns, std::size_t from, std::size_t count);
void reserve_rows(BarColumns& out, const SeriesInfo& info, std::size_t rows);
/// Drops the rows, keeps key, digits and capacity.
void clear_rows(BarColumns& out);

}  // namespace aitrading::engines

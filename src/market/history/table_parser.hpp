#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "market/history/layout.hpp"

namespace aitrading::market {

/// What a column of a delimited table means.
enum class Role : std::uint8_t {
    ignore,
    time,       ///< date and time, or epoch
    date,       ///< date alone, with `clock`
    clock,      ///< time of day alone
    ms_of_day,  ///< milliseconds since midnight of TableShape::day
    open, high, low, close,  // NOLINT: read as one group
    ask_open, ask_high, ask_low, ask_close,
    bid, ask,
    volume, ask_volume,
    spread,  ///< in points or as a price
    symbol,
};

struct TableColumn {
    std::string name;
    Role role = Role::ignore;
};

struct TableShape {
    char delimiter = ',';
    char decimal_point = '.', thousands = '\0';
    DateOrder date_order = DateOrder::unknown;
    std::vector<TableColumn> columns;
    std::int64_t day_nanos = 0;  ///< for ms_of_day
    std::int64_t point_raw = 0;  ///< > 0: prices count points of this size, written with float noise
    bool may_lack_last = false;  ///< rows may end early (volume left out)
    bool may_exceed = false;     ///< rows may have a trailing delimiter
    bool may_be_negative = false;  ///< rates, not prices: zero and less are values too
    /// Which prices the table lacks: those of a single price are all the close, high and low without columns are the greater
    /// and lesser of open and close.
    enum class Lacks : std::uint8_t { nothing, all_but_close, high_and_low } lacks = Lacks::nothing;
};

/// A parser for rows of this shape. @pre one column each of time (or date, or ms_of_day), and open to close (but for `lacks`) or bid and ask
std::unique_ptr<RowParser> make_table_parser(TableShape shape);

/// Cuts a line into fields; quotes around a field are removed, a delimiter inside quotes does not cut.
/// Returns the number of fields, which may exceed `fields.size()`: then the rest is not stored.
std::size_t split_fields(std::string_view line, char delimiter, std::span<std::string_view> fields);

/// Whether the text is a plain number.
bool looks_numeric(std::string_view text);

}  // namespace aitrading::market

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fixed.hpp"
#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/stamp.hpp"

namespace aitrading::market {

/// What a layout may look at to recognise itself.
struct Sample {
    std::filesystem::path path;
    std::string inner_name;          ///< file inside the zip, or empty
    std::vector<std::string> lines;  ///< first non-empty lines, at most 20; of binary files none
    std::string head = {};           ///< first bytes, at most 4096
    bool binary = false;             ///< the first bytes hold zeros, as no text does
    /// Hands over every line from the first until `want` is false; empty where the file cannot be read again.
    std::function<Result<void>(const std::function<bool(std::string_view line)>& want)> scan = {};
};

/// Which side of the quotes the only prices of a file are.
enum class Side : std::uint8_t { unknown, bid, ask };

/// What the user said about the file.
struct LayoutOptions {
    std::string columns;  ///< `time=Datum,open=Eröffnung` or by number from 1: `time=1,open=2`
    std::string symbol;   ///< empty: from the file or its name
    std::optional<Price> point;  ///< size of one point where the file counts points
    char decimal_point = '.';
    char thousands = '\0';  ///< what separates thousands; '\0': nothing, but where the file proves it
    std::optional<DateOrder> date_order;  ///< empty: as some row of the file proves
    std::optional<Side> side;  ///< empty: as the file's name says, as in `gbpusd-m1-ask-2012.csv`
};

enum class RowKind : std::uint8_t { bars, ticks };

/// One row as the file has it, checked field by field but not yet against its neighbours.
struct ParsedRow {
    Stamp stamp;
    std::array<Price, 4> bid;  ///< open, high, low, close; of ticks only the last
    std::array<Price, 4> ask;
    Quantity volume;      ///< of ticks the bid size
    Quantity ask_volume;  ///< ask size of ticks
    Price spread;             ///< the number as it stands there, points or a price: see SpreadColumn
    int spread_decimals = 0;  ///< digits after its point
    int decimals = 0;         ///< most decimals among the prices
    std::string_view symbol;  ///< where the file has a column for it
};

/// Why a row is refused; an empty kind means that it is not.
struct RowFault {
    std::string_view kind;    ///< stable name: wrong_columns, not_a_time, not_a_number, nan, zero, negative, too_large …
    std::string_view column;  ///< name of the column, valid as long as the parser
    std::string_view text;    ///< what stands there, valid as long as the line
    explicit operator bool() const { return !kind.empty(); }
};

class RowParser {
  public:
    virtual ~RowParser() = default;
    virtual RowFault parse(std::string_view line, ParsedRow& row) = 0;
};

/// A recognised file, ready to be read row by row.
struct OpenLayout {
    RowKind kind = RowKind::bars;
    bool has_ask = false, has_spread = false;
    Side side = Side::unknown;  ///< of bars that have one side only
    bool may_be_negative = false;  ///< values are rates, not prices
    std::int64_t header_lines = 0;
    std::size_t skip_bytes = 0, record_bytes = 0;  ///< of binary files
    std::string symbol;            ///< where the content or the folders tell it
    std::unique_ptr<RowParser> parser;
    std::string default_clock = "UTC";  ///< clock of the times where nobody said otherwise
    std::string clock_reason;           ///< why that clock
    bool clock_is_assumed = false;      ///< the file itself does not tell: say so to the user
    bool clock_is_unknown = false;      ///< nor does its publisher: where the data do not show it, the user must say it
    std::optional<Timeframe> timeframe;  ///< where the layout implies it
    std::vector<std::string> remarks;    ///< what the user should know (point size …)
};

/// One way in which vendors write a table of prices. A new one is one new file and one line in layouts().
struct Layout {
    std::string_view name;
    /// 0 is "not mine", 100 "surely mine". Looks at the content only.
    int (*confidence)(const Sample& sample, const LayoutOptions& options);
    /// @param symbol as concluded for the file, may be empty @errors bad_input, usage
    Result<OpenLayout> (*open)(const Sample& sample, const LayoutOptions& options, std::string_view symbol);
    bool binary = false;  ///< its files are no text
};

extern const Layout histdata_layout, histdata_ticks_layout, mt5_export_layout, mt5_rates_layout, dukascopy_layout,
    dukascopy_bi5_layout, ejtrader_layout, lean_layout, lean_day_layout, truefx_layout, binance_layout,
    cryptodatadownload_layout, hst_layout, investing_layout, open_close_layout, rates_table_layout, single_value_layout,
    generic_layout;

std::span<const Layout* const> layouts();
/// All names between blanks.
std::string layout_names();

/// The layout named, or the surest one for `auto`. @errors usage (unknown name), bad_input (nobody knows the file)
Result<const Layout*> find_layout(std::string_view name, const Sample& sample, const LayoutOptions& options);

/// The instrument that a file's name speaks of, upper case for currency pairs, as written otherwise; empty where the
/// name says nothing ("prices.csv").
std::string symbol_in_name(const Sample& sample);

/// The side that a word of the file's name speaks of.
Side side_in_name(const Sample& sample);

}  // namespace aitrading::market

// Klines of Binance: its own 12 columns (open time, open, high, low, close, volume, close time, quote volume, trades, taker
// volumes, ignore; times in milli- or microseconds, with or without a header), and CryptoDataDownload's
// `unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount`, newest first, under a line of advertising in
// some editions.
#include <algorithm>

#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t kline_columns = 12;

bool is_epoch(std::string_view text, std::int64_t& nanos) {
    Stamp stamp;
    if (!StampParser().parse(text, stamp) || !stamp.is_epoch || text.size() < 13) return false;
    nanos = stamp.wall_nanos;
    return true;
}

bool is_kline(const std::string& line) {
    std::array<std::string_view, kline_columns> fields;
    std::int64_t opened = 0, closed = 0;
    if (split_fields(line, ',', fields) != kline_columns) return false;
    if (!is_epoch(fields[0], opened) || !is_epoch(fields[6], closed) || closed <= opened) return false;
    return std::all_of(fields.begin() + 1, fields.end(), looks_numeric);
}

bool has_kline_header(const Sample& sample) {
    return sample.lines.size() > 1 && sample.lines[0].starts_with("open_time,open,high,low,close,volume,close_time");
}

int kline_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    return is_kline(sample.lines[has_kline_header(sample) ? 1 : 0]) ? 100 : 0;
}

void set_clock(OpenLayout& open) { open.clock_reason = "Binance's times are epochs of UTC"; }

Result<OpenLayout> open_klines(const Sample& sample, const LayoutOptions&, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.columns = {{"open time", Role::time}, {"open", Role::open},   {"high", Role::high},
                     {"low", Role::low},        {"close", Role::close}, {"volume", Role::volume}};
    for (const char* name : {"close time", "quote volume", "count", "taker buy volume", "taker buy quote volume", "ignore"})
        shape.columns.push_back({name, Role::ignore});
    open.header_lines = has_kline_header(sample) ? 1 : 0;
    open.parser = make_table_parser(std::move(shape));
    set_clock(open);
    return open;
}

/// Line of the header, or 2 where there is none.
std::size_t downloaded_header(const Sample& sample) {
    for (std::size_t i = 0; i < std::min<std::size_t>(2, sample.lines.size()); ++i)
        if (sample.lines[i].starts_with("unix,date,symbol,open,high,low,close,")) return i;
    return 2;
}

int downloaded_confidence(const Sample& sample, const LayoutOptions&) { return downloaded_header(sample) < 2 ? 100 : 0; }

Result<OpenLayout> open_downloaded(const Sample& sample, const LayoutOptions&, std::string_view) {
    OpenLayout open;
    const std::size_t header = std::min<std::size_t>(downloaded_header(sample), sample.lines.size() - 1);
    std::array<std::string_view, 16> names;
    const std::size_t count = std::min(split_fields(sample.lines[header], ',', names), names.size());
    if (count < 7)
        return fail(ErrorCode::bad_input, sample.path.string() + ", line 1: no header unix,date,symbol,open,high,low,close; "
                                                                 "leave --format out");
    TableShape shape;
    shape.columns = {{"unix", Role::time}, {"date", Role::ignore}, {"symbol", Role::symbol}, {"open", Role::open},
                     {"high", Role::high}, {"low", Role::low},     {"close", Role::close}};
    for (std::size_t i = shape.columns.size(); i < count; ++i)  // the first volume counts the base asset
        shape.columns.push_back({std::string(names[i]), i == 7 ? Role::volume : Role::ignore});
    open.header_lines = static_cast<std::int64_t>(header) + 1;
    open.parser = make_table_parser(std::move(shape));
    set_clock(open);
    return open;
}

}  // namespace

const Layout binance_layout{"binance", kline_confidence, open_klines};
const Layout cryptodatadownload_layout{"cryptodatadownload", downloaded_confidence, open_downloaded};

}  // namespace aitrading::market

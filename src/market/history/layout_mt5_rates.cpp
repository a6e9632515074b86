// Rows as MetaTrader 5's programming interface returns them, saved as CSV: `copy_rates_*`
// (`time,open,high,low,close,tick_volume,spread,real_volume`) and `copy_ticks_*`
// (`time,bid,ask,last,volume,time_msc,flags,volume_real`), with or without a column of row numbers before them. Times are
// epochs, or text, of the broker's clock.
#include <algorithm>

#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"
#include "market/history/table_style.hpp"

namespace aitrading::market {
namespace {

constexpr std::string_view rates_header = "time,open,high,low,close,tick_volume,spread,real_volume";
constexpr std::string_view ticks_header = "time,bid,ask,last,volume,time_msc,flags,volume_real";

std::string_view without_index(std::string_view header) {
    return header.starts_with(",") ? header.substr(1) : header;
}

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    const std::string_view header = without_index(sample.lines[0]);
    return header == rates_header || header == ticks_header ? 100 : 0;
}

std::vector<TableColumn> columns_of(std::string_view header) {
    if (header == rates_header)
        return {{"time", Role::time},   {"open", Role::open},          {"high", Role::high},     {"low", Role::low},
                {"close", Role::close}, {"tick_volume", Role::volume}, {"spread", Role::spread}, {"real_volume", Role::ignore}};
    return {{"time", Role::ignore},   {"bid", Role::bid},       {"ask", Role::ask},      {"last", Role::ignore},
            {"volume", Role::ignore}, {"time_msc", Role::time}, {"flags", Role::ignore}, {"volume_real", Role::ignore}};
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    const std::string_view header = without_index(sample.lines[0]);
    TableShape shape;
    shape.columns = columns_of(header);
    if (sample.lines[0].starts_with(",")) shape.columns.insert(shape.columns.begin(), {"", Role::ignore});
    open.kind = header == ticks_header ? RowKind::ticks : RowKind::bars;
    open.has_spread = open.kind == RowKind::bars;
    open.header_lines = 1;
    TRY_VOID(conclude_style(sample, options, open.header_lines, shape));
    open.parser = make_table_parser(std::move(shape));
    open.default_clock = "Europe/Athens";
    open.clock_reason = "MetaTrader 5 gives times of the broker's clock, mostly EET/EEST, epochs too";
    open.clock_is_assumed = open.clock_is_unknown = true;
    return open;
}

}  // namespace

const Layout mt5_rates_layout{"mt5-rates", confidence, open_file};

}  // namespace aitrading::market

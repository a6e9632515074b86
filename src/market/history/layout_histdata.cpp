// HistData.com: `YYYYMMDD HHMMSS;open;high;low;close;volume` bars of one minute and `YYYYMMDD HHMMSSmmm,bid,ask,volume`
// ticks, without a header.
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

bool begins_with_stamp(const std::string& line, std::size_t clock_digits, char delimiter) {
    if (line.size() < 9 + clock_digits + 1 || line[8] != ' ' || line[9 + clock_digits] != delimiter) return false;
    for (std::size_t i = 0; i < 9 + clock_digits; ++i)
        if (i != 8 && (line[i] < '0' || line[i] > '9')) return false;
    return true;
}

void set_clock(OpenLayout& open) {
    open.default_clock = "America/New_York";
    open.clock_reason = "HistData files are written in New York wall clock time (though the publisher says fixed EST)";
    open.clock_is_assumed = true;
}

int bars_confidence(const Sample& sample, const LayoutOptions&) {
    return !sample.lines.empty() && begins_with_stamp(sample.lines[0], 6, ';') ? 100 : 0;
}

Result<OpenLayout> open_bars(const Sample&, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.delimiter = ';';
    shape.decimal_point = options.decimal_point;
    shape.columns = {{"time", Role::time}, {"open", Role::open},   {"high", Role::high},
                     {"low", Role::low},   {"close", Role::close}, {"volume", Role::volume}};
    open.parser = make_table_parser(std::move(shape));
    open.timeframe = Timeframe::m1;
    set_clock(open);
    return open;
}

int ticks_confidence(const Sample& sample, const LayoutOptions&) {
    return !sample.lines.empty() && begins_with_stamp(sample.lines[0], 9, ',') ? 100 : 0;
}

Result<OpenLayout> open_ticks(const Sample&, const LayoutOptions&, std::string_view) {
    OpenLayout open;
    open.kind = RowKind::ticks;
    TableShape shape;
    shape.columns = {{"time", Role::time}, {"bid", Role::bid}, {"ask", Role::ask}, {"volume", Role::volume}};
    open.parser = make_table_parser(std::move(shape));
    set_clock(open);
    return open;
}

}  // namespace

const Layout histdata_layout{"histdata", bars_confidence, open_bars};
const Layout histdata_ticks_layout{"histdata-ticks", ticks_confidence, open_ticks};

}  // namespace aitrading::market

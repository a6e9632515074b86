// Dukascopy: `YYYY-MM-DD HH:MM,open,high,low,close,volume` without a header, and the web export with the header
// `Gmt time,Open,High,Low,Close,Volume` (or Ask,Bid,… for ticks) and times `DD.MM.YYYY HH:MM:SS.mmm`.
#include "market/history/header.hpp"
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

bool has_vendor_header(const std::string& line) {
    return line.starts_with("Gmt time,") || line.starts_with("Local time,") || line.starts_with("Time (");
}

/// A time in ISO order, then four or five numbers.
bool is_bare_row(const std::string& line) {
    std::array<std::string_view, 7> fields;
    const std::size_t count = split_fields(line, ',', fields);
    if (count != 5 && count != 6) return false;
    Stamp stamp;
    if (fields[0].size() < 16 || !StampParser().parse(fields[0], stamp) || stamp.is_epoch) return false;
    for (std::size_t i = 1; i < 5; ++i)
        if (!looks_numeric(fields[i])) return false;
    return true;
}

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    if (has_vendor_header(sample.lines[0])) return 100;
    return is_bare_row(sample.lines[0]) ? 80 : 0;
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view symbol) {
    OpenLayout open;
    if (has_vendor_header(sample.lines[0])) {
        TRY(open, open_by_header(sample, options, symbol));
        if (sample.lines[0].starts_with("Time (EET)")) open.default_clock = "Europe/Athens";
    } else {
        TableShape shape;
        shape.decimal_point = options.decimal_point;
        shape.thousands = options.thousands;
        shape.may_lack_last = true;
        shape.columns = {{"time", Role::time}, {"open", Role::open},   {"high", Role::high},
                         {"low", Role::low},   {"close", Role::close}, {"volume", Role::volume}};
        open.parser = make_table_parser(std::move(shape));
    }
    open.clock_reason = "Dukascopy writes UTC where the header names no other clock";
    open.clock_is_assumed = false;
    return open;
}

}  // namespace

const Layout dukascopy_layout{"dukascopy", confidence, open_file};

}  // namespace aitrading::market

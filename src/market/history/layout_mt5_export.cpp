// MetaTrader 5 history centre: tab separated, header `<DATE> <TIME> <OPEN> … <SPREAD>`, older ones without the angle
// brackets, daily and longer bars without the column TIME.
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

std::string_view bare(std::string_view name) {
    if (name.size() > 2 && name.front() == '<' && name.back() == '>') return name.substr(1, name.size() - 2);
    return name;
}

char delimiter_of(const std::string& header) { return header.find('\t') != std::string::npos ? '\t' : ','; }

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    const std::string& header = sample.lines[0];
    if (header.starts_with("<DATE>")) return 100;
    return header.starts_with("DATE\tTIME\tOPEN\t") || header.starts_with("DATE\tOPEN\tHIGH\t") ? 100 : 0;
}

Role role_of(std::string_view name, bool ticks) {
    if (name == "DATE") return Role::date;
    if (name == "TIME") return Role::clock;
    if (name == "OPEN") return Role::open;
    if (name == "HIGH") return Role::high;
    if (name == "LOW") return Role::low;
    if (name == "CLOSE") return Role::close;
    if (name == "TICKVOL") return Role::volume;
    if (name == "SPREAD") return Role::spread;
    if (ticks && name == "BID") return Role::bid;
    if (ticks && name == "ASK") return Role::ask;
    return Role::ignore;
}

Result<OpenLayout> open_file(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.delimiter = delimiter_of(sample.lines[0]);
    shape.decimal_point = options.decimal_point;
    std::array<std::string_view, 32> names;
    const std::size_t count = split_fields(sample.lines[0], shape.delimiter, names);
    bool has_clock = false, has_close = false, has_bid = false;
    for (std::size_t i = 0; i < std::min(count, names.size()); ++i) {
        has_clock = has_clock || bare(names[i]) == "TIME";
        has_close = has_close || bare(names[i]) == "CLOSE";
        has_bid = has_bid || bare(names[i]) == "BID";
    }
    const bool ticks = has_bid && !has_close;
    for (std::size_t i = 0; i < std::min(count, names.size()); ++i) {
        const Role role = role_of(bare(names[i]), ticks);
        open.has_spread = open.has_spread || role == Role::spread;
        shape.columns.push_back({std::string(bare(names[i])), role});
    }
    int prices = 0;
    for (const TableColumn& column : shape.columns) prices += column.role >= Role::open && column.role <= Role::close;
    if (ticks)
        return fail(ErrorCode::bad_input,
                    sample.path.string() + ", line 1: an export of ticks, which repeats only the side that changed; export "
                                           "bars, or copy the ticks with bid and ask in every row");
    if (prices != 4)
        return fail(ErrorCode::bad_input, sample.path.string() + ", line 1: an MT5 export needs the columns OPEN, HIGH, LOW "
                                                                 "and CLOSE; export the bars again");
    open.header_lines = 1;
    if (!has_clock) open.timeframe = Timeframe::d1;
    open.parser = make_table_parser(std::move(shape));
    open.default_clock = "Europe/Athens";
    open.clock_reason = "MT5 exports carry the broker's clock, mostly EET/EEST";
    open.clock_is_assumed = open.clock_is_unknown = true;
    return open;
}

}  // namespace

const Layout mt5_export_layout{"mt5-export", confidence, open_file};

}  // namespace aitrading::market

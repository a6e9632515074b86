// TrueFX: `EUR/USD,20180102 00:00:00.123,1.20001,1.20009`, without a header.
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    std::array<std::string_view, 5> fields;
    if (split_fields(sample.lines[0], ',', fields) != 4) return 0;
    Stamp stamp;
    const bool pair = fields[0].size() == 7 && fields[0][3] == '/';
    return pair && StampParser().parse(fields[1], stamp) && looks_numeric(fields[2]) && looks_numeric(fields[3]) ? 100 : 0;
}

Result<OpenLayout> open_file(const Sample&, const LayoutOptions&, std::string_view) {
    OpenLayout open;
    open.kind = RowKind::ticks;
    TableShape shape;
    shape.columns = {{"symbol", Role::symbol}, {"time", Role::time}, {"bid", Role::bid}, {"ask", Role::ask}};
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "TrueFX writes UTC";
    return open;
}

}  // namespace

const Layout truefx_layout{"truefx", confidence, open_file};

}  // namespace aitrading::market

// QuantConnect LEAN quote bars and ticks, a zip with one csv: `YYYYMMDD HH:MM,bid open … bid size,ask open … ask size`
// for hour and day; `milliseconds since midnight,…` for minute bars and ticks, the day standing in the file's name.
#include <fmt/format.h>

#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

bool is_quote_row(const std::string& line, std::size_t wanted) {
    std::array<std::string_view, 12> fields;
    if (split_fields(line, ',', fields) != wanted) return false;
    for (std::size_t i = 1; i < wanted; ++i)
        if (!looks_numeric(fields[i])) return false;
    return true;
}

int confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    const std::string& line = sample.lines[0];
    const bool stamped = line.size() > 14 && line[8] == ' ' && line[11] == ':' && line[14] == ',';
    return stamped && is_quote_row(line, 11) ? 100 : 0;
}

std::vector<TableColumn> quote_columns(std::string_view time_name, Role time_role) {
    return {{std::string(time_name), time_role},
            {"bid open", Role::open},
            {"bid high", Role::high},
            {"bid low", Role::low},
            {"bid close", Role::close},
            {"bid size", Role::volume},
            {"ask open", Role::ask_open},
            {"ask high", Role::ask_high},
            {"ask low", Role::ask_low},
            {"ask close", Role::ask_close},
            {"ask size", Role::ask_volume}};
}

Result<OpenLayout> open_file(const Sample&, const LayoutOptions&, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.columns = quote_columns("time", Role::time);
    open.parser = make_table_parser(std::move(shape));
    open.has_ask = true;
    open.clock_reason = "LEAN's Oanda and FXCM files are in UTC";
    return open;
}

/// The eight digits of a date in the name of the file or of the one inside the archive.
std::optional<std::int64_t> day_in_name(const Sample& sample) {
    for (const std::string& text : {sample.path.filename().string(), sample.inner_name}) {
        for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
            Stamp stamp;
            if (text.find_first_not_of("0123456789", at) - at == 8 &&
                StampParser().parse(std::string_view(text).substr(at, 8), stamp) && stamp.date_only)
                return stamp.wall_nanos;
        }
    }
    return std::nullopt;
}

bool within_day(const std::string& line) {
    std::array<std::string_view, 1> first;
    split_fields(line, ',', first);
    return looks_numeric(first[0]) && std::stod(std::string(first[0])) < 86'400'000.0 && first[0].size() <= 14;
}

int day_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty() || !within_day(sample.lines[0])) return 0;
    if (is_quote_row(sample.lines[0], 11)) return 95;
    return is_quote_row(sample.lines[0], 3) && day_in_name(sample) ? 90 : 0;
}

Result<OpenLayout> open_day(const Sample& sample, const LayoutOptions&, std::string_view) {
    const auto day = day_in_name(sample);
    if (!day)
        return fail(ErrorCode::bad_input, fmt::format("{}: the times count from midnight, but the file's name holds no "
                                                      "date; name it like 20140506_quote.zip",
                                                      sample.path.string()));
    OpenLayout open;
    TableShape shape;
    shape.day_nanos = *day;
    if (is_quote_row(sample.lines[0], 11)) {
        shape.columns = quote_columns("milliseconds", Role::ms_of_day);
        open.has_ask = true;
    } else {
        shape.columns = {{"milliseconds", Role::ms_of_day}, {"bid", Role::bid}, {"ask", Role::ask}};
        open.kind = RowKind::ticks;
    }
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "LEAN's Oanda and FXCM files are in UTC";
    return open;
}

}  // namespace

const Layout lean_layout{"lean", confidence, open_file};
const Layout lean_day_layout{"lean-day", day_confidence, open_day};

}  // namespace aitrading::market

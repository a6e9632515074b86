// Any delimited table with a header, or with columns that the user names.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "market/history/header.hpp"
#include "market/history/table_parser.hpp"
#include "market/history/table_style.hpp"

namespace aitrading::market {
namespace {

using Names = std::vector<std::string>;

const std::map<std::string_view, Role>& role_names() {
    static const std::map<std::string_view, Role> names{
        {"time", Role::time},          {"date", Role::date},         {"clock", Role::clock},
        {"open", Role::open},          {"high", Role::high},         {"low", Role::low},
        {"close", Role::close},        {"bid", Role::bid},           {"ask", Role::ask},
        {"volume", Role::volume},      {"bid_size", Role::volume},   {"ask_size", Role::ask_volume},
        {"spread", Role::spread},      {"symbol", Role::symbol},     {"ask_open", Role::ask_open},
        {"ask_high", Role::ask_high},  {"ask_low", Role::ask_low},   {"ask_close", Role::ask_close}};
    return names;
}

/// Spellings in lower case without anything but letters and digits, the preferred first.
struct Spelling {
    Role role;
    std::vector<std::string_view> names;
};

const std::vector<Spelling>& spellings() {
    static const std::vector<Spelling> list{
        {Role::time, {"timestamp", "datetime", "unix", "opentime", "gmttime", "localtime", "timeutc", "timeeet", "utc", "time",
                      "t", "date", "day", "dates", "timems", "ts"}},
        {Role::open, {"open", "o", "openprice", "open1", "bidopen", "openbid"}},
        {Role::high, {"high", "h", "max", "highprice", "high1", "bidhigh", "highbid"}},
        {Role::low, {"low", "l", "min", "lowprice", "low1", "bidlow", "lowbid"}},
        {Role::close, {"close", "c", "last", "closeprice", "close1", "closelast", "bidclose", "closebid"}},
        {Role::bid, {"bid", "bidprice"}},
        {Role::ask, {"ask", "askprice", "offer"}},
        {Role::ask_open, {"askopen", "openask"}},
        {Role::ask_high, {"askhigh", "highask"}},
        {Role::ask_low, {"asklow", "lowask"}},
        {Role::ask_close, {"askclose", "closeask"}},
        {Role::volume, {"volume", "v", "tickvolume", "tickvol", "vol", "volume1", "volumebtc", "bidsize", "bidvolume",
                        "bidvol", "bidamount"}},
        {Role::ask_volume, {"asksize", "askvolume", "askvol", "askamount"}},
        {Role::spread, {"spread", "spreadpoints"}},
        {Role::symbol, {"symbol", "ticker", "instrument", "pair"}}};
    return list;
}

std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c >= 'A' && c <= 'Z') out += static_cast<char>(c + 32);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

char delimiter_of(const std::string& line) {
    char best = ',';
    std::size_t most = 0;
    for (const char c : {',', ';', '\t', '|'})
        if (const auto count = static_cast<std::size_t>(std::ranges::count(line, c)); count > most) {
            most = count;
            best = c;
        }
    return best;
}

Names fields_of(const std::string& line, char delimiter) {
    std::array<std::string_view, 64> fields;
    const std::size_t count = std::min(split_fields(line, delimiter, fields), fields.size());
    return {fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(count)};
}

bool parses_as_time(const std::string& text) {
    Stamp stamp;
    return StampParser(DateOrder::day_first).parse(text, stamp) || StampParser(DateOrder::month_first).parse(text, stamp);
}

/// `date` and `time` columns of their own become date and clock, unless one of them holds both.
void settle_time(std::vector<TableColumn>& columns, const Names& first_row) {
    const auto index_of = [&](std::string_view name) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (plain(columns[i].name) == name) return i;
        return columns.size();
    };
    const std::size_t date = index_of("date"), time = index_of("time");
    const std::size_t found = static_cast<std::size_t>(
        std::ranges::find(columns, Role::time, &TableColumn::role) - columns.begin());
    if (found != time || date == columns.size() || time >= first_row.size() || parses_as_time(first_row[time])) return;
    columns[time].role = Role::clock;
    columns[date].role = Role::date;
}

std::vector<TableColumn> columns_by_spelling(const Names& header, const Names& first_row) {
    std::vector<TableColumn> columns;
    for (const std::string& name : header) columns.push_back({name, Role::ignore});
    for (const Spelling& spelling : spellings()) {
        for (const std::string_view wanted : spelling.names) {
            const auto found = std::ranges::find_if(columns, [&](const TableColumn& column) {
                return column.role == Role::ignore && plain(column.name) == wanted;
            });
            if (found == columns.end()) continue;
            found->role = spelling.role;
            break;
        }
    }
    settle_time(columns, first_row);
    const auto has_time = [](const TableColumn& c) { return c.role == Role::time || c.role == Role::date; };
    // Tables saved with their index have no name above their times.
    if (std::ranges::none_of(columns, has_time) && !columns.empty() && columns[0].name.empty() && !first_row.empty() &&
        parses_as_time(first_row[0]))
        columns[0] = {"time", Role::time};
    return columns;
}

Result<std::vector<TableColumn>> columns_by_mapping(const Sample& sample, const Names& header, std::string_view mapping,
                                                    bool& by_number) {
    std::vector<TableColumn> columns;
    for (const std::string& name : header) columns.push_back({name, Role::ignore});
    while (!mapping.empty()) {
        const std::size_t comma = mapping.find(',');
        const std::string_view pair = mapping.substr(0, comma);
        mapping.remove_prefix(comma == std::string_view::npos ? mapping.size() : comma + 1);
        const std::size_t equals = pair.find('=');
        const auto role = role_names().find(pair.substr(0, equals));
        if (equals == std::string_view::npos || role == role_names().end())
            return fail(ErrorCode::usage,
                        fmt::format("--columns: \"{}\" is not NAME=COLUMN; names are time date clock open high low close bid "
                                    "ask volume bid_size ask_size spread symbol",
                                    pair));
        const std::string_view wanted = pair.substr(equals + 1);
        std::size_t number = 0;
        auto found = std::ranges::find(columns, wanted, [](const TableColumn& c) { return std::string_view(c.name); });
        const auto read = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
        if (found == columns.end() && read.ec == std::errc{} && read.ptr == wanted.data() + wanted.size() && number >= 1 &&
            number <= columns.size()) {
            found = columns.begin() + static_cast<std::ptrdiff_t>(number - 1);
            by_number = true;
        }
        if (found == columns.end())
            return fail(ErrorCode::bad_input, fmt::format("{}, line 1: there is no column \"{}\"; the columns are {}",
                                                          sample.path.string(), wanted, fmt::join(header, ", ")));
        found->role = role->second;
        if (by_number) found->name = std::string(role->first);
    }
    return columns;
}

bool has(const std::vector<TableColumn>& columns, Role role) {
    return std::ranges::find(columns, role, &TableColumn::role) != columns.end();
}

/// Of a wide table the user names the value alone: the first column is the time where it looks like one.
void complete_mapping(std::vector<TableColumn>& columns, const Names& first_row) {
    if (!has(columns, Role::time) && !has(columns, Role::date) && !first_row.empty() && columns[0].role == Role::ignore &&
        parses_as_time(first_row[0]))
        columns[0].role = Role::time;
}

/// A close without any other price.
bool is_single_value(const std::vector<TableColumn>& columns) {
    return has(columns, Role::close) && !has(columns, Role::open) && !has(columns, Role::high) && !has(columns, Role::low) &&
           !has(columns, Role::bid) && !has(columns, Role::ask);
}

std::string missing_roles(const std::vector<TableColumn>& columns) {
    std::string out;
    const auto want = [&](Role role, std::string_view name) {
        if (!has(columns, role)) out += (out.empty() ? "" : ", ") + std::string(name);
    };
    if (!has(columns, Role::date)) want(Role::time, "time");
    if (has(columns, Role::bid) || has(columns, Role::ask)) {
        want(Role::bid, "bid");
        want(Role::ask, "ask");
        return out;
    }
    want(Role::open, "open");
    want(Role::high, "high");
    want(Role::low, "low");
    want(Role::close, "close");
    return out;
}

bool is_bars(const std::vector<TableColumn>& columns) {
    return has(columns, Role::open) && has(columns, Role::high) && has(columns, Role::low) && has(columns, Role::close);
}

int confidence(const Sample& sample, const LayoutOptions& options) {
    if (sample.lines.empty()) return 0;
    if (!options.columns.empty()) return 200;
    const Names header = fields_of(sample.lines[0], delimiter_of(sample.lines[0]));
    const Names row = sample.lines.size() > 1 ? fields_of(sample.lines[1], delimiter_of(sample.lines[0])) : Names{};
    return missing_roles(columns_by_spelling(header, row)).empty() ? 60 : 1;
}

}  // namespace

Result<OpenLayout> open_by_header(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.delimiter = delimiter_of(sample.lines[0]);
    const Names header = fields_of(sample.lines[0], shape.delimiter);
    const Names row = sample.lines.size() > 1 ? fields_of(sample.lines[1], shape.delimiter) : Names{};
    bool by_number = false;
    if (options.columns.empty()) {
        shape.columns = columns_by_spelling(header, row);
    } else {
        TRY(shape.columns, columns_by_mapping(sample, header, options.columns, by_number));
        complete_mapping(shape.columns, row);
    }
    if (!options.columns.empty() && is_single_value(shape.columns)) return open_single_value(sample, options, std::move(shape));
    if (const std::string missing = missing_roles(shape.columns); !missing.empty())
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line 1: the columns are not known: no {} among \"{}\"; name them, for example "
                                "--columns 'time=Datum,open=Start,high=Hoch,low=Tief,close=Schluss', or by number time=1,open=2",
                                sample.path.string(), missing, sample.lines[0].substr(0, 120)));
    open.kind = is_bars(shape.columns) ? RowKind::bars : RowKind::ticks;
    if (open.kind == RowKind::bars)
        for (TableColumn& column : shape.columns)
            if (column.role == Role::bid || column.role == Role::ask) column.role = Role::ignore;
    open.has_ask = has(shape.columns, Role::ask_open) && has(shape.columns, Role::ask_high) &&
                   has(shape.columns, Role::ask_low) && has(shape.columns, Role::ask_close);
    open.has_spread = open.kind == RowKind::bars && has(shape.columns, Role::spread);
    // Without a header the first line is a row: its time parses.
    const auto time = std::ranges::find_if(shape.columns, [](const TableColumn& c) {
        return c.role == Role::time || c.role == Role::date;
    });
    open.header_lines = by_number && parses_as_time(header[static_cast<std::size_t>(time - shape.columns.begin())]) ? 0 : 1;
    shape.may_exceed = true;
    if (options.point) shape.point_raw = options.point->raw;
    TRY_VOID(conclude_style(sample, options, open.header_lines, shape));
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "the file does not name its clock";
    open.clock_is_assumed = open.clock_is_unknown = true;
    return open;
}

const Layout generic_layout{"generic", confidence, open_by_header};

}  // namespace aitrading::market

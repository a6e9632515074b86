// Series of days from vendors and central banks: one value a day (FRED, `Date,Price`), open and close only (Yahoo as
// published by some), a table of many currencies (the ECB's reference rates), and Investing.com's export.
#include <fmt/format.h>

#include <algorithm>

#include "market/history/header.hpp"
#include "market/history/table_parser.hpp"
#include "market/history/table_style.hpp"

namespace aitrading::market {
namespace {

using Fields = std::vector<std::string_view>;

Fields fields_of(const std::string& line) {
    std::array<std::string_view, 64> fields;
    const std::size_t count = std::min(split_fields(line, ',', fields), fields.size());
    return {fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(count)};
}

bool is_day(std::string_view text) {
    Stamp stamp;
    for (const DateOrder order : {DateOrder::day_first, DateOrder::month_first})
        if (StampParser(order).parse(text, stamp) && stamp.date_only) return true;
    return false;
}

bool is_date_name(std::string_view name) {
    return name == "date" || name == "Date" || name == "DATE" || name == "observation_date" || name == "day" || name == "Day";
}

bool is_value(std::string_view text) {
    return text.empty() || text == "." || text == "N/A" || looks_numeric(text);
}

int single_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.size() < 2) return 0;
    const Fields header = fields_of(sample.lines[0]), row = fields_of(sample.lines[1]);
    const bool fits = header.size() == 2 && row.size() == 2 && is_date_name(header[0]) && is_day(row[0]) && is_value(row[1]);
    return fits && !looks_numeric(header[1]) ? 80 : 0;
}

Result<OpenLayout> open_single(const Sample& sample, const LayoutOptions& options, std::string_view) {
    const Fields header = fields_of(sample.lines[0]);
    TableShape shape;
    shape.columns = {{std::string(header[0]), Role::time}, {std::string(header.back()), Role::close}};
    return open_single_value(sample, options, std::move(shape));
}

/// `date,open,close,volume` and the like: no high, no low.
int open_close_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.size() < 2) return 0;
    const std::string& header = sample.lines[0];
    const bool fits = header == "date,open,close,volume" || header == "Date,Open,Close,Volume";
    return fits && is_day(fields_of(sample.lines[1])[0]) ? 90 : 0;
}

Result<OpenLayout> open_open_close(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.columns = {{"date", Role::time}, {"open", Role::open}, {"close", Role::close}, {"volume", Role::volume}};
    shape.lacks = TableShape::Lacks::high_and_low;
    shape.may_exceed = shape.may_lack_last = true;
    open.header_lines = 1;
    TRY_VOID(conclude_style(sample, options, open.header_lines, shape));
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "the dates are trading days";
    open.timeframe = Timeframe::d1;
    open.remarks.push_back("the file has open and close only: high and low are the greater and the lesser of them");
    return open;
}

bool is_currency(std::string_view name) {
    return name.size() == 3 && std::ranges::all_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

int rates_table_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.size() < 2) return 0;
    const Fields header = fields_of(sample.lines[0]), row = fields_of(sample.lines[1]);
    const auto currencies = std::ranges::count_if(header, is_currency);
    return header.size() > 3 && is_date_name(header[0]) && is_day(row[0]) && currencies >= 3 ? 210 : 0;
}

/// The currency whose column `--columns close=USD` names; empty where it names more, or none.
std::string_view chosen_currency(std::string_view columns) {
    const std::size_t at = columns.find("close=");
    if (at == std::string_view::npos || columns.find("open=") != std::string_view::npos) return {};
    const std::string_view rest = columns.substr(at + 6);
    return rest.substr(0, rest.find(','));
}

Result<OpenLayout> open_rates_table(const Sample& sample, const LayoutOptions& options, std::string_view symbol) {
    const Fields header = fields_of(sample.lines[0]);
    if (options.columns.empty())
        return fail(ErrorCode::bad_input,
                    fmt::format("{}, line 1: a table of {} currencies; choose one, for example --columns close={} --symbol EUR{}",
                                sample.path.string(), std::ranges::count_if(header, is_currency), header[1], header[1]));
    TRY(OpenLayout open, open_by_header(sample, options, symbol));
    // The European Central Bank's columns are the currencies that one euro buys.
    const std::string_view currency = chosen_currency(options.columns);
    const bool of_the_ecb = sample.path.filename().string().starts_with("eurofxref");
    if (of_the_ecb && is_currency(currency)) open.symbol = "EUR" + std::string(currency);
    return open;
}

int investing_confidence(const Sample& sample, const LayoutOptions&) {
    if (sample.lines.empty()) return 0;
    const Fields header = fields_of(sample.lines[0]);
    const Fields wanted{"Date", "Price", "Open", "High", "Low"};
    return header.size() >= 5 && std::equal(wanted.begin(), wanted.end(), header.begin()) ? 100 : 0;
}

Result<OpenLayout> open_investing(const Sample& sample, const LayoutOptions& options, std::string_view) {
    OpenLayout open;
    TableShape shape;
    shape.columns = {{"Date", Role::time}, {"Price", Role::close}, {"Open", Role::open}, {"High", Role::high}, {"Low", Role::low}};
    const Fields header = fields_of(sample.lines[0]);
    for (std::size_t i = 5; i < header.size(); ++i)
        shape.columns.push_back({std::string(header[i]), header[i] == "Vol." ? Role::volume : Role::ignore});
    shape.may_lack_last = true;
    open.header_lines = 1;
    TRY_VOID(conclude_style(sample, options, open.header_lines, shape));
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "the dates are trading days";
    open.timeframe = Timeframe::d1;
    return open;
}

}  // namespace

Result<OpenLayout> open_single_value(const Sample& sample, const LayoutOptions& options, TableShape shape) {
    OpenLayout open;
    shape.lacks = TableShape::Lacks::all_but_close;
    shape.may_be_negative = open.may_be_negative = true;
    shape.may_exceed = true;
    open.header_lines = 1;
    TRY_VOID(conclude_style(sample, options, open.header_lines, shape));
    const auto value = std::ranges::find(shape.columns, Role::close, &TableColumn::role);
    open.remarks.push_back(fmt::format("one value a row: each bar opens, rises, falls and closes at the column {}", value->name));
    open.parser = make_table_parser(std::move(shape));
    open.clock_reason = "the file does not name its clock";
    open.clock_is_assumed = open.clock_is_unknown = true;
    open.timeframe = Timeframe::d1;
    return open;
}

const Layout single_value_layout{"single-value", single_confidence, open_single};
const Layout open_close_layout{"open-close", open_close_confidence, open_open_close};
const Layout rates_table_layout{"rates-table", rates_table_confidence, open_rates_table};
const Layout investing_layout{"investing", investing_confidence, open_investing};

}  // namespace aitrading::market

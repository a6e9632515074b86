#include "market/history/table_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "market/history/number_style.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t fields_max = 64;

/// The first field of this line with one of the roles; empty where there is none.
std::string_view field_of(std::string_view line, const TableShape& shape, Role first, Role last) {
    std::array<std::string_view, fields_max> fields;
    const std::size_t count = std::min(split_fields(line, shape.delimiter, fields), shape.columns.size());
    for (std::size_t i = 0; i < count; ++i)
        if (shape.columns[i].role >= first && shape.columns[i].role <= last) return fields[i];
    return {};
}

Result<DateOrder> find_date_order(const Sample& sample, std::int64_t header_lines, const TableShape& shape) {
    const auto date_of = [&](std::string_view line) { return field_of(line, shape, Role::time, Role::date); };
    DateOrder order = DateOrder::unknown;
    std::int64_t line_number = 0;
    std::string example;
    const auto look_at = [&](std::string_view line) {
        if (++line_number <= header_lines) return true;
        bool of_form = false;
        const std::string_view date = date_of(line);
        order = date_order_proved_by(date, of_form);
        if (of_form && example.empty()) example = fmt::format("line {}, column time: \"{}\"", line_number, date);
        return order == DateOrder::unknown;
    };
    for (const std::string& line : sample.lines)
        if (!look_at(line)) break;
    if (order != DateOrder::unknown || example.empty()) return order;
    line_number = 0;
    if (sample.scan) TRY_VOID(sample.scan(look_at));
    if (order != DateOrder::unknown) return order;
    return fail(ErrorCode::bad_input,
                fmt::format("{}, {} may have its day or its month first, and no row of the file tells; say --date-order dmy or "
                            "--date-order mdy",
                            sample.path.string(), example));
}

}  // namespace

Result<void> conclude_style(const Sample& sample, const LayoutOptions& options, std::int64_t header_lines, TableShape& shape) {
    NumberStyleFinder numbers({options.decimal_point, options.thousands});
    for (std::size_t i = static_cast<std::size_t>(header_lines); i < sample.lines.size(); ++i)
        numbers.look_at(field_of(sample.lines[i], shape, Role::open, Role::ask));
    shape.decimal_point = numbers.style().decimal_point;
    shape.thousands = numbers.style().thousands;
    if (options.date_order) {
        shape.date_order = *options.date_order;
        return {};
    }
    TRY(shape.date_order, find_date_order(sample, header_lines, shape));
    return {};
}

}  // namespace aitrading::market

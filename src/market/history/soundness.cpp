#include "market/history/soundness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "market/history/table_parser.hpp"

namespace aitrading::market {
namespace {

std::string_view find_in_side(const std::array<Price, 4>& side) {
    const auto [open, high, low, close] = side;
    if (high < low) return "high_below_low";
    if (open > high || open < low || close > high || close < low) return "outside_high_low";
    return {};
}

bool has_other_point(std::string_view text, char decimal_point) {
    std::string changed(text);
    const char other = decimal_point == '.' ? ',' : '.';
    if (std::ranges::count(changed, other) != 1) return false;
    std::ranges::replace(changed, other, decimal_point);
    return decimal_point == '.' && looks_numeric(changed);
}

/// A row like `2018-01-02,1,1034,1,1035,1,1033,1,1034`: only whole numbers, two for each price.
bool has_comma_decimals(std::string_view row) {
    constexpr std::ptrdiff_t commas_min = 8;
    const std::string_view numbers = row.substr(std::min(row.find(','), row.size()));
    return std::ranges::count(numbers, ',') >= commas_min &&
           std::ranges::all_of(numbers, [](char c) { return c == ',' || (c >= '0' && c <= '9'); });
}

}  // namespace

RowFault find_unsound(RowKind kind, const ParsedRow& row, bool has_ask) {
    if (kind == RowKind::ticks) return {};
    if (const auto fault = find_in_side(row.bid); !fault.empty()) return {fault, "high", ""};
    if (!has_ask) return {};
    if (const auto fault = find_in_side(row.ask); !fault.empty()) return {fault, "ask high", ""};
    return {};
}

std::string describe_fault(const RowFault& fault, char decimal_point) {
    const auto named = [&](std::string_view what) {
        return fmt::format("column {}: \"{}\" {}", fault.column, fault.text, what);
    };
    if (fault.kind == "wrong_columns")
        return fmt::format("\"{}\" has more or fewer columns than the file's layout{}", fault.text,
                           has_comma_decimals(fault.text) ? ". Decimal commas between commas? Export it with semicolons or tabs between the columns" : "");
    if (fault.kind == "not_a_time") return named("is not a time that exists; write 2018-02-01 13:30:00");
    if (fault.kind == "not_a_number" && has_other_point(fault.text, decimal_point))
        return named("is not a number. Decimal comma? Try --decimal , (and where it separates thousands, --thousands ,)");
    if (fault.kind == "not_a_number") return named("is not a number");
    if (fault.kind == "no_value") return "the row has a time and no price";
    if (fault.kind == "missing_value") return named("holds no value");
    if (fault.kind == "nan") return named("is not a finite number");
    if (fault.kind == "zero") return named("is zero");
    if (fault.kind == "negative") return named("is negative");
    if (fault.kind == "too_large") return named("is too large");
    if (fault.kind == "high_below_low") return fmt::format("the {} is below the low", fault.column);
    if (fault.kind == "outside_high_low") return "open or close lies outside high and low";
    return std::string(fault.kind);
}

}  // namespace aitrading::market

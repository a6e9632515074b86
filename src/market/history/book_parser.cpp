#include "market/history/book_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "market/history/decimal.hpp"

namespace aitrading::market {
namespace {

constexpr int price_scale_digits = 9, quantity_scale_digits = 6;

BookFault refused(std::string_view kind, std::string_view what, std::string_view text) {
    return {kind, fmt::format("{} \"{}\" {}", what, text.substr(0, 40),
                              kind == "negative"    ? "is negative"
                              : kind == "too_small" ? "is smaller than a millionth"
                              : kind == "too_large" ? "does not fit"
                                                    : "is no number")};
}

}  // namespace

BookFault BookParser::read_price(std::string_view text, Price& out) {
    const Decimal value = parse_decimal(text, price_scale_digits);
    if (value.status == DecimalStatus::too_large) return refused("too_large", "price", text);
    if (value.status != DecimalStatus::ok) return refused("not_a_number", "price", text);
    if (value.scaled <= 0) return refused("negative", "price", text);
    digits_ = std::max(digits_, value.decimals);
    out.raw = value.scaled;
    return {};
}

BookFault BookParser::read_quantity(std::string_view text, Quantity& out) {
    const Decimal value = parse_decimal(text, quantity_scale_digits);
    if (value.status == DecimalStatus::too_large) return refused("too_large", "quantity", text);
    if (value.status != DecimalStatus::ok) return refused("not_a_number", "quantity", text);
    if (value.scaled < 0) return refused("negative", "quantity", text);
    // Rounded to nothing it would read as "no level here".
    if (value.scaled == 0 && text.find_first_of("123456789") != std::string_view::npos)
        return refused("too_small", "quantity", text);
    out.raw = value.scaled;
    return {};
}

std::string_view book_format_of(std::string_view line) {
    if (line.starts_with("exchange,symbol,timestamp,local_timestamp,")) return "tardis";
    std::size_t at = 0;
    while (at < line.size() && std::isdigit(static_cast<unsigned char>(line[at])) != 0) ++at;
    return at >= 16 && at <= 19 && line.substr(at).starts_with(" {") ? "binance-book" : "";
}

}  // namespace aitrading::market

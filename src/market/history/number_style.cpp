#include "market/history/number_style.hpp"

#include "market/history/decimal.hpp"

namespace aitrading::market {

void NumberStyleFinder::look_at_single(std::string_view number, std::size_t separator) {
    const std::size_t after = number.size() - separator - 1;
    if (comma_told_ || after == 0 || after == 3) return;
    if (parse_decimal(number, 0, number[separator]).status != DecimalStatus::ok) return;
    point_seen_ = point_seen_ || number[separator] == '.';
    style_.decimal_point = point_seen_ ? '.' : ',';
}

void NumberStyleFinder::look_at(std::string_view number) {
    if (proved_ || style_.thousands != '\0') return;
    const std::size_t last = number.find_last_of(".,");
    if (last == std::string_view::npos || last == 0) return;
    const std::size_t before = number.substr(0, last).find_last_of(".,' ");
    if (before == std::string_view::npos) return look_at_single(number, last);
    if ((comma_told_ && number[last] != ',') || number[before] == number[last]) return;
    if (parse_decimal(number, 0, number[last], number[before]).status != DecimalStatus::ok) return;
    style_ = {number[last], number[before]};
    proved_ = true;
}

}  // namespace aitrading::market

#include "market/history/number_style.hpp"

#include "market/history/decimal.hpp"

namespace aitrading::market {

void NumberStyleFinder::look_at(std::string_view number) {
    if (proved_ || style_.thousands != '\0') return;
    const std::size_t last = number.find_last_of(".,");
    if (last == std::string_view::npos || last == 0) return;
    const std::size_t before = number.substr(0, last).find_last_of(".,' ");
    if (style_.decimal_point == ',' && number[last] != ',') return;
    if (before == std::string_view::npos || number[before] == number[last]) return;
    if (parse_decimal(number, 0, number[last], number[before]).status != DecimalStatus::ok) return;
    style_ = {number[last], number[before]};
    proved_ = true;
}

}  // namespace aitrading::market

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/check.hpp"
#include "base/time.hpp"
#include "market/history/decimal.hpp"
#include "market/history/stamp.hpp"

/// Any bytes as a number and as a time: a number that is accepted agrees with the C library's, a time with its own text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Decimal value = parse_decimal(text, 9);
    if (value.status == DecimalStatus::ok) {
        const double reference = std::strtod(text.c_str(), nullptr);
        CHECK(std::abs(static_cast<double>(value.scaled) / 1e9 - reference) <= 1e-9 + std::abs(reference) * 1e-12);
        CHECK(value.decimals >= 0 && value.decimals <= 9);
    }
    if (const Decimal grouped = parse_decimal(text, 9, '.', ','); grouped.status == DecimalStatus::ok) {
        std::string plain;
        for (const char c : text)
            if (c != ',') plain += c;
        CHECK(parse_decimal(plain, 9).scaled == grouped.scaled);
    }
    for (const DateOrder order : {DateOrder::day_first, DateOrder::month_first}) {
        bool of_form = false;
        const DateOrder proved = date_order_proved_by(text, of_form);
        Stamp stamp;
        if (proved != DateOrder::unknown && proved != order && of_form) CHECK(!StampParser(order).parse(text, stamp));
    }
    StampParser parser;
    Stamp first, second;
    const bool known = parser.parse(text, first);
    CHECK(parser.parse(text, second) == known);  // the remembered day must not change the answer
    if (!known) return 0;
    CHECK(first.wall_nanos == second.wall_nanos && first.has_offset == second.has_offset);
    if (!first.is_epoch) CHECK(parse_iso8601(to_iso8601({first.wall_nanos}))->value == first.wall_nanos);
    return 0;
}

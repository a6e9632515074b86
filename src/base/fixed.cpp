#include "base/fixed.hpp"

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading {
namespace {

__extension__ using Wide = __int128;

Wide divide_rounded(Wide numerator, Wide denominator) {
    const Wide half = denominator / 2;
    return (numerator >= 0 ? numerator + half : numerator - half) / denominator;
}

}  // namespace

Money value_of(Price price, Quantity quantity) {
    constexpr Wide unit = Wide{Price::scale} * Quantity::scale / Money::scale;
    return {static_cast<std::int64_t>(divide_rounded(Wide{price.raw} * quantity.raw, unit))};
}

std::string to_decimal(std::int64_t raw, std::int64_t scale, int digits) {
    CHECK(digits >= 0 && digits <= 18);
    std::int64_t shown_scale = 1;
    for (int i = 0; i < digits; ++i) shown_scale *= 10;
    const auto shown = divide_rounded(Wide{raw} * shown_scale, scale);
    const auto magnitude = static_cast<std::uint64_t>(shown < 0 ? -shown : shown);
    const auto unsigned_scale = static_cast<std::uint64_t>(shown_scale);
    std::string out = shown < 0 ? "-" : "";
    out += fmt::format("{}", magnitude / unsigned_scale);
    if (digits > 0) out += fmt::format(".{:0{}}", magnitude % unsigned_scale, digits);
    return out;
}

}  // namespace aitrading

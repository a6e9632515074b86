#pragma once

#include <cstdint>
#include <string_view>

namespace aitrading::market {

enum class DecimalStatus : std::uint8_t {
    ok,
    missing,       ///< empty, NULL, N/A
    nan,           ///< NaN or an infinity
    not_a_number,  ///< anything else that is not a plain or exponent decimal
    too_large,     ///< does not fit
};

struct Decimal {
    DecimalStatus status = DecimalStatus::missing;
    std::int64_t scaled = 0;  ///< value * scale, rounded once, half away from zero
    int decimals = 0;         ///< digits after the point that are not trailing zeros, after rounding; at most 9
};

/// Reads `[+-]digits[.digits][e±n]` whole, exactly, into an integer of unit 10^-scale_digits.
/// @param point decimal point, '.' or ','
/// @param thousands what may separate groups of three digits before the point, each or none; '\0' nothing   @pre 0 <= scale_digits <= 9   @complexity O(length), no allocation
Decimal parse_decimal(std::string_view text, int scale_digits, char point = '.', char thousands = '\0');

}  // namespace aitrading::market

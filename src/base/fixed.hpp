#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading {

/// Fixed-point number with a unit of its own, `raw` counts 1/Scale. Adding two of a kind is exact.
template <class Tag, std::int64_t Scale>
struct Fixed {
    static constexpr std::int64_t scale = Scale;
    std::int64_t raw = 0;

    friend constexpr auto operator<=>(Fixed, Fixed) = default;
    friend constexpr Fixed operator+(Fixed a, Fixed b) { return {a.raw + b.raw}; }
    friend constexpr Fixed operator-(Fixed a, Fixed b) { return {a.raw - b.raw}; }
    friend constexpr Fixed operator-(Fixed a) { return {-a.raw}; }
    constexpr Fixed& operator+=(Fixed b) {
        raw += b.raw;
        return *this;
    }
    constexpr Fixed& operator-=(Fixed b) {
        raw -= b.raw;
        return *this;
    }
    /// The nearest double; exact for every decimal of up to 15 digits (division rounds correctly).
    constexpr double to_double() const { return static_cast<double>(raw) / static_cast<double>(Scale); }
    /// Nearest fixed-point value. @pre |value| * Scale < 2^63
    static Fixed from_double(double value) {
        return {static_cast<std::int64_t>(std::llround(value * static_cast<double>(Scale)))};
    }
};

/// Price of one unit, in billionths of the quote currency. Range ±9.2e9.
using Price = Fixed<struct PriceTag, 1'000'000'000>;
/// Units of the base asset (1 FX lot = 100,000 units), or a volume as the source counts it; in millionths.
using Quantity = Fixed<struct QuantityTag, 1'000'000>;
/// Amount of the account's currency, in millionths. Range ±9.2e12.
using Money = Fixed<struct MoneyTag, 1'000'000>;

/// price * quantity, rounded half away from zero to a millionth. Exact inside 128 bits.
Money value_of(Price price, Quantity quantity);

/// Decimal text of `raw / scale` with exactly `digits` digits after the point (rounded half away from zero).
std::string to_decimal(std::int64_t raw, std::int64_t scale, int digits);
template <class Tag, std::int64_t Scale>
std::string to_decimal(Fixed<Tag, Scale> value, int digits) {
    return to_decimal(value.raw, Scale, digits);
}

/// A probability in [0,1].
class Probability {
  public:
    constexpr Probability() = default;
    /// @pre 0 <= value <= 1 (clamped; NaN becomes 0.5, the answer of one who knows nothing)
    constexpr explicit Probability(double value)
        : value_(value >= 0.0 ? (value <= 1.0 ? value : 1.0) : (value < 0.0 ? 0.0 : 0.5)) {}
    constexpr double value() const { return value_; }
    friend constexpr auto operator<=>(Probability, Probability) = default;

  private:
    double value_ = 0.5;
};

}  // namespace aitrading

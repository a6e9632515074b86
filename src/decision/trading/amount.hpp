#pragma once

#include <compare>

#include "base/fixed.hpp"

namespace aitrading::trading {

__extension__ using Wide = __int128;

/// Money without rounding: price (1e-9) times quantity (1e-6) counted in 1e-15 of the account's currency. Sums of any
/// number of fills stay exact; rounding to Money happens once, where a figure leaves the engine.
struct Amount {
    Wide raw = 0;

    static constexpr Amount of(Price price, Quantity quantity) { return {Wide{price.raw} * quantity.raw}; }
    static constexpr Amount of(Money money) { return {Wide{money.raw} * per_money}; }
    /// Nearest millionth, half away from zero.
    constexpr Money to_money() const {
        const Wide half = per_money / 2;
        return {static_cast<std::int64_t>((raw >= 0 ? raw + half : raw - half) / per_money)};
    }
    /// For ratios and pictures only.
    double to_double() const { return static_cast<double>(raw) * 1e-15; }

    friend constexpr auto operator<=>(Amount a, Amount b) {
        return a.raw < b.raw ? std::strong_ordering::less
                             : (a.raw > b.raw ? std::strong_ordering::greater : std::strong_ordering::equal);
    }
    friend constexpr bool operator==(Amount, Amount) = default;
    friend constexpr Amount operator+(Amount a, Amount b) { return {a.raw + b.raw}; }
    friend constexpr Amount operator-(Amount a, Amount b) { return {a.raw - b.raw}; }
    friend constexpr Amount operator-(Amount a) { return {-a.raw}; }
    constexpr Amount& operator+=(Amount b) {
        raw += b.raw;
        return *this;
    }
    constexpr Amount& operator-=(Amount b) {
        raw -= b.raw;
        return *this;
    }

    static constexpr std::int64_t per_money = Price::scale * Quantity::scale / Money::scale;
};

}  // namespace aitrading::trading

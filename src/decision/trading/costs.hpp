#pragma once

#include <string_view>

#include "base/result.hpp"
#include "decision/trading/amount.hpp"
#include "decision/trading/quote.hpp"
#include "domain/trade.hpp"

namespace aitrading::trading {

/// 1 lot of a currency pair, and of any instrument of which nothing else is known.
inline constexpr Quantity lot{100'000 * Quantity::scale};

/// What a broker asks for each fill.
struct Commission {
    enum class Kind : std::uint8_t { none, per_lot, per_million };
    Kind kind = Kind::none;
    Money rate;  ///< for each lot, or for each million of notional at the executed price
    Quantity one_lot = lot;  ///< units in a lot
    /// Rounded half away from zero to a millionth.
    Money of(Price price, Quantity quantity) const;
};

/// How much worse than the quote a market or stop order is executed. Limit orders never slip.
struct Slippage {
    enum class Kind : std::uint8_t { none, fixed, spread_share, random };
    Kind kind = Kind::none;
    Price distance;               ///< fixed: always; random: uniform in [0, distance]
    std::int64_t share_ppm = 0;   ///< spread_share: millionths of the quoted spread
    /// The random draw depends on seed and order alone, so that it is the same however the run is cut or replayed.
    Price of(const Quote& quote, OrderId order, std::uint64_t seed) const;
};

/// Interest for holding one unit over one night, as a price difference; negative is paid, positive received.
struct SwapRates {
    Price long_night, short_night;
    bool any() const { return long_night.raw != 0 || short_night.raw != 0; }
};

/// A distance between prices: `1.0pip`, `12points` (a point is the last digit quoted) or a bare price difference.
/// @errors usage
Result<Price> parse_distance(std::string_view text, Price pip, Price point);
/// A number of lots, `0.1`, in units of an instrument of which `one_lot` is a lot. @errors usage
Result<Quantity> parse_lots(std::string_view text, Quantity one_lot = lot);
/// Currency units, `10000` or `10000.50`. @errors usage
Result<Money> parse_money(std::string_view text);
/// `7/lot`, `20/million` or `0`. @errors usage
Result<Commission> parse_commission(std::string_view text, Quantity one_lot = lot);
/// `0.2pip`, `25%spread`, `random:0.5pip` or `0`. @errors usage
Result<Slippage> parse_slippage(std::string_view text, Price pip, Price point);
/// `LONG/SHORT` for each night, each a distance: `-0.7pip/0.2pip`. @errors usage
Result<SwapRates> parse_swap(std::string_view text, Price pip, Price point);

}  // namespace aitrading::trading

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// So many units of the symbol's first currency (or of the index, the metal, the coin), held at a price in the second.
struct Position {
    std::string symbol;
    double units = 0;  ///< below zero: sold
    double price = 0;  ///< > 0, in the second currency
};

/// The two currencies of a symbol: EURUSD: EUR and USD, XAUUSD.oanda: XAU and USD, BTCUSDT: BTC and USDT. Anything else is
/// a thing of its own that is priced in the account's currency (second empty).
std::pair<std::string, std::string> currencies_of(std::string_view symbol);

/// A price of a symbol by which currencies are converted.
struct QuotedPrice {
    std::string symbol;
    double price = 0;
};

/// What one unit of a currency is worth in another by the prices given, directly or the other way round; empty: no such price.
std::optional<double> rate_of(std::string_view currency, std::string_view account, std::span<const QuotedPrice> prices);

/// The sum of all legs in one currency.
struct CurrencyExposure {
    std::string currency;
    double amount = 0;                  ///< in that currency
    std::optional<double> in_account;   ///< empty: no price converts it
};

struct Exposures {
    std::string account;
    std::vector<CurrencyExposure> currencies;  ///< in the order in which the positions name them
    std::vector<double> value;                 ///< [positions] units x price, in the account's currency
};

/// Exposures of each currency leg: every position is long its first currency and short its price in the second.
/// @errors bad_input (a position without a usable price; a second currency that no price converts: the pair that would help is named)
Result<Exposures> exposures_of(std::span<const Position> positions, const std::string& account, std::span<const QuotedPrice> prices);

}  // namespace aitrading::insight

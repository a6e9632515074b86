#include "decision/trading/costs.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/random.hpp"

namespace aitrading::trading {
namespace {

constexpr Wide ten_to_12 = 1'000'000'000'000;

Wide divide_nearest(Wide numerator, Wide denominator) {
    const Wide half = denominator / 2;
    return (numerator >= 0 ? numerator + half : numerator - half) / denominator;
}

/// Decimal text as billionths, exact. Nothing but digits, one point and a sign; at most 9 digits before the point.
std::optional<std::int64_t> read_billionths(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    std::int64_t value = 0;
    int digits = 0, decimals = -1;
    for (const char c : text) {
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (decimals == 9) {
            if (c != '0') return std::nullopt;  // finer than a billionth
            continue;
        }
        value = value * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
        else if (++digits > 9) return std::nullopt;
    }
    if (digits == 0 && decimals <= 0) return std::nullopt;
    for (int i = std::max(decimals, 0); i < 9; ++i) value *= 10;
    return negative ? -value : value;
}

bool strip(std::string_view& text, std::string_view ending) {
    if (!text.ends_with(ending)) return false;
    text.remove_suffix(ending.size());
    return true;
}

std::unexpected<Error> unusable(std::string_view what, std::string_view text, std::string_view expected) {
    return fail(ErrorCode::usage, fmt::format("{} \"{}\" is not understood; write {}", what, text, expected));
}

}  // namespace

Money Commission::of(Price price, Quantity quantity) const {
    switch (kind) {
        case Kind::none: return {};
        case Kind::per_lot:
            return {static_cast<std::int64_t>(divide_nearest(Wide{rate.raw} * quantity.raw, one_lot.raw))};
        case Kind::per_million: {
            // notional in 1e-15, rate in 1e-6 for each 1e6, result in 1e-6: 1e-15 * 1e-6 * 1e-6 / 1e-6.
            const Wide product = Amount::of(price, quantity).raw * rate.raw;
            return {static_cast<std::int64_t>(divide_nearest(product, ten_to_12 * 1'000'000'000))};
        }
    }
    return {};
}

Price Slippage::of(const Quote& quote, OrderId order, std::uint64_t seed) const {
    switch (kind) {
        case Kind::none: return {};
        case Kind::fixed: return distance;
        case Kind::spread_share:
            return {static_cast<std::int64_t>(Wide{quote.ask.raw - quote.bid.raw} * share_ppm / 1'000'000)};
        case Kind::random: {
            const auto bound = static_cast<std::uint64_t>(distance.raw) + 1;
            return {static_cast<std::int64_t>(derive_seed(seed, order) % bound)};
        }
    }
    return {};
}

Result<Price> parse_distance(std::string_view text, Price pip, Price point) {
    std::string_view number = text;
    Price unit{Price::scale};
    if (strip(number, "pips") || strip(number, "pip")) unit = pip;
    else if (strip(number, "points") || strip(number, "point")) unit = point;
    const auto billionths = read_billionths(number);
    if (!billionths) return unusable("distance", text, "1.0pip, 12points or a price difference such as 0.0001");
    return Price{static_cast<std::int64_t>(divide_nearest(Wide{*billionths} * unit.raw, 1'000'000'000))};
}

Result<Quantity> parse_lots(std::string_view text, Quantity one_lot) {
    const auto billionths = read_billionths(text);
    if (!billionths || *billionths <= 0) return unusable("lots", text, "a positive number such as 0.1");
    const Wide units = Wide{*billionths} * one_lot.raw / 1'000'000'000;
    if (units <= 0 || units > Wide{1'000'000} * lot.raw)
        return unusable("lots", text, "a number of lots between 0.00000000001 and 1000000");
    return Quantity{static_cast<std::int64_t>(units)};
}

Result<Money> parse_money(std::string_view text) {
    const auto billionths = read_billionths(text);
    if (!billionths) return unusable("amount", text, "a number such as 10000 or 10000.50");
    return Money{*billionths / (1'000'000'000 / Money::scale)};
}

Result<Commission> parse_commission(std::string_view text, Quantity one_lot) {
    constexpr std::string_view expected = "7/lot, 20/million (of notional for each fill) or 0";
    if (text == "0" || text == "none") return Commission{};
    std::string_view number = text;
    Commission out;
    out.one_lot = one_lot;
    if (strip(number, "/lot")) out.kind = Commission::Kind::per_lot;
    else if (strip(number, "/million")) out.kind = Commission::Kind::per_million;
    else return unusable("commission", text, expected);
    const auto rate = parse_money(number);
    if (!rate || rate->raw < 0) return unusable("commission", text, expected);
    if (rate->raw > 100'000 * Money::scale) return unusable("commission", text, "a rate of at most 100000");
    out.rate = *rate;
    return out;
}

Result<Slippage> parse_slippage(std::string_view text, Price pip, Price point) {
    constexpr std::string_view expected = "0.2pip, 25%spread, random:0.5pip or 0";
    if (text == "0" || text == "none") return Slippage{};
    std::string_view number = text;
    Slippage out;
    if (strip(number, "%spread")) {
        const auto share = read_billionths(number);
        if (!share || *share < 0) return unusable("slippage", text, expected);
        out.kind = Slippage::Kind::spread_share;
        out.share_ppm = *share / 100'000;  // billionths of a per cent count as millionths of the whole
        return out;
    }
    out.kind = Slippage::Kind::fixed;
    if (number.starts_with("random:")) {
        out.kind = Slippage::Kind::random;
        number.remove_prefix(7);
    }
    const auto distance = parse_distance(number, pip, point);
    if (!distance || distance->raw < 0) return unusable("slippage", text, expected);
    out.distance = *distance;
    return out;
}

Result<SwapRates> parse_swap(std::string_view text, Price pip, Price point) {
    if (text == "0" || text == "none") return SwapRates{};
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return unusable("swap", text, "LONG/SHORT for each night, negative is paid: -0.7pip/0.2pip");
    TRY(const Price bought, parse_distance(text.substr(0, slash), pip, point));
    TRY(const Price sold, parse_distance(text.substr(slash + 1), pip, point));
    return SwapRates{bought, sold};
}

}  // namespace aitrading::trading

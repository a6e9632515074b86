#include "insight/correlation/exposure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aitrading::insight {
namespace {

bool all_letters(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

void add(Exposures& out, const std::string& currency, double amount, std::optional<double> rate) {
    auto found = std::ranges::find(out.currencies, currency, &CurrencyExposure::currency);
    if (found == out.currencies.end()) found = out.currencies.insert(found, {currency, 0, rate ? std::optional(0.0) : std::nullopt});
    found->amount += amount;
    if (rate && found->in_account) *found->in_account += amount * *rate;
}

}  // namespace

std::pair<std::string, std::string> currencies_of(std::string_view symbol) {
    const std::string_view bare = symbol.substr(0, symbol.find_first_of(".-_#"));
    if (bare.size() == 6 && all_letters(bare)) return {std::string(bare.substr(0, 3)), std::string(bare.substr(3))};
    if (bare.size() > 6 && all_letters(bare) && bare.ends_with("USDT"))
        return {std::string(bare.substr(0, bare.size() - 4)), "USDT"};
    return {std::string(symbol), ""};
}

std::optional<double> rate_of(std::string_view currency, std::string_view account, std::span<const QuotedPrice> prices) {
    if (currency == account || currency.empty()) return 1.0;
    for (const QuotedPrice& quote : prices) {
        const auto [first, second] = currencies_of(quote.symbol);
        if (!(quote.price > 0)) continue;
        if (first == currency && second == account) return quote.price;
        if (first == account && second == currency) return 1 / quote.price;
    }
    return std::nullopt;
}

Result<Exposures> exposures_of(std::span<const Position> positions, const std::string& account, std::span<const QuotedPrice> prices) {
    Exposures out;
    out.account = account;
    for (const Position& p : positions) {
        if (!std::isfinite(p.units) || !std::isfinite(p.price) || p.price <= 0)
            return fail(ErrorCode::bad_input, fmt::format("position {}: {} units at {} cannot be valued", p.symbol, p.units, p.price));
        const auto [first, second] = currencies_of(p.symbol);
        const std::string priced_in = second.empty() ? account : second;
        const std::optional<double> rate = rate_of(priced_in, account, prices);
        if (!rate)
            return fail(ErrorCode::bad_input, fmt::format("position {}: nothing converts {} to {}; name {}{} or {}{} as well", p.symbol,
                                                          priced_in, account, priced_in, account, account, priced_in));
        const double value = p.units * p.price;
        add(out, first, p.units, p.units != 0 ? std::optional(p.price * *rate) : rate_of(first, account, prices));
        add(out, priced_in, -value, rate);
        out.value.push_back(value * *rate);
    }
    return out;
}

}  // namespace aitrading::insight

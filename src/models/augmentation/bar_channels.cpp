#include "models/augmentation/bar_channels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr double log_price_limit = 7;  ///< a path never leaves e^-7 … e^7 times its first price: prices stay in their range

constexpr double slow_share = 1.0 / 240;

double spread_of(const BarColumns& bars, std::size_t i) {
    return bars.has_spread() ? bars.spread[i].to_double() : bars.ask_close[i].to_double() - bars.close[i].to_double();
}

double point_of(const BarColumns& bars) { return std::pow(10.0, -bars.digits); }

bool has_volume(const BarColumns& bars) {
    return std::ranges::any_of(bars.volume, [](Quantity v) { return v.raw > 0; });
}

void append_harmonics(double share, std::vector<float>& out) {
    for (const double times : {1.0, 2.0}) {
        out.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * times * share)));
        out.push_back(static_cast<float>(std::cos(2 * std::numbers::pi * times * share)));
    }
}

}  // namespace

std::vector<double> BarChannels::column(std::size_t k) const {
    CHECK(k < columns());
    std::vector<double> out;
    out.reserve(rows());
    for (std::size_t i = k; i < values.size(); i += columns()) out.push_back(values[i]);
    return out;
}

std::vector<double> BarChannels::column(const std::string& name) const {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::vector<double>() : column(static_cast<std::size_t>(found - names.begin()));
}

BarChannels BarChannels::slice(std::size_t from, std::size_t to) const {
    CHECK(from <= to && to <= rows());
    const auto at = [&](std::size_t row) { return values.begin() + static_cast<std::ptrdiff_t>(row * columns()); };
    return {names, {at(from), at(to)}};
}

Result<BarChannels> channels_of(const BarColumns& bars) {
    if (bars.size() < 2) return fail(ErrorCode::bad_input, fmt::format("{}: {} bars; a sequence needs two", to_string(bars.key), bars.size()));
    const bool volume = has_volume(bars), spread = bars.has_spread() || bars.has_ask();
    BarChannels out;
    out.names = {"return", "upper", "lower"};
    if (volume) out.names.emplace_back("log_volume");
    if (spread) out.names.emplace_back("log_spread");
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars.low[i].raw <= 0 || bars.close[i].raw <= 0)
            return fail(ErrorCode::bad_input, fmt::format("{}: bar {} has a price that is not positive; a log return needs positive prices", to_string(bars.key),
                                                          to_iso8601(bars.time[i])));
        if (i == 0) continue;
        const double open = bars.close[i - 1].to_double(), close = bars.close[i].to_double();
        out.values.push_back(std::log(close / open));
        out.values.push_back(std::max(0.0, std::log(bars.high[i].to_double() / std::max(open, close))));
        out.values.push_back(std::max(0.0, std::log(std::min(open, close) / bars.low[i].to_double())));
        if (volume) out.values.push_back(std::log1p(bars.volume[i].to_double()));
        if (spread) out.values.push_back(std::log(std::max(spread_of(bars, i), 0.1 * point_of(bars))));
    }
    return out;
}

BarColumns bars_of(const BarChannels& channels, std::span<const UnixNanos> time, const BarColumns& like) {
    CHECK(like.size() >= 1 && time.size() == channels.rows());
    const double grid = std::pow(10.0, like.digits), first = std::log(like.close.front().to_double());
    const auto price = [&](double log_price) { return Price::from_double(std::max(1.0, std::round(std::exp(log_price) * grid)) / grid); };
    const bool whole = std::ranges::all_of(like.volume, [](Quantity v) { return v.raw % Quantity::scale == 0; });
    const bool volume = std::ranges::find(channels.names, "log_volume") != channels.names.end();
    const bool spread = std::ranges::find(channels.names, "log_spread") != channels.names.end();
    BarColumns out;
    out.key = like.key;
    out.digits = like.digits;
    out.reserve(channels.rows() + 1);
    out.append(like.bar(0));
    if (spread) out.spread.push_back(Price::from_double(spread_of(like, 0)));
    double level = first;
    for (std::size_t i = 0; i < channels.rows(); ++i) {
        const auto row = std::span(channels.values).subspan(i * channels.columns(), channels.columns());
        const double before = level;
        level = std::clamp(level + row[0], first - log_price_limit, first + log_price_limit);
        const Price open = price(before), close = price(level);
        const Price high = std::max({open, close, price(std::max(before, level) + std::max(0.0, row[1]))});
        const Price low = std::min({open, close, price(std::min(before, level) - std::max(0.0, row[2]))});
        const double amount = volume ? std::max(0.0, std::expm1(std::min(row[3], 30.0))) : 0;
        out.append({time[i], open, high, low, close, Quantity::from_double(whole ? std::round(amount) : amount)});
        if (spread) out.spread.push_back(Price::from_double(std::max(0.0, std::round(std::exp(row.back()) * grid * 10) / (grid * 10))));
    }
    return out;
}

Conditions Conditions::slice(std::size_t from, std::size_t to) const {
    CHECK(from <= to && to <= rows());
    const auto part = [](const auto& v, std::size_t a, std::size_t b) {
        return std::remove_cvref_t<decltype(v)>(v.begin() + static_cast<std::ptrdiff_t>(a), v.begin() + static_cast<std::ptrdiff_t>(b));
    };
    return {names, part(values, from * names.size(), to * names.size()), part(slot, from, to), part(regime, from, to)};
}

Conditions conditions_of(const BarColumns& bars, std::span<const int> regime) {
    CHECK(bars.size() == regime.size());
    Conditions out;
    for (std::size_t k = 0; k < regime_conditions; ++k) out.names.push_back(fmt::format("regime_{}", k));
    for (const char* name : {"clock_sin", "clock_cos", "clock_sin2", "clock_cos2", "after_gap", "slow_volatility"}) out.names.emplace_back(name);
    const std::int64_t length = duration_nanos(bars.key.timeframe);
    const bool intraday = length < nanos_per_day;
    double slow = 0, all = 0;
    for (std::size_t i = 1; i < bars.size(); ++i) {
        CHECK(regime[i] >= 0 && regime[i] < static_cast<int>(regime_conditions));
        for (std::size_t k = 0; k < regime_conditions; ++k) out.values.push_back(static_cast<int>(k) == regime[i] ? 1.0F : 0.0F);
        const std::int64_t hours = bars.time[i].value / nanos_per_hour;
        const int slot = static_cast<int>(intraday ? hours % 24 : hours / 24 % 7);
        append_harmonics(static_cast<double>(slot) / (intraday ? 24 : 7), out.values);
        out.values.push_back(bars.time[i].value - bars.time[i - 1].value > 3 * length / 2 ? 1.0F : 0.0F);
        const double size = std::abs(std::log(bars.close[i].to_double() / bars.close[i - 1].to_double()));
        slow += (size - slow) * std::max(slow_share, 1 / static_cast<double>(i));
        all += (size - all) / static_cast<double>(i);
        out.values.push_back(slow > 0 ? static_cast<float>(std::clamp(std::log(slow / all), -2.0, 2.0)) : 0.0F);
        out.slot.push_back(slot);
        out.regime.push_back(regime[i]);
    }
    return out;
}

}  // namespace aitrading::models

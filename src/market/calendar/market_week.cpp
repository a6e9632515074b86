#include "market/calendar/market_week.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "market/calendar/clock.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t saturday_noon = 2 * minutes_per_day + 720;  // 1970-01-03T12:00, the first week's begin

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

template <std::size_t N>
bool begins_with_any(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

bool is_currency(std::string_view code) {
    static constexpr std::array<std::string_view, 27> codes{
        "USD", "EUR", "JPY", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "HUF", "CZK",
        "TRY", "ZAR", "MXN", "SGD", "HKD", "CNH", "CNY", "INR", "KRW", "BRL", "ILS", "THB", "RUB"};
    return std::ranges::find(codes, code) != codes.end();
}

struct LocalTime {
    int year, month, day, weekday;  // weekday 0 = Monday
    std::int64_t day_number, minute;
};

LocalTime new_york(UnixNanos time) {
    static const Clock clock = *Clock::parse("America/New_York");
    const UnixNanos wall{time.value + offset_at(clock, time)};
    const CivilTime c = to_civil(wall);
    return {c.year, c.month, c.day, weekday(wall), floor_div(wall.value, nanos_per_day), c.hour * 60 + c.minute};
}

/// Day of the month of the n-th given weekday; n = 0 is the last of a month of 31 days.
bool is_nth(const LocalTime& t, int weekday, int n) {
    if (t.weekday != weekday) return false;
    return n > 0 ? (t.day - 1) / 7 + 1 == n : t.day > 24;
}

/// Bank holidays of the United States on which metals and indices stop around noon.
bool is_short_day(const LocalTime& t) {
    const bool observed_monday = t.weekday == 0 && (t.day == 2 || t.day == 3 || t.day == 5 || t.day == 6);
    return (t.month == 1 && is_nth(t, 0, 3)) || (t.month == 2 && is_nth(t, 0, 3)) || (t.month == 5 && is_nth(t, 0, 0)) ||
           (t.month == 7 && (t.day == 3 || t.day == 4 || (observed_monday && t.day >= 5))) ||
           (t.month == 9 && is_nth(t, 0, 1)) || (t.month == 11 && is_nth(t, 3, 4)) ||
           (t.month == 11 && t.weekday == 4 && t.day >= 23 && t.day <= 29) || (t.month == 12 && t.day == 24) ||
           (t.month == 12 && t.day == 31);
}

bool is_holiday(const LocalTime& t, MarketKind kind) {
    // The trading day begins at 17:00 of the evening before.
    const bool eve = t.minute >= (kind == MarketKind::currency ? 17 * 60 : 12 * 60);
    if ((t.month == 12 && t.day == 25) || (t.month == 1 && t.day == 1)) return t.minute < 18 * 60 + 30;
    if ((t.month == 12 && t.day == 24) || (t.month == 12 && t.day == 31)) return eve;
    // Monday after a holiday on the weekend, when many brokers stay closed.
    if (t.weekday == 0 && t.day <= 27 && t.month == 12 && t.day >= 26) return kind != MarketKind::currency && t.minute < 1080;
    if (kind == MarketKind::currency) return false;
    const std::int64_t good_friday = easter_sunday(t.year) - 2;
    return t.day_number == good_friday || (t.day_number == good_friday - 1 && t.minute >= 17 * 60) ||
           (is_short_day(t) && t.minute >= 12 * 60 && t.minute < 18 * 60);
}

}  // namespace

std::string_view name(MarketKind kind) {
    switch (kind) {
        case MarketKind::currency: return "currencies";
        case MarketKind::daily_break: return "metals and indices";
        case MarketKind::around_clock: return "crypto";
        case MarketKind::unknown: break;
    }
    return "unknown market";
}

MarketKind market_kind(std::string_view symbol) {
    static constexpr std::array<std::string_view, 10> coins{"BTC", "ETH", "XBT", "LTC", "XRP", "BCH", "SOL", "ADA", "DOGE", "BNB"};
    static constexpr std::array<std::string_view, 34> others{
        "XAU", "XAG", "XPT", "XPD", "GOLD", "SILVER", "SPX", "NSX", "US30", "US500", "US100", "USTEC", "NAS", "WS30", "DJ",
        "SP500", "WTI", "BRENT", "BCO", "UKOIL", "USOIL", "XTI", "XBR", "JP225", "JPN225", "UDX", "DXY", "USDX", "ES", "NQ",
        "YM", "GC", "CL", "NATGAS"};
    std::string upper;
    for (const char c : symbol)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (upper.size() >= 6 && begins_with_any(upper, coins)) return MarketKind::around_clock;
    if (upper.size() >= 6 && is_currency(std::string_view(upper).substr(0, 3)) && is_currency(std::string_view(upper).substr(3, 3)))
        return MarketKind::currency;
    return begins_with_any(upper, others) ? MarketKind::daily_break : MarketKind::unknown;
}

std::int64_t week_of(std::int64_t wall_minutes) { return floor_div(wall_minutes - saturday_noon, minutes_per_week); }
std::int64_t week_begin(std::int64_t week) { return week * minutes_per_week + saturday_noon; }

std::int64_t easter_sunday(int year) {
    const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    const int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    const int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return days_from_civil(year, n / 31, n % 31 + 1);
}

bool TradingWeek::open_at(UnixNanos time) const {
    if (kind_ == MarketKind::around_clock) return true;
    const LocalTime t = new_york(time);
    const bool breaks = kind_ != MarketKind::currency;
    const std::int64_t opens = breaks ? break_to_minute : break_from_minute;
    if (t.weekday == 5 || (t.weekday == 4 && t.minute >= 17 * 60) || (t.weekday == 6 && t.minute < opens)) return false;
    if (breaks && t.minute >= break_from_minute && t.minute < break_to_minute) return false;
    return !is_holiday(t, kind_);
}

std::chrono::nanoseconds open_time(const TradingWeek& week, TimeRange span) {
    constexpr std::int64_t step = 1'800 * nanos_per_second, steps_max = std::int64_t{2} * 24 * 366;
    if (span.to <= span.from) return std::chrono::nanoseconds(0);
    std::int64_t sum = 0, from = span.from.value;
    for (std::int64_t n = 0; from < span.to.value; ++n) {
        if (n == steps_max) return std::chrono::nanoseconds(sum + (span.to.value - from));
        const std::int64_t next = from - ((from % step) + step) % step + step;
        const std::int64_t until = std::min(next, span.to.value);
        if (week.open_at({from})) sum += until - from;
        from = until;
    }
    return std::chrono::nanoseconds(sum);
}

}  // namespace aitrading::market

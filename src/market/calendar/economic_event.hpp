#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::market {

enum class Impact : std::uint8_t { unknown, low, medium, high, holiday };
/// Lower-case name; `unknown` where the source states none.
std::string_view name(Impact impact);
/// In any case of letters, empty: unknown. @errors bad_input
Result<Impact> parse_impact(std::string_view text);

/// One line of an economic calendar. The figures keep the text of the source (`148K`, `-0.3%`).
struct EconomicEvent {
    std::optional<UnixNanos> time;  ///< of publication; empty where the source states none ("All Day", "Tentative")
    std::string day;                ///< YYYY-MM-DD on the source's clock
    std::string currency, title;
    Impact impact = Impact::unknown;
    std::string actual, forecast, previous;
    friend bool operator==(const EconomicEvent&, const EconomicEvent&) = default;
};

/// The number in `148K`, `1,234.5`, `-0.3%`, `2.1B`, `<0.50%`: K, M, B and T multiply, % stays as it is. Empty for anything else.
std::optional<double> figure_of(std::string_view text);
/// actual - forecast, where both are numbers.
std::optional<double> surprise_of(const EconomicEvent& event);
/// The title without the period it speaks of: `Nonfarm Payrolls  (Dec)` becomes `Nonfarm Payrolls`.
std::string_view series_of(std::string_view title);

/// By time (events without one by the end of their day), currency, title: the order in which they are stored.
bool comes_before(const EconomicEvent& a, const EconomicEvent& b);

/// What became of a file of events.
struct CalendarFile {
    std::string format;       ///< investing, forexfactory, aitrading
    std::string clock, clock_reason;
    std::vector<EconomicEvent> events;
    std::int64_t rows_read = 0;
    std::int64_t without_time = 0;
    struct Refused {
        std::int64_t line = 0;
        std::string text;
    };
    std::vector<Refused> refused;  ///< the first hundred; `rows_refused` counts all
    std::int64_t rows_refused = 0;
};

/// Reads a calendar as published by investing.com's copies (`Date,Day,Time,Cur.,Imp.,Event,Actual,Forecast,Previous`), in the
/// style of Forex Factory (`id,date,time,currency,impact,event,…,time_utc`) or as this program stores it.
///
/// Clock: `timezone` where given; Forex Factory's own UTC column; else the US payrolls, which are published at 08:30 New
/// York, tell it; else UTC+8 for that layout, said so. @param source names the text in messages
/// @errors bad_input (no calendar, more than half the rows refused, payrolls that contradict each other: say --timezone),
///         usage (unknown zone)
Result<CalendarFile> read_calendar(std::string_view text, std::string_view source, std::string_view timezone);

}  // namespace aitrading::market

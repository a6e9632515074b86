#include "market/calendar/economic_event.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <tuple>

namespace aitrading::market {
namespace {

constexpr std::array<std::string_view, 5> impact_names{"unknown", "low", "medium", "high", "holiday"};

UnixNanos place(const EconomicEvent& event) {
    if (event.time) return *event.time;
    const auto day = parse_iso8601(event.day);
    return day ? UnixNanos{day->value + nanos_per_day} : UnixNanos{};
}

}  // namespace

std::string_view name(Impact impact) { return impact_names[static_cast<std::size_t>(impact)]; }

Result<Impact> parse_impact(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (lower.empty()) return Impact::unknown;
    for (std::size_t i = 0; i < impact_names.size(); ++i)
        if (lower == impact_names[i]) return static_cast<Impact>(i);
    return fail(ErrorCode::bad_input, fmt::format("\"{}\" is no impact; use low, medium, high or holiday", text.substr(0, 30)));
}

std::optional<double> figure_of(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != ',' && c != ' ' && c != '<' && c != '>' && c != '+') plain += c;
    double unit = 1;
    if (!plain.empty()) {
        switch (plain.back()) {
            case 'k':
            case 'K': unit = 1e3; break;
            case 'm':
            case 'M': unit = 1e6; break;
            case 'b':
            case 'B': unit = 1e9; break;
            case 'T': unit = 1e12; break;
            default: break;
        }
        if (unit > 1 || plain.back() == '%') plain.pop_back();
    }
    const bool begins = !plain.empty() && (std::isdigit(static_cast<unsigned char>(plain[0])) != 0 || plain[0] == '-' || plain[0] == '.');
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (!begins || error != std::errc{} || end != plain.data() + plain.size() || !(value > -1e18 && value < 1e18)) return std::nullopt;
    return value * unit;
}

std::optional<double> surprise_of(const EconomicEvent& event) {
    const auto actual = figure_of(event.actual), forecast = figure_of(event.forecast);
    if (!actual || !forecast) return std::nullopt;
    return *actual - *forecast;
}

std::string_view series_of(std::string_view title) {
    static constexpr std::array<std::string_view, 16> periods{"(Jan)", "(Feb)", "(Mar)", "(Apr)", "(May)", "(Jun)",
                                                              "(Jul)", "(Aug)", "(Sep)", "(Oct)", "(Nov)", "(Dec)",
                                                              "(Q1)",  "(Q2)",  "(Q3)",  "(Q4)"};
    for (const std::string_view period : periods)
        if (title.ends_with(period)) title.remove_suffix(period.size());
    while (title.ends_with(' ')) title.remove_suffix(1);
    return title;
}

bool comes_before(const EconomicEvent& a, const EconomicEvent& b) {
    const auto key = [](const EconomicEvent& e) { return std::tuple(place(e), !e.time, std::string_view(e.currency), std::string_view(e.title)); };
    return key(a) < key(b);
}

}  // namespace aitrading::market

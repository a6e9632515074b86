#include "market/calendar/session.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace aitrading::market {
namespace {

constexpr int minutes_per_day = 24 * 60;
constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t blank = text.find(' ');
        if (blank != 0) out.push_back(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return out;
}

bool read_two(std::string_view text, int& out) {
    if (text.size() != 2) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, out);
    return error == std::errc{} && end == text.data() + 2;
}

/// `HH:MM`, 24:00 included.
bool read_minutes(std::string_view text, int& out) {
    int hour = 0, minute = 0;
    if (text.size() != 5 || text[2] != ':' || !read_two(text.substr(0, 2), hour) || !read_two(text.substr(3), minute)) return false;
    out = hour * 60 + minute;
    return hour >= 0 && minute >= 0 && minute < 60 && out <= minutes_per_day;
}

bool read_day(std::string_view text, int& out) {
    for (std::size_t i = 0; i < day_names.size(); ++i)
        if (day_names[i] == text) out = static_cast<int>(i);
    return std::string_view("Mon Tue Wed Thu Fri Sat Sun").find(text) != std::string_view::npos && text.size() == 3;
}

/// Easter Sunday as days since 1970. Source: the anonymous Gregorian computus (Nature, 1876).
std::int64_t easter(int year) {
    const int a = year % 19, b = year / 100, c = year % 100;
    const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    return days_from_civil(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
}

int weekday_of(std::int64_t days) { return static_cast<int>(((days + 3) % 7 + 7) % 7); }

std::unexpected<Error> bad_hours(std::string_view text) {
    return fail(ErrorCode::bad_input, fmt::format("\"{}\" are no hours; write `always` or, for example, "
                                                  "`America/New_York Sun 18:00-Fri 17:00 break 17:00-18:00`", text));
}

}  // namespace

struct TradingHours::Zone {
    const date::time_zone* zone = nullptr;
};

bool TradingHours::parse_holiday(std::string_view word, Holiday& out) {
    if (word == "good-friday" || word == "easter-monday") {
        out.kind = Holiday::Kind::easter;
        out.after_easter = word == "good-friday" ? -2 : 1;
        return true;
    }
    if (word.size() == 5 && word[2] == '-')
        return read_two(word.substr(0, 2), out.month) && read_two(word.substr(3), out.day) && out.month >= 1 &&
               out.month <= 12 && out.day >= 1 && out.day <= 31;
    if (word.size() != 7 || word[4] != '-' || !read_day(word.substr(0, 3), out.weekday)) return false;
    out.kind = Holiday::Kind::weekday;
    out.which = word[3] == 'L' ? 5 : word[3] - '0';
    return out.which >= 1 && out.which <= 5 && read_two(word.substr(5), out.month) && out.month >= 1 && out.month <= 12;
}

bool TradingHours::parse_break(std::string_view text) {
    Break pause;
    if (text.size() != 11 || text[5] != '-' || !read_minutes(text.substr(0, 5), pause.from) ||
        !read_minutes(text.substr(6), pause.to))
        return false;
    breaks_.push_back(pause);
    return true;
}

Result<TradingHours> TradingHours::parse(std::string_view hours, std::string_view holidays) {
    TradingHours out;
    for (const std::string_view word : words_of(holidays))
        if (!parse_holiday(word, out.holidays_.emplace_back()))
            return fail(ErrorCode::bad_input, fmt::format("\"{}\" is no holiday; write MM-DD, good-friday, easter-monday, "
                                                          "Thu4-11 or MonL-05", word));
    if (hours == "always") return out;
    const std::vector<std::string_view> words = words_of(hours);
    int open_day = 0, close_day = 0;
    // ZONE Sun 18:00-Fri 17:00 [break 17:00-18:00 …]
    const bool shaped = words.size() >= 4 && words.size() % 2 == 0 && read_day(words[1], open_day) && words[2].size() == 9 &&
                        read_minutes(words[2].substr(0, 5), out.opens_) && words[2][5] == '-' &&
                        read_day(words[2].substr(6), close_day) && read_minutes(words[3], out.closes_);
    if (!shaped) return bad_hours(hours);
    for (std::size_t i = 4; i < words.size(); i += 2)
        if (words[i] != "break" || !out.parse_break(words[i + 1])) return bad_hours(hours);
    out.opens_ += open_day * minutes_per_day;
    out.closes_ += close_day * minutes_per_day;
    auto zone = std::make_shared<Zone>();
    try {
        zone->zone = date::locate_zone(std::string(words[0]));
    } catch (const std::runtime_error&) {
        return fail(ErrorCode::bad_input, fmt::format("\"{}\" is no time zone; write an IANA name such as America/New_York", words[0]));
    }
    out.zone_ = std::move(zone);
    return out;
}

bool TradingHours::is_holiday(int year, int month, int day) const {
    const std::int64_t days = days_from_civil(year, month, day);
    for (const Holiday& h : holidays_) {
        if (h.kind == Holiday::Kind::easter && days == easter(year) + h.after_easter) return true;
        if (h.kind == Holiday::Kind::fixed && month == h.month && day == h.day) return true;
        if (h.kind != Holiday::Kind::weekday || month != h.month || weekday_of(days) != h.weekday) continue;
        const bool last = days_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1) - days <= 7;
        if (h.which == 5 ? last : (day - 1) / 7 + 1 == h.which) return true;
    }
    return false;
}

bool TradingHours::is_open(UnixNanos time) const {
    std::int64_t wall = time.value / nanos_per_second - (time.value % nanos_per_second < 0 ? 1 : 0);
    if (zone_) {
        const date::sys_seconds instant{std::chrono::seconds(wall)};
        wall += zone_->zone->get_info(instant).offset.count();
    }
    const CivilTime civil = to_civil({wall * nanos_per_second});
    if (is_holiday(civil.year, civil.month, civil.day)) return false;
    if (!zone_) return true;
    const int in_day = civil.hour * 60 + civil.minute;
    const int in_week = weekday({wall * nanos_per_second}) * minutes_per_day + in_day;
    const bool within = opens_ < closes_ ? in_week >= opens_ && in_week < closes_ : in_week >= opens_ || in_week < closes_;
    if (!within) return false;
    for (const Break& b : breaks_)
        if (b.from < b.to ? in_day >= b.from && in_day < b.to : in_day >= b.from || in_day < b.to) return false;
    return true;
}

UnixNanos TradingHours::next_change(UnixNanos time) const {
    const bool now = is_open(time);
    const std::int64_t begin = time.value - (time.value % nanos_per_minute + nanos_per_minute) % nanos_per_minute;
    for (std::int64_t step = 1; step <= 10 * minutes_per_day; ++step)
        if (const UnixNanos at{begin + step * nanos_per_minute}; is_open(at) != now) return at;
    return {begin + 10 * nanos_per_day};
}

}  // namespace aitrading::market

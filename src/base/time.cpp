#include "base/time.hpp"

#include <fmt/format.h>

#include <array>

namespace aitrading {
namespace {

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Reads exactly `digits` decimal digits at `at`; false where they are not there.
bool read_digits(std::string_view text, std::size_t& at, int digits, int& out) {
    if (at + static_cast<std::size_t>(digits) > text.size()) return false;
    out = 0;
    for (int i = 0; i < digits; ++i, ++at) {
        if (text[at] < '0' || text[at] > '9') return false;
        out = out * 10 + (text[at] - '0');
    }
    return true;
}

bool accept(std::string_view text, std::size_t& at, char wanted) {
    if (at >= text.size() || text[at] != wanted) return false;
    ++at;
    return true;
}

bool read_fraction(std::string_view text, std::size_t& at, int& nanosecond) {
    int scale = 100'000'000;
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        nanosecond += (text[at++] - '0') * scale;
        scale /= 10;
    }
    return at > begin;
}

/// Reads `Z` or a signed offset; leaves it in minutes east of UTC.
bool read_offset(std::string_view text, std::size_t& at, int& minutes) {
    if (accept(text, at, 'Z')) return true;
    const bool west = at < text.size() && text[at] == '-';
    if (!west && !(at < text.size() && text[at] == '+')) return false;
    ++at;
    int hours = 0, rest = 0;
    if (!read_digits(text, at, 2, hours)) return false;
    accept(text, at, ':');
    if (at < text.size() && !read_digits(text, at, 2, rest)) return false;
    if (hours > 23 || rest > 59) return false;
    minutes = (hours * 60 + rest) * (west ? -1 : 1);
    return true;
}

bool read_clock(std::string_view text, std::size_t& at, CivilTime& civil, int& offset) {
    if (at >= text.size() || (text[at] != 'T' && text[at] != ' ')) return false;
    ++at;
    if (!read_digits(text, at, 2, civil.hour) || !accept(text, at, ':') ||
        !read_digits(text, at, 2, civil.minute))
        return false;
    if (accept(text, at, ':')) {
        if (!read_digits(text, at, 2, civil.second)) return false;
        if (accept(text, at, '.') && !read_fraction(text, at, civil.nanosecond)) return false;
    }
    return at == text.size() || read_offset(text, at, offset);
}

}  // namespace

UnixNanos from_civil(const CivilTime& c) {
    const std::int64_t seconds =
        days_from_civil(c.year, c.month, c.day) * 86'400 + c.hour * 3'600 + c.minute * 60 + c.second;
    return {seconds * nanos_per_second + c.nanosecond};
}

CivilTime to_civil(UnixNanos time) {
    std::int64_t day = time.value / nanos_per_day;
    std::int64_t rest = time.value % nanos_per_day;
    if (rest < 0) {
        rest += nanos_per_day;
        --day;
    }
    // Hinnant's civil_from_days.
    day += 719468;
    const std::int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    const auto doe = static_cast<unsigned>(day - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    CivilTime c;
    c.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
    c.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
    c.year = static_cast<int>(yoe + era * 400 + (c.month <= 2 ? 1 : 0));
    c.hour = static_cast<int>(rest / nanos_per_hour);
    c.minute = static_cast<int>(rest / nanos_per_minute % 60);
    c.second = static_cast<int>(rest / nanos_per_second % 60);
    c.nanosecond = static_cast<int>(rest % nanos_per_second);
    return c;
}

bool valid(const CivilTime& c) {
    // The years that an int64 of nanoseconds can hold, whole years only.
    if (c.year < 1678 || c.year > 2261 || c.month < 1 || c.month > 12) return false;
    return c.day >= 1 && c.day <= days_in_month(c.year, c.month) && c.hour >= 0 && c.hour < 24 &&
           c.minute >= 0 && c.minute < 60 && c.second >= 0 && c.second < 60 && c.nanosecond >= 0 &&
           c.nanosecond < nanos_per_second;
}

int weekday(UnixNanos time) {
    std::int64_t day = time.value / nanos_per_day - (time.value % nanos_per_day < 0 ? 1 : 0);
    return static_cast<int>(((day + 3) % 7 + 7) % 7);
}

std::string to_iso8601(UnixNanos time) {
    const CivilTime c = to_civil(time);
    std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour,
                                  c.minute, c.second);
    if (c.nanosecond % 1'000 != 0)
        out += fmt::format(".{:09}", c.nanosecond);
    else if (c.nanosecond % 1'000'000 != 0)
        out += fmt::format(".{:06}", c.nanosecond / 1'000);
    else if (c.nanosecond != 0)
        out += fmt::format(".{:03}", c.nanosecond / 1'000'000);
    return out + 'Z';
}

Result<UnixNanos> parse_iso8601(std::string_view text) {
    CivilTime civil;
    std::size_t at = 0;
    int offset_minutes = 0;
    bool ok = read_digits(text, at, 4, civil.year) && accept(text, at, '-') &&
              read_digits(text, at, 2, civil.month) && accept(text, at, '-') &&
              read_digits(text, at, 2, civil.day);
    ok = ok && (at == text.size() || read_clock(text, at, civil, offset_minutes)) && at == text.size();
    if (!ok || !valid(civil))
        return fail(ErrorCode::bad_input,
                    fmt::format("\"{}\" is not a time; write 2018-02-01 or 2018-02-01T13:30:00Z", text));
    return UnixNanos{from_civil(civil).value - offset_minutes * nanos_per_minute};
}

}  // namespace aitrading

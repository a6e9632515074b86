#include "market/history/stamp.hpp"

#include <cstring>
#include <string>

#include "base/time.hpp"
#include "market/history/decimal.hpp"
#include "market/history/month_names.hpp"

namespace aitrading::market {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

/// `count` digits at `at`, or -1.
int number(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int out = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (!digit(text[i])) return -1;
        out = out * 10 + (text[i] - '0');
    }
    return out;
}

bool date_separator(char c) { return c == '-' || c == '.' || c == '/'; }

/// Reads up to nine digits of a fraction of a second, more are cut.
std::int64_t read_fraction(std::string_view text, std::size_t& at) {
    std::int64_t nanos = 0, unit = 100'000'000;
    for (; at < text.size() && digit(text[at]); ++at) {
        nanos += (text[at] - '0') * unit;
        unit /= 10;
    }
    return nanos;
}

/// 0 for AM, 12 for PM at the end of `text`, which is cut off; -1 where neither stands.
int take_half_day(std::string_view& text) {
    if (text.size() < 3 || (text.back() != 'M' && text.back() != 'm')) return -1;
    const char half = text[text.size() - 2];
    if (half != 'A' && half != 'a' && half != 'P' && half != 'p') return -1;
    text.remove_suffix(2);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return half == 'P' || half == 'p' ? 12 : 0;
}

/// `HH:MM[:SS[.fraction]]` or `HHMMSS[mmm]` at `at`.
bool read_clock(std::string_view text, std::size_t& at, std::int64_t& nanos) {
    const int hour = number(text, at, 2);
    int minute = 0, second = 0;
    std::int64_t fraction = 0;
    if (at + 2 < text.size() && text[at + 2] == ':') {
        minute = number(text, at + 3, 2);
        at += 5;
        if (at < text.size() && text[at] == ':') {
            second = number(text, at + 1, 2);
            at += 3;
        }
    } else {
        minute = number(text, at + 2, 2);
        second = number(text, at + 4, 2);
        at += 6;
        if (const int milli = number(text, at, 3); milli >= 0) {
            fraction = milli * 1'000'000LL;
            at += 3;
        }
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction = read_fraction(text, at);
    }
    nanos = hour * nanos_per_hour + minute * nanos_per_minute + second * nanos_per_second + fraction;
    return true;
}

/// `5:06:07 PM` as a whole. @param half 0 AM, 12 PM
bool read_half_clock(std::string_view text, int half, std::int64_t& nanos) {
    const std::string padded = text.size() > 1 && text[1] == ':' ? "0" + std::string(text) : std::string(text);
    std::size_t at = 0;
    if (!read_clock(padded, at, nanos) || at != padded.size()) return false;
    const std::int64_t hours = nanos / nanos_per_hour;
    if (hours < 1 || hours > 12) return false;
    nanos += (half - (hours == 12 ? 12 : 0)) * nanos_per_hour;
    return true;
}

/// What may follow the time of day: nothing, `Z`, `±HH[:]MM`, ` GMT±HHMM`, ` UTC`.
bool read_zone(std::string_view rest, Stamp& out) {
    while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
    if (rest.empty()) return true;
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (rest.starts_with("GMT") || rest.starts_with("UTC"))
        rest.remove_prefix(3);
    else if (rest.front() == 'Z')
        rest.remove_prefix(1);
    out.has_offset = true;
    if (rest.empty()) return true;
    if (rest.front() != '+' && rest.front() != '-') return false;
    const int hours = number(rest, 1, 2);
    const std::size_t colon = rest.size() > 3 && rest[3] == ':' ? 1 : 0;
    const int minutes = rest.size() == 3 ? 0 : number(rest, 3 + colon, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return false;
    if (rest.size() != 3 && rest.size() != 5 + colon) return false;
    out.offset_minutes = (hours * 60 + minutes) * (rest.front() == '-' ? -1 : 1);
    return true;
}

bool read_epoch(std::string_view text, Stamp& out) {
    // Nine decimals hold seconds with a fraction exactly; larger units have their own count of digits.
    std::size_t whole = 0;
    while (whole < text.size() && digit(text[whole])) ++whole;
    if (whole == 0 || whole > 19 || (whole < text.size() && text[whole] != '.')) return false;
    const int decimals = whole <= 11 ? 9 : whole <= 14 ? 6 : whole <= 17 ? 3 : 0;
    const Decimal value = parse_decimal(text, decimals);
    if (value.status != DecimalStatus::ok) return false;
    out.wall_nanos = value.scaled;
    out.is_epoch = true;
    return true;
}

/// `D/M/YYYY` with one or two digits before the year, by `/`, `-` or `.`.
struct YearLast {
    char separator = '/';
    int first = 0, second = 0, year = 0;
    std::size_t used = 0;  ///< 0: not of this form
};

YearLast read_year_last(std::string_view text) {
    YearLast out;
    std::size_t at = 0;
    const auto one_or_two = [&](int& value) {
        const std::size_t count = at + 1 < text.size() && digit(text[at + 1]) ? 2 : 1;
        value = number(text, at, count);
        at += count;
        return value >= 0;
    };
    if (!one_or_two(out.first) || at >= text.size() || !date_separator(text[at])) return {};
    const char separator = out.separator = text[at++];
    if (!one_or_two(out.second) || at >= text.size() || text[at] != separator) return {};
    out.year = number(text, ++at, 4);
    at += 4;
    if (out.year < 0 || (at < text.size() && digit(text[at]))) return {};
    out.used = at;
    return out;
}

}  // namespace

DateOrder date_order_proved_by(std::string_view text, bool& of_form) {
    const YearLast date = read_year_last(text);
    of_form = date.used > 0 && date.separator != '.';
    if (!of_form || date.first > 31 || date.second > 31) return DateOrder::unknown;
    if (date.first > 12 && date.second <= 12) return DateOrder::day_first;
    return date.second > 12 && date.first <= 12 ? DateOrder::month_first : DateOrder::unknown;
}

bool StampParser::remember(std::string_view text, std::size_t used, std::int64_t day_nanos) {
    last_size_ = used <= date_bytes_max ? used : 0;
    std::memcpy(last_date_, text.data(), last_size_);
    last_day_nanos_ = day_nanos;
    return true;
}

bool StampParser::read_date(std::string_view text, std::size_t& used, std::int64_t& day_nanos) {
    CivilTime civil;
    if (text.size() >= 10 && date_separator(text[4]) && text[7] == text[4] && digit(text[5])) {
        used = 10;
        civil.year = number(text, 0, 4), civil.month = number(text, 5, 2), civil.day = number(text, 8, 2);
    } else if (text.size() >= 10 && text[2] == '.' && text[5] == '.') {
        used = 10;
        civil.day = number(text, 0, 2), civil.month = number(text, 3, 2), civil.year = number(text, 6, 4);
    } else if (text.size() == 7 && text[4] == '-') {
        used = 7;
        civil.year = number(text, 0, 4), civil.month = number(text, 5, 2), civil.day = 1;
    } else if (text.size() >= 8 && (text.size() == 8 || !digit(text[8])) && text[text.size() > 8 ? 8 : 0] != '.' &&
               number(text, 0, 8) >= 0) {
        used = 8;
        civil.year = number(text, 0, 4), civil.month = number(text, 4, 2), civil.day = number(text, 6, 2);
    } else if (const YearLast date = read_year_last(text); date.used > 0) {
        const bool day_first = order_ == DateOrder::day_first || date.separator == '.';
        if (!day_first && order_ == DateOrder::unknown) return false;
        used = date.used;
        civil.day = day_first ? date.first : date.second;
        civil.month = day_first ? date.second : date.first;
        civil.year = date.year;
    } else if (!read_named_date(text, used, civil)) {
        return false;
    }
    if (!valid(civil)) return false;
    day_nanos = from_civil(civil).value;
    return remember(text, used, day_nanos);
}

bool StampParser::parse(std::string_view text, Stamp& out) {
    out = {};
    std::size_t at = last_size_;
    std::int64_t day_nanos = last_day_nanos_;
    const bool same_day = at > 0 && text.size() >= at && std::memcmp(text.data(), last_date_, at) == 0 &&
                          (text.size() == at || !digit(text[at]));
    if (!same_day && !read_date(text, at, day_nanos)) return read_epoch(text, out);
    if (at == text.size()) {
        out.wall_nanos = day_nanos;
        out.date_only = true;
        return true;
    }
    if (text[at] != ' ' && text[at] != 'T') return false;
    ++at;
    std::int64_t clock_nanos = 0;
    if (std::string_view rest = text.substr(at); text.back() == 'M' || text.back() == 'm') {
        const int half = take_half_day(rest);
        if (half < 0 || !read_half_clock(rest, half, clock_nanos)) return false;
        out.wall_nanos = day_nanos + clock_nanos;
        return true;
    }
    if (!read_clock(text, at, clock_nanos)) return false;
    out.wall_nanos = day_nanos + clock_nanos;
    return at >= text.size() ? at == text.size() : read_zone(text.substr(at), out);
}

bool StampParser::parse(std::string_view date, std::string_view time, Stamp& out) {
    if (!parse(date, out) || !out.date_only) return false;
    if (time.empty()) return true;
    std::size_t at = 0;
    std::int64_t clock_nanos = 0;
    if (!read_clock(time, at, clock_nanos) || at > time.size()) return false;
    out.wall_nanos += clock_nanos;
    out.date_only = false;
    return read_zone(time.substr(at), out);
}

}  // namespace aitrading::market

#include "report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aitrading::report {
namespace {

constexpr std::string_view minus = "\u2212";
constexpr std::string_view no_break_space = "\u00a0";

/// Length of the well-formed UTF-8 sequence at `at`, 0 where there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    std::size_t length = 0;
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) length = 2;
    if (lead >= 0xE0 && lead < 0xF0) length = 3;
    if (lead >= 0xF0 && lead < 0xF5) length = 4;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
    const unsigned char second = byte(at + 1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second >= 0xA0;
    const bool beyond = lead == 0xF4 && second >= 0x90;
    const bool noncharacter = lead == 0xEF && second == 0xBF && byte(at + 2) >= 0xBE;
    return overlong || surrogate || beyond || noncharacter ? 0 : length;
}

/// @pre digits begin with a digit
std::string group_digits(const std::string& digits) {
    const std::size_t point = std::min(digits.find('.'), digits.size());
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && i < point && (point - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out;
}

std::string negated(const std::string& text) { return std::string(minus).append(text); }

std::string with_unit(std::string text, const std::string& unit) {
    if (unit.empty()) return text;
    return text.append(no_break_space).append(unit);
}

int money_digits(Money amount, double cents_below) {
    return std::abs(amount.to_double()) < cents_below ? 2 : 0;
}

bool is_zero_text(std::string_view text) { return text.find_first_of("123456789") == std::string_view::npos; }

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        const char c = text[at];
        if (length == 0) {
            out += "\uFFFD";
            ++at;
            continue;
        }
        if (length > 1) out += text.substr(at, length);
        else if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else if (c == '\'') out += "&#39;";
        else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
        else if (c == '\n' || c == '\t') out += ' ';
        at += length;
    }
    return out;
}

std::string number(double value, int digits) {
    if (!std::isfinite(value)) return "n/a";
    const std::string text = group_digits(fmt::format("{:.{}f}", std::abs(value), std::clamp(digits, 0, 9)));
    return value < 0 && !is_zero_text(text) ? negated(text) : text;
}

std::string grouped(std::int64_t value) {
    const std::string text = fmt::format("{}", value);
    return value < 0 ? negated(group_digits(text.substr(1))) : group_digits(text);
}

std::string signed_number(double value, int digits) {
    const std::string text = number(value, digits);
    return value > 0 && std::isfinite(value) && !is_zero_text(text) ? "+" + text : text;
}

std::string percent(double share, int digits) {
    return std::isfinite(share) ? with_unit(number(share * 100, digits), "%") : "n/a";
}

std::string signed_percent(double share, int digits) {
    return std::isfinite(share) ? with_unit(signed_number(share * 100, digits), "%") : "n/a";
}

int digits_for(double half_width) {
    if (!std::isfinite(half_width) || half_width <= 0) return 2;
    return std::clamp(1 - static_cast<int>(std::floor(std::log10(half_width))), 0, 4);
}

std::string money(Money amount, const std::string& currency, double cents_below) {
    return with_unit(number(amount.to_double(), money_digits(amount, cents_below)), currency);
}

std::string signed_money(Money amount, const std::string& currency, double cents_below) {
    return with_unit(signed_number(amount.to_double(), money_digits(amount, cents_below)), currency);
}

std::string number(const Figure& figure, int digits) {
    return figure.value ? number(*figure.value, digits) : "n/a";
}

std::string interval(double low, double high, int digits) {
    return number(low, digits) + " to " + number(high, digits);
}

std::string date(UnixNanos time) {
    const CivilTime c = to_civil(time);
    return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

std::string date_time(UnixNanos time) {
    const CivilTime c = to_civil(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute);
}

std::string html_time(UnixNanos time, bool with_clock) {
    return fmt::format("<time datetime=\"{}\">{}</time>", to_iso8601(time), with_clock ? date_time(time) : date(time));
}

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural) {
    return grouped(count).append(no_break_space).append(count == 1 ? singular : plural);
}

double width_em(std::string_view text) {
    double width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
        const std::string_view rest = text.substr(i);
        // Signs and figures are the widest of common fonts where a reader's own is not known.
        if (std::string_view("+=<>").find(c) != std::string_view::npos || rest.starts_with("−") || rest.starts_with("≤") ||
            rest.starts_with("≥") || rest.starts_with("±") || rest.starts_with("×"))
            width += 0.84;
        else if (c >= '0' && c <= '9') width += 0.64;
        else if (std::string_view("ilj.,:;'|!()[] t").find(c) != std::string_view::npos) width += 0.34;
        else if (std::string_view("mwMW%@").find(c) != std::string_view::npos) width += 0.92;
        else if (c >= 'A' && c <= 'Z') width += 0.70;
        else width += 0.59;
    }
    return width;
}

}  // namespace aitrading::report

#include "market/history/decimal.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace aitrading::market {
namespace {

__extension__ using Wide = __int128;

constexpr std::array<std::int64_t, 19> power_of_ten = [] {
    std::array<std::int64_t, 19> out{};
    std::int64_t value = 1;
    for (auto& entry : out) {
        entry = value;
        if (&entry != &out.back()) value *= 10;
    }
    return out;
}();

bool same_word(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

Decimal word(std::string_view text) {
    for (const std::string_view missing : {"", "null", "n/a", "na", "none", "-"})
        if (same_word(text, missing)) return {DecimalStatus::missing, 0, 0};
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    for (const std::string_view nan : {"nan", "inf", "infinity", "-nan"})
        if (same_word(text, nan)) return {DecimalStatus::nan, 0, 0};
    return {DecimalStatus::not_a_number, 0, 0};
}

int significant_decimals(std::int64_t scaled, int scale_digits) {
    int decimals = scale_digits;
    while (decimals > 0 && scaled % 10 == 0) {
        scaled /= 10;
        --decimals;
    }
    return decimals;
}

/// Digits as read: value = mantissa * 10^exponent. Digits beyond the nineteenth only round.
struct Digits {
    std::uint64_t mantissa = 0;
    int kept = 0;      ///< significant digits in the mantissa
    int exponent = 0;
    bool any = false;
    int next = -1;     ///< first digit that was left out, for rounding

    void add(char c, bool after_point) {
        any = true;
        if (kept < 19) {
            mantissa = mantissa * 10 + static_cast<std::uint64_t>(c - '0');
            kept += mantissa != 0;
            exponent -= after_point;
            return;
        }
        if (next < 0) next = c - '0';
        exponent += !after_point;
    }
};

Decimal scale(const Digits& digits, bool negative, int scale_digits) {
    int shift = digits.exponent + scale_digits;
    Wide value = digits.mantissa;
    if (shift >= 0) {
        if (value != 0 && shift > 18) return {DecimalStatus::too_large, 0, 0};
        value *= power_of_ten[static_cast<std::size_t>(value == 0 ? 0 : shift)];
        if (shift == 0 && digits.next >= 5) ++value;
    } else if (shift < -18) {
        value = 0;
    } else {
        const std::int64_t unit = power_of_ten[static_cast<std::size_t>(-shift)];
        value = (value + unit / 2) / unit;
    }
    if (value > std::numeric_limits<std::int64_t>::max()) return {DecimalStatus::too_large, 0, 0};
    const auto scaled = static_cast<std::int64_t>(value);
    return {DecimalStatus::ok, negative ? -scaled : scaled, significant_decimals(scaled, scale_digits)};
}

bool read_exponent(std::string_view text, int& exponent) {
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 3) return false;
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    exponent += negative ? -value : value;
    return true;
}

/// Whether groups of exactly three digits follow the first of one to three, up to the point or the end.
bool grouped_soundly(std::string_view text, char point, char thousands) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    const std::string_view whole = text.substr(0, text.find(point));
    std::size_t run = 0, groups = 0;
    for (const char c : whole) {
        if (c != thousands) {
            if (c < '0' || c > '9') return false;
            ++run;
            continue;
        }
        if (groups == 0 ? run < 1 || run > 3 : run != 3) return false;
        ++groups;
        run = 0;
    }
    return run == 3 && text.find(thousands, whole.size()) == std::string_view::npos;
}

Decimal parse_grouped(std::string_view text, int scale_digits, char point, char thousands) {
    constexpr std::size_t text_max = 40;
    if (text.size() > text_max || !grouped_soundly(text, point, thousands)) return {DecimalStatus::not_a_number, 0, 0};
    std::array<char, text_max> plain{};
    const auto end = std::ranges::remove_copy(text, plain.begin(), thousands).out;
    return parse_decimal({plain.data(), static_cast<std::size_t>(end - plain.begin())}, scale_digits, point);
}

}  // namespace

Decimal parse_decimal(std::string_view text, int scale_digits, char point, char thousands) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+')) at = 1;
    Digits digits;
    bool after_point = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c >= '0' && c <= '9')
            digits.add(c, after_point);
        else if (c == point && !after_point)
            after_point = true;
        else
            break;
    }
    if (!digits.any) return word(text);
    if (at < text.size()) {
        if (thousands != '\0' && text[at] == thousands) return parse_grouped(text, scale_digits, point, thousands);
        if ((text[at] != 'e' && text[at] != 'E') || !read_exponent(text.substr(at + 1), digits.exponent))
            return {DecimalStatus::not_a_number, 0, 0};
    }
    return scale(digits, negative, scale_digits);
}

}  // namespace aitrading::market

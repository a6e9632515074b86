#include "report/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace aitrading::report {
namespace {

constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

double nice_step(double span, int target) {
    const double rough = span / target;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= rough * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

int digits_of_step(double step) {
    for (int digits = 0; digits < 9; ++digits) {
        const double scaled = step * std::pow(10.0, digits);
        if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) return digits;
    }
    return 9;
}

std::vector<TimeTick> month_ticks(UnixNanos from, UnixNanos to, int months) {
    std::vector<TimeTick> ticks;
    const CivilTime first = to_civil(from), last = to_civil(to);
    int index = first.year * 12 + first.month - 1;
    index -= ((index % months) + months) % months;
    for (; index <= last.year * 12 + last.month - 1; index += months) {
        CivilTime at;
        at.year = index / 12;
        at.month = index % 12 + 1;
        // A month that began before `from` is no tick; asking its instant first could leave the range of time.
        if (index < first.year * 12 + first.month - 1) continue;
        const UnixNanos time = from_civil(at);
        if (time < from) continue;
        const bool name_year = months >= 12 || at.month == 1 || ticks.empty();
        std::string label = months >= 12 ? "" : month_names[static_cast<std::size_t>(at.month - 1)];
        if (name_year) label += fmt::format("{}{}", label.empty() ? "" : " ", at.year);
        ticks.push_back({time, label});
    }
    return ticks;
}

std::vector<TimeTick> clock_ticks(UnixNanos from, UnixNanos to, std::int64_t step) {
    std::vector<TimeTick> ticks;
    const std::int64_t remainder = ((from.value % step) + step) % step;
    std::int64_t at = remainder == 0 ? from.value : from.value - remainder + step;
    for (std::int64_t left = (to.value - at) / step; at <= to.value && left >= 0; at += step, --left) {
        const CivilTime c = to_civil({at});
        const bool midnight = c.hour == 0 && c.minute == 0;
        std::string label = midnight || step >= nanos_per_day
                                ? fmt::format("{} {}", c.day, month_names[static_cast<std::size_t>(c.month - 1)])
                                : fmt::format("{:02}:{:02}", c.hour, c.minute);
        if (ticks.empty() && step >= nanos_per_day) label += fmt::format(" {}", c.year);
        ticks.push_back({{at}, label});
    }
    return ticks;
}

}  // namespace

double Scale::operator()(double value) const {
    const double span = values_.high - values_.low;
    if (span == 0) return (pixels_.low + pixels_.high) / 2;
    return pixels_.low + (value - values_.low) / span * (pixels_.high - pixels_.low);
}

NiceAxis nice_axis(double low, double high, int target) {
    if (!std::isfinite(low) || !std::isfinite(high) || low > high) {
        low = 0;
        high = 1;
    }
    const double magnitude = std::max({std::abs(low), std::abs(high), 1e-9});
    if (high - low < magnitude * 1e-9) {
        const double half = low == 0 ? 1 : std::abs(low) * 0.05;
        low -= half;
        high += half;
    }
    const double step = nice_step(high - low, std::max(1, target));
    NiceAxis axis;
    const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
    for (double i = first; i <= last + 0.5 && axis.ticks.size() < 64; ++i) axis.ticks.push_back(i * step);
    axis.range = {first * step, last * step};
    axis.digits = digits_of_step(step);
    return axis;
}

std::vector<TimeTick> time_ticks(UnixNanos from, UnixNanos to, int most) {
    const double span = static_cast<double>(to.value) - static_cast<double>(from.value);
    if (span <= 0) return {{from, fmt::format("{}-{:02}-{:02}", to_civil(from).year, to_civil(from).month, to_civil(from).day)}};
    constexpr double month = 30.4375 * static_cast<double>(nanos_per_day);
    if (span / (2 * month) < most) {
        for (const std::int64_t hours : {1, 2, 4, 6, 12, 24, 48, 24 * 7, 24 * 14}) {
            const std::int64_t step = hours * nanos_per_hour;
            if (span / static_cast<double>(step) <= most) return clock_ticks(from, to, step);
        }
    }
    for (const int months : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600})
        if (span / (months * month) <= most) return month_ticks(from, to, months);
    return month_ticks(from, to, 1200);
}

}  // namespace aitrading::report

#include "report/palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::report {
namespace {

constexpr Rgb rgb(std::uint32_t hex) {
    return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex)};
}

constexpr std::array<Swatch, ink_count> swatches{{
    {Ink::blue, "blue", rgb(0x0072B2), rgb(0x0068A3), rgb(0x0072B2), rgb(0x5FB0E6)},
    {Ink::orange, "orange", rgb(0xE69F00), rgb(0x855B00), rgb(0xE69F00), rgb(0xEDB033)},
    {Ink::green, "green", rgb(0x009E73), rgb(0x00704F), rgb(0x009E73), rgb(0x3CC79D)},
    {Ink::vermilion, "vermilion", rgb(0xD55E00), rgb(0xB04A00), rgb(0xD55E00), rgb(0xF58A45)},
    {Ink::purple, "purple", rgb(0xCC79A7), rgb(0x9A4674), rgb(0xCC79A7), rgb(0xDE9CC0)},
    {Ink::sky, "sky", rgb(0x56B4E9), rgb(0x1C6C9A), rgb(0x56B4E9), rgb(0x7CC6F0)},
    {Ink::grey, "grey", rgb(0x8A8F98), rgb(0x5E636B), rgb(0x8A8F98), rgb(0xA9AEB7)},
    {Ink::text, "text", rgb(0x1B1D21), rgb(0x1B1D21), rgb(0xE6E8EB), rgb(0xE6E8EB)},
    {Ink::faint, "faint", rgb(0x5E636B), rgb(0x5E636B), rgb(0xA4A9B2), rgb(0xA4A9B2)},
    {Ink::grid, "grid", rgb(0xE1E4E8), rgb(0x5E636B), rgb(0x2C3036), rgb(0xA4A9B2)},
    {Ink::page, "page", rgb(0xFFFFFF), rgb(0xFFFFFF), rgb(0x14161A), rgb(0x14161A)},
}};

constexpr std::array<RegimeStyle, regime_count> regimes{{
    {1, "strong trend up", "Up, strong", Ink::blue, false},
    {2, "weak trend up", "Up, weak", Ink::sky, false},
    {3, "strong trend down", "Down, strong", Ink::vermilion, false},
    {4, "weak trend down", "Down, weak", Ink::orange, false},
    {5, "tight range", "Tight range", Ink::grey, false},
    {6, "wide range", "Wide range", Ink::grey, true},
    {7, "quiet", "Quiet", Ink::green, false},
    {8, "volatile", "Volatile", Ink::purple, false},
    {9, "breakout up", "Breakout up", Ink::blue, true},
    {10, "breakout down", "Breakout down", Ink::vermilion, true},
    {11, "reversal", "Reversal", Ink::purple, true},
    {12, "crisis", "Crisis", Ink::text, false},
}};

double channel(std::uint8_t value) {
    const double c = value / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Rgb c) {
    return 0.2126 * channel(c.red) + 0.7152 * channel(c.green) + 0.0722 * channel(c.blue);
}

std::string hex(Rgb c) { return fmt::format("#{:02x}{:02x}{:02x}", c.red, c.green, c.blue); }

}  // namespace

const std::array<Swatch, ink_count>& palette() { return swatches; }

const std::array<RegimeStyle, regime_count>& regime_styles() { return regimes; }

const RegimeStyle& regime_style(int number) {
    CHECK(number >= 1 && number <= static_cast<int>(regime_count));
    return regimes[static_cast<std::size_t>(number - 1)];
}

std::string regime_label(int number) { return fmt::format("{} {}", number, regime_style(number).name); }

std::string_view name(Ink ink) { return swatches[static_cast<std::size_t>(ink)].name; }

double contrast(Rgb a, Rgb b) {
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

std::string css_variables(bool dark) {
    std::string out;
    for (const Swatch& s : swatches)
        out += fmt::format("--{0}:{1};--{0}-text:{2};", s.name, hex(dark ? s.dark : s.light),
                           hex(dark ? s.dark_text : s.light_text));
    // Surface of the figure strip and of table headers: one step from the page.
    out += dark ? "--surface:#1c1f24;" : "--surface:#f5f6f7;";
    return out;
}

std::string css_ink_classes() {
    std::string out;
    for (const Swatch& s : swatches)
        out += fmt::format(".s-{0}{{stroke:var(--{0});fill:none}}.f-{0}{{fill:var(--{0})}}.t-{0}{{fill:var(--{0}-text)}}",
                           s.name);
    return out;
}

}  // namespace aitrading::report

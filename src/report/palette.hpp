#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace aitrading::report {

/// The colours of every picture, by name; safe for colour blindness. `text`, `faint`, `grid` and `page` follow the
/// theme. Gains are blue, losses vermilion; nothing is told by colour alone.
enum class Ink : std::uint8_t { blue, orange, green, vermilion, purple, sky, grey, text, faint, grid, page };

struct Rgb {
    std::uint8_t red = 0, green = 0, blue = 0;
};

/// One ink in both themes: as line or fill, and as text, which must read at 4.5:1 on its page.
struct Swatch {
    Ink ink;
    std::string_view name;
    Rgb light, light_text;
    Rgb dark, dark_text;
};

inline constexpr std::size_t ink_count = 11;
const std::array<Swatch, ink_count>& palette();
std::string_view name(Ink ink);

/// How one of the twelve regimes looks, everywhere the same: the ink says the family (rising, falling, ranging, …), a
/// dashed or hatched form the fleeting ones, and the number and the name stand beside it wherever it is drawn.
struct RegimeStyle {
    int number;              ///< 1..12
    std::string_view name;   ///< "strong trend up"
    std::string_view brief;  ///< for narrow places: "Up, strong"
    Ink ink;
    bool hatched;
};
inline constexpr std::size_t regime_count = 12;
const std::array<RegimeStyle, regime_count>& regime_styles();
/// @pre 1 <= number <= 12
const RegimeStyle& regime_style(int number);
/// "4 weak trend down"
std::string regime_label(int number);

/// Contrast ratio of two colours, 1..21. Source: WCAG 2.1, relative luminance.
double contrast(Rgb a, Rgb b);

/// `--blue:#0072b2;--blue-text:…;` for one theme.
std::string css_variables(bool dark);
/// `.s-blue{stroke:…}.f-blue{fill:…}.t-blue{fill:…}` for every ink.
std::string css_ink_classes();

}  // namespace aitrading::report

#include "report/palette.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <utility>

namespace aitrading::report {
namespace {

Rgb blend(Rgb over, Rgb under, double share) {
    const auto mix = [&](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(std::lround(a * share + b * (1 - share))); };
    return {mix(over.red, under.red), mix(over.green, under.green), mix(over.blue, under.blue)};
}

const Swatch& swatch(Ink ink) { return palette()[static_cast<std::size_t>(ink)]; }

TEST(Palette, knows_the_extremes_of_contrast) {
    EXPECT_NEAR(contrast({0, 0, 0}, {255, 255, 255}), 21.0, 1e-9);
    EXPECT_NEAR(contrast({119, 119, 119}, {255, 255, 255}), 4.48, 0.01);  // #777 on white, as WCAG tools give it
    EXPECT_DOUBLE_EQ(contrast({9, 9, 9}, {9, 9, 9}), 1.0);
}

TEST(Palette, lists_every_ink_at_its_place) {
    for (std::size_t i = 0; i < palette().size(); ++i) EXPECT_EQ(static_cast<std::size_t>(palette()[i].ink), i);
}

TEST(Palette, text_of_every_ink_reads_on_both_pages) {
    for (const Swatch& s : palette()) {
        if (s.ink == Ink::page) continue;
        EXPECT_GE(contrast(s.light_text, swatch(Ink::page).light), 4.5) << s.name << " light";
        EXPECT_GE(contrast(s.dark_text, swatch(Ink::page).dark), 4.5) << s.name << " dark";
    }
}

TEST(Palette, text_reads_on_the_strongest_cell_of_a_heat_map) {
    for (const Ink ink : {Ink::blue, Ink::vermilion}) {
        const Swatch& s = swatch(ink);
        EXPECT_GE(contrast(swatch(Ink::text).light_text, blend(s.light, swatch(Ink::page).light, 0.6)), 4.5) << s.name;
        EXPECT_GE(contrast(swatch(Ink::text).dark_text, blend(s.dark, swatch(Ink::page).dark, 0.6)), 4.5) << s.name;
    }
}

TEST(Palette, gives_each_regime_a_look_of_its_own) {
    std::set<std::pair<Ink, bool>> looks;
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < regime_count; ++i) {
        const RegimeStyle& style = regime_styles()[i];
        EXPECT_EQ(style.number, static_cast<int>(i) + 1);
        EXPECT_EQ(&regime_style(style.number), &style);
        EXPECT_TRUE(looks.emplace(style.ink, style.hatched).second) << style.name;
        EXPECT_TRUE(names.insert(style.name).second) << style.name;
        EXPECT_NE(style.ink, Ink::page);
        EXPECT_NE(style.ink, Ink::grid);
    }
    EXPECT_EQ(regime_label(4), "4 weak trend down");
}

TEST(Palette, names_its_variables_in_both_themes) {
    for (const Swatch& s : palette()) {
        EXPECT_NE(css_variables(false).find("--" + std::string(s.name) + ":#"), std::string::npos);
        EXPECT_NE(css_variables(true).find("--" + std::string(s.name) + "-text:#"), std::string::npos);
        EXPECT_NE(css_ink_classes().find(".f-" + std::string(s.name) + "{"), std::string::npos);
    }
}

}  // namespace
}  // namespace aitrading::report

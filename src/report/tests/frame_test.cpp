#include "report/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace aitrading::report {
namespace {

TEST(SpreadApart, keeps_labels_from_covering_each_other) {
    SplitMix64 random(3);
    for (int round = 0; round < 500; ++round) {
        std::vector<double> wanted(1 + random.next_below(6));
        for (double& y : wanted) y = 300 * random.next_uniform();
        std::vector<double> placed = spread_apart(wanted, 15, 0, 300);
        std::ranges::sort(placed);
        for (std::size_t i = 1; i < placed.size(); ++i) EXPECT_GE(placed[i] - placed[i - 1], 15 - 1e-9);
        EXPECT_GE(placed.front(), -1e-9);
        EXPECT_LE(placed.back(), 300 + 1e-9);
    }
}

TEST(SpreadApart, leaves_labels_that_have_room) {
    EXPECT_THAT(spread_apart({200, 10, 100}, 15, 0, 300), testing::ElementsAre(200, 10, 100));
}

TEST(BottomAxis, leaves_out_labels_that_would_run_into_each_other_and_keeps_zero) {
    const NiceAxis axis{{-15'000, 5'000}, {-15'000, -10'000, -5'000, 0, 5'000}, 0};
    const auto drawn = [&](double width) {
        Canvas canvas(width, 60);
        draw_bottom_axis(canvas, {8, 0, width - 60, 30}, axis, plain_label(axis), "");
        return canvas.finish("id", "t", "d");
    };
    for (const char* all : {"−15,000", "−10,000", "−5,000", ">0<", "5,000"}) EXPECT_THAT(drawn(1000), testing::HasSubstr(all));
    const std::string phone = drawn(200);
    EXPECT_THAT(phone, testing::AllOf(testing::HasSubstr(">0<"), testing::HasSubstr("−10,000"), testing::Not(testing::HasSubstr("−15,000"))));
}

TEST(Thin, keeps_the_extremes_of_a_million_points_in_a_bounded_number) {
    SplitMix64 random(5);
    std::vector<Point> points;
    points.reserve(1'000'000);
    for (int i = 0; i < 1'000'000; ++i) points.push_back({i * 0.0011, random.next_normal()});
    points[123'456].y = 99;
    points[654'321].y = -99;
    const std::vector<Point> kept = thin(points);
    EXPECT_LE(kept.size(), 4U * 1101U);
    EXPECT_EQ(std::ranges::max_element(kept, {}, &Point::y)->y, 99);
    EXPECT_EQ(std::ranges::min_element(kept, {}, &Point::y)->y, -99);
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &Point::x));
    EXPECT_EQ(kept.front().x, points.front().x);
    EXPECT_EQ(kept.back().x, points.back().x);
}

TEST(Thin, steps_over_what_is_no_number) {
    EXPECT_TRUE(thin(std::vector<Point>{}).empty());
    const std::vector<Point> points{{NAN, 1}, {0, NAN}, {0, 2}, {1, INFINITY}, {NAN, NAN}};
    ASSERT_EQ(thin(points).size(), 1U);
    EXPECT_EQ(thin(points)[0].y, 2);
}

TEST(Canvas, leaves_out_what_is_not_finite_and_escapes_the_rest) {
    Canvas canvas(100, 50);
    canvas.line({0, NAN}, {1, 1}, {});
    canvas.marker(Shape::diamond, {INFINITY, 0}, 4, Ink::blue);
    canvas.text({NAN, 3}, "gone", {});
    canvas.rect({0, 0, NAN, 1}, Ink::blue, 1);
    const std::vector<Point> none{{NAN, NAN}};
    canvas.polyline(none, {});
    canvas.area(none, none, Ink::blue, 1);
    canvas.text({1, 2}, "a<b", {});
    canvas.hover({0, 0, 1, 1}, "x & y");
    const std::string svg = canvas.finish("id", "t<", "d>");
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
    EXPECT_EQ(svg.find("gone"), std::string::npos);
    EXPECT_THAT(svg, testing::HasSubstr(">a&lt;b</text>"));
    EXPECT_THAT(svg, testing::HasSubstr("<title>x &amp; y</title>"));
    EXPECT_THAT(svg, testing::HasSubstr("aria-labelledby=\"idt idd\"><title id=\"idt\">t&lt;</title><desc id=\"idd\">d&gt;</desc>"));
}

}  // namespace
}  // namespace aitrading::report

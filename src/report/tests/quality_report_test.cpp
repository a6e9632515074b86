#include "report/quality_report.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace aitrading::report {
namespace {

QualityReport faulty() {
    QualityReport out;
    out.series = "EURUSD H1";
    out.span = "2019-01-07 to 2019-01-11";
    out.verdict = "1 row carries the whole day.";
    out.figures = {{"Rows", "5", "five"}};
    const UnixNanos begin = from_civil({2019, 1, 7});
    for (int day = 0; day < 5; ++day)
        out.days.push_back({{begin.value + day * nanos_per_day}, day == 2 ? 0 : 24, 24, day == 1 ? 1 : 0});
    const UnixNanos fault{begin.value + nanos_per_day};
    out.marks = {{"day_in_bar", fault, fault, true, 1.2}, {"clock_shift", fault, {fault.value + 2 * nanos_per_day}, false, NAN}};
    out.findings = {{"day_in_bar", "<b>bold</b> & \"quoted\"", 1, 2, true}, {"clock_shift", "one hour behind", 1, 3, false}};
    out.weeks = {{begin, 0, 0, -1}, {{begin.value + 7 * nanos_per_day}, 1, -1, 0}};
    out.clock_title = "The clock was another one";
    out.buckets = {{begin, 1.1, 1.2, -0.3, 0.5}, {{begin.value + nanos_per_day}, 1.1, 1.3, 0.1, 0.6}};
    out.spread_unit = "pips";
    out.crossed_share = 0.1;
    out.spread = {{0, 0.1, 0.2, 0.3, 9}, {13, 0.1, 0.5, 0.9, 8}};
    out.no_volume = "It is always zero.";
    out.close_up = {{begin, 1.1, 1.2, 1.0, 1.15, ""}, {fault, 1.1, 1.3, 1.0, 1.2, "day_in_bar"}};
    out.close_up_title = "What is wrong";
    out.quarantine.columns = {{"Text"}};
    out.quarantine.rows.push_back({Cell("<script>alert(1)</script>")});
    return out;
}

TEST(QualityReport, shows_each_fault_before_what_is_sound) {
    const std::string html = render_quality_report(faulty());
    const auto at = [&](std::string_view text) { return html.find(text); };
    ASSERT_NE(at("What is wrong"), std::string::npos);
    EXPECT_LT(at("1 row carries the whole day."), at("What is wrong"));
    EXPECT_LT(at("When the 2 kinds of findings were met"), at("What is there"));
    EXPECT_LT(at("The clock was another one"), at("What is there"));
    EXPECT_LT(at("10.0\u00a0% of the quotes are crossed"), at("What is there"));
    EXPECT_TRUE(html.find("4 of 5 trading days are complete, 1 missing") != std::string::npos);
    EXPECT_TRUE(html.find("It is always zero.") != std::string::npos);
}

TEST(QualityReport, trusts_no_text_of_a_file) {
    const std::string html = render_quality_report(faulty());
    EXPECT_TRUE(html.find("<script>alert") == std::string::npos);
    EXPECT_TRUE(html.find("<b>bold") == std::string::npos);
}

TEST(QualityReport, of_an_empty_or_broken_series_is_a_page_all_the_same) {
    QualityReport empty;
    empty.series = "X D1";
    EXPECT_TRUE(render_quality_report(empty).find("Nothing remarkable") != std::string::npos);
    QualityReport broken = faulty();
    broken.buckets = {{{0}, NAN, INFINITY, NAN, NAN}};
    broken.weeks = {{{0}, NAN, NAN, NAN}};
    const std::string html = render_quality_report(broken);
    EXPECT_TRUE(html.find("=\"nan") == std::string::npos);
    EXPECT_TRUE(html.find("inf\"") == std::string::npos);
}

TEST(QualityReport, is_the_same_each_time) { EXPECT_TRUE(render_quality_report(faulty()) == render_quality_report(faulty())); }

}  // namespace
}  // namespace aitrading::report

#include "report/format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace aitrading::report {
namespace {

TEST(Format, groups_thousands_and_uses_a_true_minus) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(-1234567), "−1,234,567");
    EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "−9,223,372,036,854,775,808");
    EXPECT_EQ(number(1234567.891, 2), "1,234,567.89");
    EXPECT_EQ(number(-0.001, 2), "0.00");
    EXPECT_EQ(signed_number(0.004, 2), "0.00");
    EXPECT_EQ(signed_number(12.5, 1), "+12.5");
    EXPECT_EQ(signed_number(-12.5, 1), "−12.5");
}

TEST(Format, says_n_a_for_values_that_are_no_numbers) {
    EXPECT_EQ(number(NAN, 2), "n/a");
    EXPECT_EQ(number(INFINITY, 2), "n/a");
    EXPECT_EQ(percent(NAN), "n/a");
    EXPECT_EQ(signed_percent(-INFINITY), "n/a");
    EXPECT_EQ(number(Figure::unknown("why"), 2), "n/a");
}

TEST(Format, gives_as_many_digits_as_the_interval_justifies) {
    EXPECT_EQ(digits_for(0.87), 2);
    EXPECT_EQ(digits_for(1.4), 1);
    EXPECT_EQ(digits_for(25), 0);
    EXPECT_EQ(digits_for(1e-9), 4);
    EXPECT_EQ(digits_for(NAN), 2);
}

TEST(Format, writes_money_with_its_currency) {
    EXPECT_EQ(money(Money::from_double(9412.4), "USD"), "9,412\u00a0USD");
    EXPECT_EQ(signed_money(Money::from_double(-2.5), "USD"), "−2.50\u00a0USD");
    EXPECT_EQ(money(Money::from_double(2.5), ""), "2.50");
}

TEST(Format, escapes_markup_and_mends_broken_text) {
    EXPECT_EQ(escape("<script>alert('x' & \"y\")</script>"), "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;");
    EXPECT_EQ(escape(std::string("a\0b\x1b\x7f", 5)), "ab");
    EXPECT_EQ(escape("\xff\xc0\xaf"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(escape("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a lone surrogate is no character";
    EXPECT_EQ(escape("€ 𝛼"), "€ 𝛼");
    EXPECT_EQ(escape("\xe2\x82"), "\uFFFD\uFFFD") << "cut in the middle of a character";
}

TEST(Format, writes_times_in_utc) {
    const UnixNanos time = from_civil({.year = 2019, .month = 5, .day = 31, .hour = 20});
    EXPECT_EQ(date(time), "2019-05-31");
    EXPECT_EQ(date_time(time), "2019-05-31 20:00");
    EXPECT_EQ(html_time(time, false), "<time datetime=\"2019-05-31T20:00:00Z\">2019-05-31</time>");
}

}  // namespace
}  // namespace aitrading::report

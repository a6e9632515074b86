#include "report/regime_pictures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <tuple>

#include "report/trade_maps.hpp"
#include "sample.hpp"

namespace aitrading::report {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(RegimePath, parts_stays_and_counts_every_step_once) {
    const std::vector<int> path{0, 0, 2, 2, 2, 5, 0, 5, 5, 2};
    const auto stays = regime_stays(path);
    ASSERT_EQ(stays.size(), 4U);
    EXPECT_EQ(stays[0].regime, 2);
    EXPECT_EQ(stays[0].bars(), 3U);
    EXPECT_FALSE(stays[0].whole) << "it may have begun before it was known";
    EXPECT_FALSE(stays[1].whole);
    EXPECT_FALSE(stays[3].whole) << "it has not ended";
    const RegimeFigures f = regime_figures(path);
    EXPECT_EQ(f.known, 7);
    EXPECT_EQ(f.bars[1], 4);
    EXPECT_EQ(f.moves[1][1], 2);
    EXPECT_EQ(f.moves[1][4], 1);
    EXPECT_EQ(f.moves[4][1], 1);
    EXPECT_EQ(f.moves[4][4], 1) << "not over the gap";
    EXPECT_EQ(f.changes, 2);
    EXPECT_EQ(f.leaving(1), 1);
}

TEST(RegimePath, interval_of_a_median_is_the_binomial_one) {
    // Ranks of the 95 % interval from tables of the sign test: n 10 -> 2 and 9, n 25 -> 8 and 18, n 100 -> 40 and 61.
    for (const auto& [n, low, high] : {std::tuple{10, 2, 9}, {25, 8, 18}, {100, 40, 61}}) {
        std::vector<double> values(static_cast<std::size_t>(n));
        std::iota(values.begin(), values.end(), 1.0);
        const MedianStay m = median_stay(values);
        EXPECT_EQ(m.low, low) << n;
        EXPECT_EQ(m.high, high) << n;
        EXPECT_EQ(m.middle, (n + 1) / 2.0);
    }
    EXPECT_TRUE(std::isnan(median_stay(std::vector<double>{1, 2, 3, 4, 5}).low)) << "five values tell no interval of 95 %";
    EXPECT_EQ(median_stay(std::vector<double>{1, 2, 3, 4, 5, 6}).low, 1);
    EXPECT_EQ(median_stay({}).stays, 0);
    std::vector<double> many(20'000);
    std::iota(many.begin(), many.end(), 0.0);
    EXPECT_NEAR(median_stay(many).low, 10'000 - 139, 2);  // 1.96 sqrt(n) / 2
}

std::string drawn(const Picture& picture, double width) {
    return picture.draw({width, width < 400}).finish("x", picture.title, "");
}

TEST(RegimePictures, name_every_regime_that_came_and_none_that_did_not) {
    RegimePrices series{sample::hourly_walk(3000, 1), std::vector<int>(3000, 0)};
    for (std::size_t i = 300; i < 3000; ++i) series.regime[i] = i / 50 % 2 == 0 ? 4 : 9;
    const RegimeFigures f = regime_figures(series.regime);
    const Picture pictures[] = {regime_price_picture(series), regime_close_up_picture(series), regime_transition_picture(f, "X"),
                                regime_duration_picture(f, "X"), regime_share_picture(f, "X")};
    for (const Picture& p : pictures)
        for (const double width : {328.0, 720.0, 1100.0}) {
            const std::string svg = drawn(p, width);
            EXPECT_THAT(svg, Not(ContainsRegex("[ \"]-?(nan|inf)"))) << p.title;
            EXPECT_THAT(svg, Not(HasSubstr("crisis"))) << p.title;
        }
    EXPECT_THAT(drawn(pictures[0], 1100), HasSubstr("4 weak trend down"));
    EXPECT_THAT(drawn(pictures[0], 328), HasSubstr("9 Breakout up"));
    EXPECT_THAT(drawn(pictures[2], 1100), HasSubstr(">To regime<"));
    EXPECT_THAT(pictures[2].title, HasSubstr("100\u00a0% of the"));
    EXPECT_THAT(pictures[4].subtitle, HasSubstr("Never came: strong trend up"));
    EXPECT_EQ(pictures[2].table.rows.size(), 2U);
}

TEST(RegimePictures, transition_table_shares_of_a_row_add_up) {
    const RegimeFigures f = regime_figures(sample::made_regimes(9000, 2));
    std::map<std::string, std::int64_t> counts;
    std::int64_t all = 0;
    for (const auto& row : regime_transition_picture(f, "X").table.rows) {
        std::string digits;
        for (const char c : row[2].text)
            if (c >= '0' && c <= '9') digits += c;
        counts[row[0].text] += std::stoll(digits);
    }
    for (const auto& [from, count] : counts) all += count;
    EXPECT_EQ(all, f.changes);
    for (int k = 1; k <= 12; ++k) EXPECT_EQ(counts[regime_label(k)], f.leaving(static_cast<std::size_t>(k - 1)));
}

TEST(RegimePictures, stay_small_for_many_bars) {
    RegimePrices series{sample::hourly_walk(60'000, 1), sample::made_regimes(60'000, 5)};
    Page page("t", "k", "s", "c");
    add_regime_pictures(page, series);
    EXPECT_LT(page.finish().size(), 700'000U);
}

TEST(RegimePictures, count_regimes_apart_from_their_base_rate) {
    std::vector<RegimeRow> rows(3);
    rows[0] = {1, 1000, 0.5, 0.6, 0.57, 0.63, 0.52, 0.01, 0.9, 1.0, 0.2, 0.8, 0.3, 1.3};
    rows[1] = {2, 500, 0.25, 0.5, 0.46, 0.54, 0.52, -0.01, 0.9, 0.1, 0.4, -0.3, -0.9, 0.3};
    rows[2] = {8, 500, 0.25, 0.45, 0.41, 0.49, 0.52, -0.02, Figure::unknown("none"), -0.5, 0.4, -0.9, -1.5, -0.3};
    EXPECT_THAT(regime_accuracy_picture("m", rows).title, HasSubstr("1 of 3 regimes lie above the base rate and 1 below"));
    EXPECT_THAT(regime_cost_picture(rows).title, HasSubstr("1 of 3 regimes gain and 1 lose"));
    rows[1].net_bp = Figure::unknown("not traded");
    EXPECT_THAT(regime_cost_picture(rows).title, HasSubstr("of 2 regimes"));
    EXPECT_EQ(regime_accuracy_picture("m", rows).table.rows[2][7].text, "n/a");
}

TEST(RegimeTrades, know_the_regime_of_the_last_bar_closed_before_them) {
    const RegimePrices series{sample::hourly_walk(10, 1), {0, 0, 0, 4, 4, 7, 7, 7, 7, 7}};
    Trade trade;
    trade.net = Money::from_double(3);
    const auto regime_of = [&](UnixNanos opened) {
        trade.opened = opened;
        const HeatMap map = profit_by_regime_and_hour({trade}, series, "USD");
        return map.rows.empty() ? std::string("none") : map.rows[0];
    };
    EXPECT_EQ(regime_of(series.prices.time[5]), "4 Down, weak") << "the bar of its own opening is not closed";
    EXPECT_EQ(regime_of({series.prices.time[5].value + 1}), "4 Down, weak") << "nor while it lasts";
    EXPECT_EQ(regime_of(series.prices.time[6]), "7 Quiet");
    EXPECT_EQ(regime_of(series.prices.time[3]), "none");
    EXPECT_EQ(regime_of(series.prices.time[0]), "none");
}

TEST(RegimeReportPage, says_so_where_no_regime_is_known) {
    RegimeReport report = sample::regimes();
    report.series.regime.assign(report.series.prices.size(), 0);
    EXPECT_THAT(render_regime_report(report), HasSubstr("No regime is known on these bars."));
    EXPECT_THAT(render_regime_report({}), HasSubstr("No regime is known on these bars."));
}

}  // namespace
}  // namespace aitrading::report

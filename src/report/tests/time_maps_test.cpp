#include "report/time_cells.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "report/prediction_maps.hpp"
#include "report/trade_maps.hpp"
#include "sample.hpp"

namespace aitrading::report {
namespace {

std::int64_t counted_values(const HeatMap& map) {
    return std::accumulate(map.cells.begin(), map.cells.end(), std::int64_t{0}, [](std::int64_t sum, const MeanOf& cell) { return sum + cell.n; });
}

TEST(WhereItWorked, counts_every_bar_once) {
    const ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(5000, 1), 0.05, 2);
    EXPECT_EQ(counted_values(gain_by_hour_and_weekday(bars)), 5000);
    EXPECT_EQ(counted_values(gain_by_year_and_month(bars)), 5000);
    EXPECT_EQ(counted_values(gain_by_weekday_and_month(bars)), 5000);
    EXPECT_EQ(counted_values(gain_by_regime_and_hour(bars)), 0) << "no regime is known";
}

TEST(WhereItWorked, finds_no_gain_in_the_constant_answer) {
    ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(5000, 1), 0.05, 2);
    const double ones = std::accumulate(bars.y.begin(), bars.y.end(), 0.0);
    bars.p_up.assign(bars.size(), ones * 2 >= 5000 ? 0.9 : 0.1);
    for (const MeanOf& cell : gain_by_hour_and_weekday(bars).cells) EXPECT_EQ(cell.sum, 0);
}

TEST(WhereItWorked, sees_the_hours_in_which_all_the_knowledge_lies) {
    ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(20000, 1), 0.0, 2);
    for (std::size_t i = 0; i < bars.size(); ++i)
        if (to_civil(bars.time[i]).hour == 20) bars.p_up[i] = bars.y[i] > 0.5F ? 0.9 : 0.1;
    const HeatMap map = gain_by_hour_and_weekday(bars);
    for (std::size_t row = 0; row < map.rows.size(); ++row) {
        const MeanOf& cell = map.cell(row, 20);
        EXPECT_GT(cell.mean() - cell.half_width(), 0.2);
    }
}

TEST(WhereItWorked, draws_no_row_for_days_without_trading) {
    const ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(2000, 1), 0.05, 2);
    EXPECT_THAT(gain_by_hour_and_weekday(bars).rows, testing::ElementsAre("Mon", "Tue", "Wed", "Thu", "Fri"));
}

TEST(WhereItWorked, says_in_its_key_that_some_cells_lie_beyond_the_colours) {
    HeatMap map;
    map.rows = {"a"};
    map.columns = {"x", "y"};
    map.digits = 0;
    map.fewest = 2;
    map.resize();
    const auto key = [&] { return draw_heat_map(map, {1100, false}).finish("id", "t", "d"); };
    for (const int v : {10, 10}) map.cell(0, 0).add(v), map.cell(0, 1).add(-v);
    EXPECT_THAT(key(), testing::Not(testing::HasSubstr("≥")));
    for (const int v : {50, 50}) map.cell(0, 1).add(-v);
    EXPECT_THAT(key(), testing::AllOf(testing::HasSubstr(">≤ −10<"), testing::Not(testing::HasSubstr("≥")))) << "full at the 95th percentile";
}

TEST(WhereItWorked, gives_no_picture_where_nothing_is) {
    EXPECT_TRUE(prediction_maps({}, false).empty());
    EXPECT_TRUE(trade_maps({}, 0, "USD").empty());
}

TEST(WhereItWorked, tells_months_where_all_bars_open_at_one_hour) {
    ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(9000, 1), 0.05, 2);
    bars.regime.assign(bars.size(), 3);
    for (std::size_t i = 0; i < bars.size(); ++i) bars.time[i] = {static_cast<std::int64_t>(i) * nanos_per_day};
    EXPECT_THAT(prediction_maps(bars, false).at(0).subtitle, testing::StartsWith("By regime and month"));
    EXPECT_THAT(gain_by_regime_and_month(bars).rows, testing::ElementsAre("3 Down, strong"));
    std::vector<Trade> trades(400);
    for (std::size_t i = 0; i < trades.size(); ++i) trades[i].opened = bars.time[i];
    EXPECT_THAT(trade_maps(trades, 400, "").at(0).subtitle, testing::HasSubstr("by month and weekday"));
}

TEST(WhereItWorked, warns_where_labels_overlap) {
    const ScoredBars bars = sample::noisy_predictions(sample::hourly_walk(9000, 1), 0.05, 2);
    EXPECT_THAT(prediction_maps(bars, true).at(0).subtitle, testing::HasSubstr("intervals are too short"));
    EXPECT_THAT(prediction_maps(bars, false).at(0).subtitle, testing::Not(testing::HasSubstr("too short")));
}

}  // namespace
}  // namespace aitrading::report

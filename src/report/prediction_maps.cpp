#include "report/prediction_maps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/time_cells.hpp"

namespace aitrading::report {
namespace {

constexpr int no_cell = -1;

/// Adds each bar's gain over the constant answer (-1, 0 or 1) to the cell that the two functions name.
template <class Row, class Column>
void fill(HeatMap& map, const ScoredBars& bars, Row row_of, Column column_of) {
    map.unit = "percentage points";
    map.factor = 100;
    map.digits = 0;
    map.fewest = 30;
    map.resize();
    double ones = 0;
    for (const float y : bars.y) ones += y > 0.5F ? 1 : 0;
    const bool frequent = ones * 2 >= static_cast<double>(bars.y.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (!std::isfinite(bars.p_up[i])) continue;
        const int row = row_of(i), column = column_of(i);
        if (row == no_cell || column == no_cell) continue;
        const bool truth = bars.y[i] > 0.5F;
        const int right = (bars.p_up[i] > 0.5) == truth ? 1 : 0, constant = frequent == truth ? 1 : 0;
        map.cell(static_cast<std::size_t>(row), static_cast<std::size_t>(column)).add(right - constant);
    }
}

template <class Column>
void fill_regimes(HeatMap& map, const ScoredBars& bars, Column column_of) {
    if (bars.regime.size() != bars.size()) return;
    map.rows = regime_row_names();
    map.row_title = "Regime";
    fill(map, bars, [&](std::size_t i) { return bars.regime[i] >= 1 && bars.regime[i] <= 12 ? bars.regime[i] - 1 : no_cell; }, column_of);
    drop_empty_rows(map);
}

}  // namespace

HeatMap gain_by_hour_and_weekday(const ScoredBars& bars) {
    HeatMap map;
    map.rows = weekday_names();
    map.columns = hour_names();
    map.row_title = "Day";
    map.column_title = "Hour (UTC)";
    fill(map, bars, [&](std::size_t i) { return weekday(bars.time[i]); }, [&](std::size_t i) { return hour_of(bars.time[i]); });
    drop_empty_rows(map);
    return map;
}

HeatMap gain_by_year_and_month(const ScoredBars& bars) {
    HeatMap map;
    map.columns = month_names();
    map.row_title = "Year";
    map.column_title = "Month";
    if (bars.size() == 0) return map;
    const auto [first, last] = std::ranges::minmax_element(bars.time);
    const int from = year_of(*first);
    for (int year = from; year <= year_of(*last); ++year) map.rows.push_back(fmt::format("{}", year));
    fill(map, bars, [&](std::size_t i) { return year_of(bars.time[i]) - from; }, [&](std::size_t i) { return month_of(bars.time[i]); });
    drop_empty_rows(map);
    return map;
}

HeatMap gain_by_weekday_and_month(const ScoredBars& bars) {
    HeatMap map;
    map.rows = weekday_names();
    map.columns = month_names();
    map.row_title = "Day";
    map.column_title = "Month";
    fill(map, bars, [&](std::size_t i) { return weekday(bars.time[i]); }, [&](std::size_t i) { return month_of(bars.time[i]); });
    drop_empty_rows(map);
    return map;
}

HeatMap gain_by_regime_and_hour(const ScoredBars& bars) {
    HeatMap map;
    map.columns = hour_names();
    map.column_title = "Hour (UTC)";
    fill_regimes(map, bars, [&](std::size_t i) { return hour_of(bars.time[i]); });
    return map;
}

HeatMap gain_by_regime_and_month(const ScoredBars& bars) {
    HeatMap map;
    map.columns = month_names();
    map.column_title = "Month";
    fill_regimes(map, bars, [&](std::size_t i) { return month_of(bars.time[i]); });
    return map;
}

std::vector<Picture> prediction_maps(const ScoredBars& bars, bool overlap) {
    const std::string what =
        std::string("Share of right answers minus that of always giving the more frequent answer, on the same bars, in percentage points; n = ") +
        grouped(static_cast<std::int64_t>(bars.size())) + "." +
        (overlap ? " Labels reach over several bars, so these intervals are too short: expect more than chance says." : "");
    std::vector<Picture> out;
    const auto add = [&](HeatMap map, const std::string& cells, const std::string& by) {
        if (count_certain(map).shown > 0) out.push_back(picture_of(std::move(map), cells, by + what));
    };
    const bool one_hour = all_at_one_hour(bars.time, [](UnixNanos t) { return t; });
    if (one_hour) {
        add(gain_by_regime_and_month(bars), "regime months", "By regime and month of the year. ");
        add(gain_by_weekday_and_month(bars), "weekdays by month", "By weekday and month of the year. ");
    } else {
        add(gain_by_regime_and_hour(bars), "regime hours", "By regime and hour. ");
        add(gain_by_hour_and_weekday(bars), "hours of the week", "By hour and weekday. ");
    }
    HeatMap by_month = gain_by_year_and_month(bars);
    if (one_hour) by_month.fewest = 15;
    add(std::move(by_month), "months", "By month. ");
    return out;
}

}  // namespace aitrading::report

#include "report/where_it_worked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/format.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

constexpr std::array weekday_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr int no_cell = -1;

template <std::size_t N>
std::vector<std::string> texts(const std::array<const char*, N>& names) {
    return {names.begin(), names.end()};
}

std::vector<std::string> hours() {
    std::vector<std::string> out;
    out.reserve(24);
    for (int hour = 0; hour < 24; ++hour) out.push_back(fmt::format("{}", hour));
    return out;
}

int hour_of(UnixNanos time) { return to_civil(time).hour; }
int month_of(UnixNanos time) { return to_civil(time).month - 1; }
int year_of(UnixNanos time) { return to_civil(time).year; }

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

/// Weekdays without a single value (Saturday in FX) are not drawn.
void drop_empty_rows(HeatMap& map) {
    for (std::size_t row = map.rows.size(); row-- > 0;) {
        const auto begin = map.cells.begin() + static_cast<std::ptrdiff_t>(row * map.columns.size());
        const auto end = begin + static_cast<std::ptrdiff_t>(map.columns.size());
        if (std::any_of(begin, end, [](const MeanOf& cell) { return cell.n > 0; })) continue;
        map.cells.erase(begin, end);
        map.rows.erase(map.rows.begin() + static_cast<std::ptrdiff_t>(row));
    }
}

template <class Column>
void fill_regimes(HeatMap& map, const ScoredBars& bars, Column column_of) {
    if (bars.regime.size() != bars.size()) return;
    for (const RegimeStyle& style : regime_styles()) map.rows.push_back(fmt::format("{} {}", style.number, style.brief));
    map.row_title = "Regime";
    fill(map, bars, [&](std::size_t i) { return bars.regime[i] >= 1 && bars.regime[i] <= 12 ? bars.regime[i] - 1 : no_cell; }, column_of);
    drop_empty_rows(map);
}

/// Regime of the last bar that was closed when a trade opened: what its decision could know. 0 where none is.
int regime_before(const RegimePrices& series, UnixNanos opened) {
    // The bar in which it opened is the last one that began; the one before that is closed.
    const auto begun = std::ranges::upper_bound(series.prices.time, opened) - series.prices.time.begin();
    return begun >= 2 ? series.regime[static_cast<std::size_t>(begun - 2)] : 0;
}

void fill_profit(HeatMap& map, const std::vector<Trade>& trades, const std::string& currency, int (*column_of)(UnixNanos)) {
    map.rows = texts(weekday_names);
    map.row_title = "Day";
    map.unit = (currency.empty() ? "money" : currency) + " a trade";
    map.fewest = 5;
    map.resize();
    MeanOf all;
    for (const Trade& t : trades) {
        map.cell(static_cast<std::size_t>(weekday(t.opened)), static_cast<std::size_t>(column_of(t.opened))).add(t.net.to_double());
        all.add(std::abs(t.net.to_double()));
    }
    map.digits = all.mean() >= 10 ? 0 : 1;
    drop_empty_rows(map);
}

/// Bars of a day or longer all open at one hour: there the month tells more than the hour.
template <class Values, class Time>
bool all_at_one_hour(const Values& values, Time time_of) {
    return std::ranges::all_of(values, [&](const auto& v) { return hour_of(time_of(v)) == hour_of(time_of(values.front())); });
}

Picture picture_of(HeatMap map, const std::string& cell_name, const std::string& subtitle) {
    Picture picture;
    picture.title = standing_out(map, cell_name);
    picture.subtitle = subtitle;
    picture.table = heat_table(map);
    picture.draw = [map = std::move(map)](const Layout& layout) { return draw_heat_map(map, layout); };
    return picture;
}

}  // namespace

HeatMap gain_by_hour_and_weekday(const ScoredBars& bars) {
    HeatMap map;
    map.rows = texts(weekday_names);
    map.columns = hours();
    map.row_title = "Day";
    map.column_title = "Hour (UTC)";
    fill(map, bars, [&](std::size_t i) { return weekday(bars.time[i]); }, [&](std::size_t i) { return hour_of(bars.time[i]); });
    drop_empty_rows(map);
    return map;
}

HeatMap gain_by_year_and_month(const ScoredBars& bars) {
    HeatMap map;
    map.columns = texts(month_names);
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
    map.rows = texts(weekday_names);
    map.columns = texts(month_names);
    map.row_title = "Day";
    map.column_title = "Month";
    fill(map, bars, [&](std::size_t i) { return weekday(bars.time[i]); }, [&](std::size_t i) { return month_of(bars.time[i]); });
    drop_empty_rows(map);
    return map;
}

HeatMap gain_by_regime_and_hour(const ScoredBars& bars) {
    HeatMap map;
    map.columns = hours();
    map.column_title = "Hour (UTC)";
    fill_regimes(map, bars, [&](std::size_t i) { return hour_of(bars.time[i]); });
    return map;
}

HeatMap gain_by_regime_and_month(const ScoredBars& bars) {
    HeatMap map;
    map.columns = texts(month_names);
    map.column_title = "Month";
    fill_regimes(map, bars, [&](std::size_t i) { return month_of(bars.time[i]); });
    return map;
}

HeatMap profit_by_hour_and_weekday(const std::vector<Trade>& trades, const std::string& currency) {
    HeatMap map;
    map.columns = hours();
    map.column_title = "Hour of entry (UTC)";
    fill_profit(map, trades, currency, hour_of);
    return map;
}

HeatMap profit_by_regime_and_hour(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency) {
    HeatMap map;
    if (!series.known()) return map;
    for (const RegimeStyle& style : regime_styles()) map.rows.push_back(fmt::format("{} {}", style.number, style.brief));
    map.columns = hours();
    map.row_title = "Regime";
    map.column_title = "Hour of entry (UTC)";
    map.unit = (currency.empty() ? "money" : currency) + " a trade";
    map.fewest = 5;
    map.resize();
    MeanOf all;
    for (const Trade& t : trades) {
        all.add(std::abs(t.net.to_double()));
        const int regime = regime_before(series, t.opened);
        if (regime > 0) map.cell(static_cast<std::size_t>(regime - 1), static_cast<std::size_t>(hour_of(t.opened))).add(t.net.to_double());
    }
    map.digits = all.mean() >= 10 ? 0 : 1;
    drop_empty_rows(map);
    return map;
}

HeatMap profit_by_month_and_weekday(const std::vector<Trade>& trades, const std::string& currency) {
    HeatMap map;
    map.columns = texts(month_names);
    map.column_title = "Month of entry";
    fill_profit(map, trades, currency, month_of);
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

Picture profit_by_regime_picture(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency) {
    std::array<MeanOf, regime_count> net;
    std::array<MeanOf, regime_count> costs;
    for (const Trade& t : trades)
        if (const int regime = regime_before(series, t.opened); regime > 0) {
            net[static_cast<std::size_t>(regime - 1)].add(t.net.to_double());
            costs[static_cast<std::size_t>(regime - 1)].add(t.costs.to_double());
        }
    RowChart chart;
    chart.unit = "net profit of a trade" + (currency.empty() ? "" : ", " + currency);
    chart.has_line = true;
    chart.line_name = "no gain";
    Picture out;
    out.table.columns = {{"Regime at entry"}, {"Trades", true}, {"Net of a trade", true}, {"± 95 %", true}, {"Costs of a trade", true}, {"Net, all", true}};
    std::size_t above = 0, below = 0;
    for (const RegimeStyle& style : regime_styles()) {
        const MeanOf& of = net[static_cast<std::size_t>(style.number - 1)];
        if (of.n == 0) continue;
        const double half = of.half_width();
        ValueRow row;
        row.label = regime_label(style.number);
        row.value = of.mean();
        row.ink = style.ink;
        row.shape = style.hatched ? Shape::diamond : Shape::circle;
        row.has_band = of.n >= 5 && std::isfinite(half);
        if (row.has_band) {
            row.band = {of.mean() - half, of.mean() + half};
            above += row.band.low > 0;
            below += row.band.high < 0;
        }
        row.text = fmt::format("{} (n {})", signed_number(of.mean(), 2), grouped(of.n));
        chart.rows.push_back(std::move(row));
        out.table.rows.push_back({regime_label(style.number), grouped(of.n), signed_number(of.mean(), 2), number(half, 2),
                                  number(costs[static_cast<std::size_t>(style.number - 1)].mean(), 2), Cell(signed_number(of.sum, 2), of.sum >= 0 ? "gain" : "loss")});
    }
    out.title = fmt::format("Trades opened in {} of {} regimes gain and in {} lose, beyond their intervals", above, chart.rows.size(), below);
    out.subtitle = "Mean net profit of a trade after costs by the regime of the last bar closed before it was opened, with 95 % interval; fewer than five "
                   "trades carry none.";
    out.draw = [chart = std::move(chart)](const Layout& layout) { return draw_rows(chart, layout); };
    return out;
}

std::vector<Picture> regime_trade_maps(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency) {
    std::vector<Picture> out;
    if (!series.known() || std::ranges::none_of(trades, [&](const Trade& t) { return regime_before(series, t.opened) > 0; })) return out;
    out.push_back(profit_by_regime_picture(trades, series, currency));
    HeatMap map = profit_by_regime_and_hour(trades, series, currency);
    if (count_certain(map).shown > 0)
        out.push_back(picture_of(std::move(map), "regime hours",
                                 fmt::format("Mean net profit of a trade by regime and hour of its entry, after costs; n = {} trades.",
                                             grouped(static_cast<std::int64_t>(trades.size())))));
    return out;
}

std::vector<Picture> trade_maps(const std::vector<Trade>& trades, std::int64_t all_trades, const std::string& currency) {
    const bool one_hour = all_at_one_hour(trades, [](const Trade& t) { return t.opened; });
    HeatMap map = one_hour ? profit_by_month_and_weekday(trades, currency) : profit_by_hour_and_weekday(trades, currency);
    if (count_certain(map).shown == 0) return {};
    const auto listed = static_cast<std::int64_t>(trades.size());
    const std::string cut = listed < all_trades ? fmt::format(" (the {} listed of {})", grouped(listed), grouped(all_trades)) : "";
    return {picture_of(std::move(map), one_hour ? "weekdays by month" : "hours of the week",
                       fmt::format("Mean net profit of a trade by {} and weekday of its entry, after costs; n = {} trades{}.",
                                   one_hour ? "month" : "hour", grouped(listed), cut))};
}

}  // namespace aitrading::report

#include "report/trade_maps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/format.hpp"
#include "report/rows.hpp"
#include "report/time_cells.hpp"

namespace aitrading::report {
namespace {

/// Regime of the last bar that was closed when a trade opened: what its decision could know. 0 where none is.
int regime_before(const RegimePrices& series, UnixNanos opened) {
    // The bar in which it opened is the last one that began; the one before that is closed.
    const auto begun = std::ranges::upper_bound(series.prices.time, opened) - series.prices.time.begin();
    return begun >= 2 ? series.regime[static_cast<std::size_t>(begun - 2)] : 0;
}

void fill_profit(HeatMap& map, const std::vector<Trade>& trades, const std::string& currency, int (*column_of)(UnixNanos)) {
    map.rows = weekday_names();
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

}  // namespace

HeatMap profit_by_hour_and_weekday(const std::vector<Trade>& trades, const std::string& currency) {
    HeatMap map;
    map.columns = hour_names();
    map.column_title = "Hour of entry (UTC)";
    fill_profit(map, trades, currency, hour_of);
    return map;
}

HeatMap profit_by_regime_and_hour(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency) {
    HeatMap map;
    if (!series.known()) return map;
    map.rows = regime_row_names();
    map.columns = hour_names();
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
    map.columns = month_names();
    map.column_title = "Month of entry";
    fill_profit(map, trades, currency, month_of);
    return map;
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

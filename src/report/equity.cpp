#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/run_pictures.hpp"

namespace aitrading::report {
namespace {

double at(UnixNanos time) { return static_cast<double>(time.value); }

struct EquityLines {
    std::vector<Point> equity, drawdown, gross;  ///< x in nanoseconds
    double deviation = 0;                        ///< of one day's change
    Scale::Range span;
};

EquityLines lines_of(const RunResult& r) {
    EquityLines lines;
    MeanOf changes;
    double before = r.cash.to_double();
    for (const EquityPoint& p : r.daily) {
        lines.equity.push_back({at(p.time), p.equity.to_double()});
        lines.drawdown.push_back({at(p.time), -std::abs(p.drawdown)});
        changes.add(p.equity.to_double() - before);
        before = p.equity.to_double();
    }
    lines.deviation = changes.deviation();
    lines.span = {at(r.daily.front().time), at(r.daily.back().time)};
    // Profit before costs is known only where every trade is in the list.
    if (!r.trade_list.empty() && static_cast<std::int64_t>(r.trade_list.size()) == r.trades) {
        double sum = r.cash.to_double();
        for (const Trade& t : r.trade_list) lines.gross.push_back({at(t.closed), sum += t.gross.to_double()});
    }
    return lines;
}

void draw_equity(Canvas& canvas, const Box& box, const EquityLines& lines, const RunResult& r,
                 const std::string& currency, const NiceAxis& axis, const Layout& layout) {
    const Scale x(lines.span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    const double cash = r.cash.to_double(), days = static_cast<double>(lines.equity.size());
    std::vector<Point> upper, lower;
    for (int i = 0; i <= 60 && std::isfinite(lines.deviation); ++i) {
        const double share = i / 60.0, half = z95 * lines.deviation * std::sqrt(share * days);
        const double px = box.left + share * box.width();
        upper.push_back({px, y(std::min(cash + half, axis.range.high))});
        lower.push_back({px, y(std::max(cash - half, axis.range.low))});
    }
    canvas.area(upper, lower, Ink::grey, 0.16);
    draw_value_axis(canvas, box, axis, plain_label(axis), "Equity" + (currency.empty() ? "" : ", " + currency));
    if (!upper.empty()) {
        // The name of the cone stands on the side that the equity leaves free.
        const bool above = lines.equity.back().y < cash;
        canvas.text({box.right - 6, above ? upper.back().y - 6 : lower.back().y + 15}, layout.narrow ? "95 % by luck" : "95 % of accounts without an edge end in the grey",
                    {Anchor::end, Ink::faint, 12, false, true});
    }
    canvas.line({box.left, y(cash)}, {box.right, y(cash)}, {.ink = Ink::text, .dash = "4 3"});
    const auto placed = [&](const std::vector<Point>& points) {
        std::vector<Point> out;
        out.reserve(points.size());
        for (const Point p : points) out.push_back({x(p.x), y(p.y)});
        return thin(out);
    };
    std::vector<EndLabel> labels{{y(cash), "Start", number(cash, 0), Ink::text}};
    if (!lines.gross.empty()) {
        canvas.polyline(placed(lines.gross), {.ink = Ink::orange, .width = 1.5, .dash = "2 2"});
        labels.push_back({y(lines.gross.back().y), "Before costs", number(lines.gross.back().y, 0), Ink::orange});
    }
    canvas.polyline(placed(lines.equity), {.ink = Ink::blue, .width = 2});
    labels.push_back({y(lines.equity.back().y), "Equity", number(lines.equity.back().y, 0), Ink::blue});
    draw_end_labels(canvas, box, labels, layout);
}

void draw_drawdown(Canvas& canvas, const Box& box, const EquityLines& lines, const Layout& layout) {
    double deepest = 0;
    for (const Point p : lines.drawdown)
        if (std::isfinite(p.y)) deepest = std::min(deepest, p.y);
    const NiceAxis axis = nice_axis(std::min(deepest, -0.001), 0, 2);
    const Scale x(lines.span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    draw_value_axis(canvas, box, axis, percent_label(axis), "Below the highest equity so far");
    std::vector<Point> points, zero;
    points.reserve(lines.drawdown.size());
    for (const Point p : lines.drawdown) points.push_back({x(p.x), y(p.y)});
    points = thin(points);
    zero.reserve(points.size());
    for (const Point p : points) zero.push_back({p.x, y(0)});
    canvas.area(zero, points, Ink::vermilion, 0.25);
    canvas.polyline(points, {.ink = Ink::vermilion, .width = 1.5});
    const auto trough = std::ranges::min_element(points, {}, [](Point p) { return -p.y; });
    if (trough != points.end()) {
        canvas.marker(Shape::circle, *trough, 3.5, Ink::vermilion);
        const bool left_half = trough->x < (box.left + box.right) / 2;
        canvas.text({trough->x + (left_half ? 8 : -8), std::min(trough->y + 5, box.bottom - 3)}, "deepest " + percent(deepest),
                    {left_half ? Anchor::start : Anchor::end, Ink::vermilion, 12, true, true});
        draw_end_labels(canvas, box, {{points.back().y, "Now", percent(lines.drawdown.back().y), Ink::vermilion}}, layout);
    }
    draw_time_axis(canvas, box, lines.span, layout);
}

/// One strip for each of at most 110 columns that tells the values of its last day under the pointer.
void add_hover(Canvas& canvas, const Box& box, const EquityLines& lines, const std::string& currency) {
    const Scale x(lines.span, {box.left, box.right});
    const std::size_t every = lines.equity.size() / 110 + 1;
    double left = box.left;
    for (std::size_t i = every - 1; i < lines.equity.size(); i += every) {
        const double right = x(lines.equity[i].x);
        canvas.hover({left, box.top, right, box.bottom},
                     fmt::format("{}: {} {}, {}", date({static_cast<std::int64_t>(lines.equity[i].x)}), number(lines.equity[i].y, 0), currency,
                                 percent(lines.drawdown[i].y)));
        left = right;
    }
}

Canvas draw(const RunResult& r, const EquityLines& lines, const std::string& currency, const Layout& layout) {
    double low = r.cash.to_double(), high = low;
    for (const auto* line : {&lines.equity, &lines.gross})
        for (const Point p : *line) {
            if (!std::isfinite(p.y)) continue;
            low = std::min(low, p.y);
            high = std::max(high, p.y);
        }
    const double half = profit_half_width(r);
    if (std::isfinite(half)) {
        low = std::min(low, r.cash.to_double() - half);
        high = std::max(high, r.cash.to_double() + half);
    }
    const NiceAxis axis = nice_axis(low, high, layout.narrow ? 4 : 6);
    std::vector<EndLabel> widest{{0, "Equity", number(high, 0), Ink::blue}, {0, "Now", percent(-0.888), Ink::blue}};
    if (!lines.gross.empty()) widest.push_back({0, "Before costs", number(high, 0), Ink::orange});
    const double left = std::max(value_axis_width(axis, plain_label(axis), layout), 58.0);
    const double right = layout.width - end_label_width(widest, layout);
    const double upper = layout.narrow ? 200 : 330, lower = layout.narrow ? 70 : 100;
    Canvas canvas(layout.width, 28 + upper + 40 + lower + 28);
    draw_equity(canvas, {left, 28, right, 28 + upper}, lines, r, currency, axis, layout);
    draw_drawdown(canvas, {left, 28 + upper + 40, right, 28 + upper + 40 + lower}, lines, layout);
    if (!layout.narrow) add_hover(canvas, {left, 28, right, 28 + upper + 40 + lower}, lines, currency);
    return canvas;
}

DataTable table_of(const RunResult& r) {
    DataTable table{{{"Day (UTC)"}, {"Equity", true}, {"Drawdown", true}}, {}, ""};
    constexpr std::size_t most = 250;
    const std::size_t every = r.daily.size() / most + 1;
    for (std::size_t i = 0; i < r.daily.size(); i += every)
        table.rows.push_back({date(r.daily[i].time), money(r.daily[i].equity, ""), percent(-std::abs(r.daily[i].drawdown))});
    if (every > 1) table.remark = fmt::format("Every {} days.", every);
    return table;
}

}  // namespace

double profit_half_width(const RunResult& r) {
    MeanOf changes;
    double before = r.cash.to_double();
    for (const EquityPoint& p : r.daily) {
        changes.add(p.equity.to_double() - before);
        before = p.equity.to_double();
    }
    return z95 * changes.deviation() * std::sqrt(static_cast<double>(changes.n));
}

Picture equity_picture(const RunResult& r, const std::string& currency) {
    const double cash = r.cash.to_double(), end = r.daily.back().equity.to_double();
    Picture picture;
    picture.title = fmt::format("{}{} to {}; the deepest fall from a high was {}",
                                end >= cash ? "The account grew" : "The account shrank",
                                cash > 0 ? " by " + percent(std::abs(end / cash - 1)) : "",
                                money(r.daily.back().equity, currency), percent(r.max_drawdown));
    picture.subtitle = fmt::format(
        "Equity at the end of each UTC day, {} to {}, n = {} days. Grey cone: where 95 % of accounts without any edge "
        "would be at the same daily swings. Below: distance from the highest equity so far.",
        date(r.daily.front().time), date(r.daily.back().time), grouped(static_cast<std::int64_t>(r.daily.size())));
    EquityLines lines = lines_of(r);
    double deepest = 0;
    for (const Point p : lines.drawdown)
        if (std::isfinite(p.y)) deepest = std::min(deepest, p.y);
    if (percent(-deepest) != percent(r.max_drawdown)) picture.subtitle += fmt::format(" Inside the days it fell to {}.", percent(-r.max_drawdown));
    picture.draw = [&r, currency, lines = std::move(lines)](const Layout& layout) { return draw(r, lines, currency, layout); };
    picture.table = table_of(r);
    return picture;
}

}  // namespace aitrading::report

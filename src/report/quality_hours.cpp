#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/quality_pictures.hpp"

namespace aitrading::report {
namespace {

Canvas draw_hours(const std::vector<QualityHour>& hours, const std::string& unit, const Layout& layout) {
    double high = 0;
    for (const QualityHour& h : hours) high = std::max(high, h.high);
    const NiceAxis axis = nice_axis(0, high, layout.narrow ? 3 : 5);
    const Labeler label = plain_label(axis);
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - 8, layout.narrow ? 178.0 : 218.0};
    Canvas canvas(layout.width, box.bottom + 40);
    draw_value_axis(canvas, box, axis, label, unit);
    const Scale y(axis.range, {box.bottom, box.top}), x({0, 24}, {box.left, box.right});
    const double half = (x(1) - x(0)) * 0.36;
    for (const QualityHour& h : hours) {
        const double middle = x(h.hour + 0.5);
        canvas.rect({middle - half, y(h.middle), middle + half, box.bottom}, Ink::blue, 0.7,
                    fmt::format("{:02}:00 UTC: median {}, quartiles {} to {}, n = {}", h.hour, number(h.middle, axis.digits + 1),
                                number(h.low, axis.digits + 1), number(h.high, axis.digits + 1), grouped(h.n)));
        canvas.line({middle, y(h.low)}, {middle, y(h.high)}, {.ink = Ink::text, .width = 1.2});
    }
    for (int hour = 0; hour < 24; hour += layout.width < 420 ? 6 : 3)
        canvas.text({x(hour + 0.5), box.bottom + 16}, fmt::format("{:02}", hour), {Anchor::middle, Ink::faint, 12});
    canvas.text({box.left, box.bottom + 34}, "Hour of the day, UTC", {Anchor::start, Ink::faint, 12});
    return canvas;
}

double middle_of(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

/// Dots in a band of minutes around zero, one row for openings and one for closes.
Canvas draw_edges(const QualityReport& report, const Layout& layout) {
    constexpr double shown = 190;
    const NiceAxis axis = nice_axis(-120, 180, layout.narrow ? 4 : 6);
    const Labeler label = plain_label(axis);
    const std::vector<EndLabel> sizes{{0, "Closes", "", Ink::purple}, {0, "Opens", "", Ink::blue}};
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - end_label_width(sizes, layout), layout.narrow ? 208.0 : 258.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, "Minutes after 17:00 New York");
    const Scale y(axis.range, {box.bottom, box.top});
    const Scale::Range span{static_cast<double>(report.weeks.front().time.value), static_cast<double>(report.weeks.back().time.value + nanos_per_day)};
    const Scale x(span, {box.left, box.right});
    canvas.line({box.left, y(0)}, {box.right, y(0)}, {.ink = Ink::text, .dash = "4 3"});
    std::vector<double> opens, closes;
    for (const QualityWeek& week : report.weeks) {
        if (std::isfinite(week.open)) {
            canvas.marker(Shape::circle, {x(week.time), y(std::clamp(week.open, -120.0, shown))}, 3, Ink::blue, date(week.time) + " opens");
            opens.push_back(std::clamp(week.open, -120.0, shown));
        }
        if (std::isfinite(week.close)) {
            canvas.marker(Shape::square, {x(week.time), y(std::clamp(week.close, -120.0, shown))}, 3, Ink::purple, date(week.time) + " closes");
            closes.push_back(std::clamp(week.close, -120.0, shown));
        }
    }
    draw_end_labels(canvas, box, {{y(middle_of(opens)), "Opens", "", Ink::blue}, {y(middle_of(closes)), "Closes", "", Ink::purple}}, layout);
    draw_time_axis(canvas, box, span, layout);
    return canvas;
}

Canvas draw_clock(const QualityReport& report, const Layout& layout) {
    double low = INFINITY, high = -INFINITY;
    for (const QualityWeek& week : report.weeks)
        if (std::isfinite(week.ahead)) low = std::min(low, week.ahead), high = std::max(high, week.ahead);
    const NiceAxis axis = nice_axis(low - 1, high + 1, 4);
    const Labeler label = plain_label(axis);
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - 8, layout.narrow ? 178.0 : 208.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, "Hours ahead of New York");
    const Scale y(axis.range, {box.bottom, box.top});
    const Scale::Range span{static_cast<double>(report.weeks.front().time.value), static_cast<double>(report.weeks.back().time.value + 7 * nanos_per_day)};
    const Scale x(span, {box.left, box.right});
    std::vector<Point> line;
    for (const QualityWeek& week : report.weeks) {
        if (!std::isfinite(week.ahead)) continue;
        line.push_back({x(week.time), y(week.ahead)});
        line.push_back({x(UnixNanos{week.time.value + 7 * nanos_per_day}), y(week.ahead)});
    }
    for (const QualityMark& mark : report.marks)
        if (mark.kind == "clock_shift") {
            canvas.rect({x(mark.from), box.top, x(mark.to), box.bottom}, Ink::vermilion, 0.16);
            canvas.text({(x(mark.from) + x(mark.to)) / 2, box.top + 14}, "other clock", {Anchor::middle, Ink::vermilion, 12, true, true});
        }
    canvas.polyline(line, {.ink = Ink::blue, .width = 2.5});
    draw_time_axis(canvas, box, span, layout);
    return canvas;
}

}  // namespace

Picture hours_picture(const std::vector<QualityHour>& hours, const std::string& what, const std::string& unit) {
    Picture out;
    const auto most = std::ranges::max_element(hours, {}, &QualityHour::middle), least = std::ranges::min_element(hours, {}, &QualityHour::middle);
    out.title = most->middle > least->middle ? fmt::format("{} is highest at {:02}:00 UTC and lowest at {:02}:00", what, most->hour, least->hour)
                                             : what + " is the same at every hour";
    out.subtitle = fmt::format("Median of each hour, with quartiles, in {}.", unit);
    out.draw = [&hours, unit](const Layout& layout) { return draw_hours(hours, unit, layout); };
    out.table.columns = {{"Hour, UTC"}, {"Median", true}, {"Lower quartile", true}, {"Upper quartile", true}, {"n", true}};
    for (const QualityHour& h : hours)
        out.table.rows.push_back({fmt::format("{:02}:00", h.hour), number(h.middle, 2), number(h.low, 2), number(h.high, 2), grouped(h.n)});
    return out;
}

Picture file_clock_picture(const QualityReport& report) {
    Picture out;
    out.title = report.clock_title;
    out.subtitle = "Hours by which the clock of the imported file was ahead of New York, week by week; shaded: weeks in another clock than most.";
    out.draw = [&report](const Layout& layout) { return draw_clock(report, layout); };
    return out;
}

Picture week_edges_picture(const QualityReport& report) {
    std::int64_t opens = 0, closes = 0, on_time = 0, in_time = 0;
    for (const QualityWeek& week : report.weeks) {
        opens += std::isfinite(week.open), closes += std::isfinite(week.close);
        on_time += std::isfinite(week.open) && week.open >= 0 && week.open < 80;
        in_time += std::isfinite(week.close) && std::abs(week.close) <= 60;
    }
    Picture out;
    out.title = fmt::format("{} of {} weeks open, and {} of {} close, when New York does", grouped(on_time), grouped(opens), grouped(in_time), grouped(closes));
    out.subtitle = "First and last row of each week after conversion to UTC, in minutes after Sunday 17:00 (opens) and Friday 17:00 (closes) in New York; "
                   "values outside the picture lie at its edge. Metals and indices open at 60.";
    out.draw = [&report](const Layout& layout) { return draw_edges(report, layout); };
    return out;
}

}  // namespace aitrading::report

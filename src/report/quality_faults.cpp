#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/quality_pictures.hpp"

namespace aitrading::report {
namespace {

Scale::Range span_of(const QualityReport& report) {
    double low = static_cast<double>(report.days.front().day.value), high = static_cast<double>(report.days.back().day.value + nanos_per_day);
    return {low, high};
}

std::vector<std::string> kinds_of(const QualityReport& report) {
    std::vector<std::string> out;
    for (const QualityFinding& finding : report.findings)
        if (std::ranges::find(report.marks, finding.kind, &QualityMark::kind) != report.marks.end()) out.push_back(finding.kind);
    return out;
}

Canvas draw_faults(const QualityReport& report, const Layout& layout) {
    const std::vector<std::string> kinds = kinds_of(report);
    double labels = 0;
    for (const std::string& kind : kinds) labels = std::max(labels, width_em(kind) * 12);
    const double left = labels + 12, row = 30, top = 8;
    const Box box{left, top, layout.width - 8, top + row * static_cast<double>(kinds.size())};
    Canvas canvas(layout.width, box.bottom + 28);
    const Scale x(span_of(report), {box.left, box.right});
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const double y = top + row * (static_cast<double>(i) + 0.5);
        canvas.line({box.left, y}, {box.right, y}, {.ink = Ink::grid});
        canvas.text({left - 10, y + 4}, kinds[i], {Anchor::end, Ink::text, 12});
        std::vector<Point> ticks;
        for (const QualityMark& mark : report.marks) {
            if (mark.kind != kinds[i]) continue;
            const double from = x(mark.from), to = x(mark.to);
            if (to - from >= 2) {
                canvas.rect({from, y - 9, to, y + 9}, mark.refused ? Ink::vermilion : Ink::orange, 0.75, date_time(mark.from) + " to " + date_time(mark.to));
            } else {
                ticks.push_back({from, y - 10});
                ticks.push_back({from, y + 10});
            }
        }
        const bool refused = std::ranges::any_of(report.findings, [&](const QualityFinding& f) { return f.kind == kinds[i] && f.refused; });
        canvas.segments(ticks, {.ink = refused ? Ink::vermilion : Ink::orange, .width = 1.5});
    }
    draw_time_axis(canvas, box, span_of(report), layout);
    return canvas;
}

Canvas draw_price(const QualityReport& report, const Layout& layout) {
    double low = INFINITY, high = -INFINITY;
    for (const QualityBucket& b : report.buckets) low = std::min(low, b.low), high = std::max(high, b.high);
    for (const QualityMark& m : report.marks)
        if (std::isfinite(m.price)) low = std::min(low, m.price), high = std::max(high, m.price);
    const NiceAxis axis = nice_axis(low, high, layout.narrow ? 4 : 6);
    const Labeler label = plain_label(axis);
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - 10, layout.narrow ? 238.0 : 328.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, "Price");
    const Scale y(axis.range, {box.bottom, box.top}), x(span_of(report), {box.left, box.right});
    std::vector<Point> ends;
    for (const QualityBucket& b : report.buckets) {
        ends.push_back({x(b.time), y(b.low) + 0.5});
        ends.push_back({x(b.time), y(b.high) - 0.5});
    }
    canvas.segments(ends, {.ink = Ink::blue, .width = 1.2});
    std::size_t drawn = 0;
    for (const QualityMark& m : report.marks) {
        if (!std::isfinite(m.price) || ++drawn > 2'000) continue;
        canvas.marker(m.refused ? Shape::diamond : Shape::triangle_up, {x(m.from), y(m.price)}, 6, m.refused ? Ink::vermilion : Ink::orange,
                      m.kind + ", " + date_time(m.from));
    }
    draw_time_axis(canvas, box, span_of(report), layout);
    return canvas;
}

Canvas draw_spread(const QualityReport& report, const Layout& layout) {
    double low = 0, high = 0;
    for (const QualityBucket& b : report.buckets)
        if (std::isfinite(b.spread_middle)) low = std::min(low, b.spread_low), high = std::max(high, b.spread_middle);
    const NiceAxis axis = nice_axis(low, high, layout.narrow ? 4 : 6);
    const Labeler label = plain_label(axis);
    const std::vector<EndLabel> sizes{{0, "Median", "", Ink::blue}, {0, "Lowest", "", Ink::vermilion}};
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - end_label_width(sizes, layout), layout.narrow ? 208.0 : 268.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, report.spread_unit);
    const Scale y(axis.range, {box.bottom, box.top});
    const Scale x({static_cast<double>(report.buckets.front().time.value), static_cast<double>(report.buckets.back().time.value)}, {box.left, box.right});
    canvas.line({box.left, y(0)}, {box.right, y(0)}, {.ink = Ink::text, .dash = "4 3"});
    std::vector<Point> middle, lowest, crossed;
    for (const QualityBucket& b : report.buckets) {
        if (!std::isfinite(b.spread_middle)) continue;
        middle.push_back({x(b.time), y(b.spread_middle)});
        lowest.push_back({x(b.time), y(b.spread_low)});
        if (b.spread_low < 0) crossed.push_back({x(b.time), y(0)}), crossed.push_back({x(b.time), y(b.spread_low)});
    }
    canvas.segments(crossed, {.ink = Ink::vermilion, .width = 2, .opacity = 0.6});
    canvas.polyline(middle, {.ink = Ink::blue, .width = 1.5});
    if (crossed.empty()) canvas.polyline(lowest, {.ink = Ink::vermilion, .width = 1, .dash = "3 2"});
    if (!middle.empty())
        draw_end_labels(canvas, box, {{middle.back().y, "Median", "", Ink::blue}, {lowest.back().y, "Lowest", "", Ink::vermilion}}, layout);
    draw_time_axis(canvas, box, x.values(), layout);
    return canvas;
}

Canvas draw_close_up(const QualityReport& report, const Layout& layout) {
    double low = INFINITY, high = -INFINITY;
    for (const QualityBar& b : report.close_up) low = std::min(low, b.low), high = std::max(high, b.high);
    const NiceAxis axis = nice_axis(low, high, layout.narrow ? 4 : 6);
    const Labeler label = plain_label(axis);
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - 10, layout.narrow ? 248.0 : 308.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, "Price");
    const Scale y(axis.range, {box.bottom, box.top});
    const Scale x({static_cast<double>(report.close_up.front().time.value), static_cast<double>(report.close_up.back().time.value)},
                  {box.left + 8, box.right - 8});
    const double half = std::clamp(box.width() / static_cast<double>(report.close_up.size()) * 0.32, 1.0, 7.0);
    for (const QualityBar& b : report.close_up) {
        const bool fault = !b.fault.empty();
        const Ink ink = fault ? Ink::vermilion : Ink::blue;
        canvas.line({x(b.time), y(b.high)}, {x(b.time), y(b.low)}, {.ink = ink, .width = fault ? 2.5 : 1.2});
        const auto [bottom, top] = std::minmax(b.open, b.close);
        canvas.rect({x(b.time) - half, y(top), x(b.time) + half, std::max(y(bottom), y(top) + 1)}, ink, 0.8,
                    date_time(b.time) + (fault ? ": " + b.fault : ""));
        if (fault) canvas.text({x(b.time), y(b.high) - 6}, b.fault, {Anchor::middle, Ink::vermilion, 12, true, true});
    }
    draw_time_axis(canvas, box, x.values(), layout);
    return canvas;
}

}  // namespace

Picture faults_picture(const QualityReport& report) {
    Picture out;
    const std::vector<std::string> kinds = kinds_of(report);
    out.title = kinds.size() == 1 ? fmt::format("When \"{}\" was met", kinds[0]) : fmt::format("When the {} kinds of findings were met", kinds.size());
    out.subtitle = "Each mark is a row or a span (UTC); vermilion: kept out of the series (data quarantine), orange: stored as it is.";
    out.draw = [&report](const Layout& layout) { return draw_faults(report, layout); };
    out.table.columns = {{"Fault"}, {"Rows", true}, {"First row", true}, {"There"}};
    for (const QualityFinding& f : report.findings)
        out.table.rows.push_back({Cell(f.kind, f.refused ? "loss" : ""), grouped(f.count), grouped(f.row), f.text});
    return out;
}

Picture marked_price_picture(const QualityReport& report) {
    const auto marked = std::ranges::count_if(report.marks, [](const QualityMark& m) { return std::isfinite(m.price); });
    Picture out;
    out.title = marked == 0 ? "No row stands out of the price" : fmt::format("{} out of the price or were kept out of it", counted(marked, "row stands", "rows stand"));
    if (marked == 1) out.title = "1 row stands out of the price or was kept out of it";
    out.subtitle = "Low to high of each piece of time; diamonds: kept out, triangles: stored as they are.";
    out.draw = [&report](const Layout& layout) { return draw_price(report, layout); };
    return out;
}

Picture spread_picture(const QualityReport& report) {
    Picture out;
    out.title = report.crossed_share > 0 ? fmt::format("{} of the quotes are crossed: the ask lies below the bid", percent(report.crossed_share))
                                         : "The ask never lies below the bid";
    out.subtitle = "Ask minus bid in " + report.spread_unit + ": median and lowest of each piece of time. Below the dashed line a quote is crossed.";
    out.draw = [&report](const Layout& layout) { return draw_spread(report, layout); };
    return out;
}

Picture fault_close_up(const QualityReport& report) {
    Picture out;
    out.title = report.close_up_title;
    out.subtitle = report.close_up_subtitle;
    out.draw = [&report](const Layout& layout) { return draw_close_up(report, layout); };
    return out;
}

}  // namespace aitrading::report

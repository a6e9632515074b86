#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/model_pictures.hpp"

namespace aitrading::report {
namespace {

/// The points from all bars to the most confident few.
std::vector<CoveragePoint> sorted_points(const Panel& panel) {
    std::vector<CoveragePoint> points;
    for (const CoveragePoint& p : panel.accuracy_at)
        if (p.count > 0 && std::isfinite(p.accuracy) && std::isfinite(p.low) && std::isfinite(p.high)) points.push_back(p);
    std::ranges::stable_sort(points, std::greater<>{}, &CoveragePoint::coverage);
    return points;
}

std::string share_text(double coverage) { return percent(coverage, coverage < 0.01 ? 1 : 0); }

void draw_curve(Canvas& canvas, const std::vector<Point>& middle, const std::vector<Point>& high, const std::vector<Point>& low,
                const std::vector<CoveragePoint>& points) {
    canvas.area(high, low, Ink::blue, 0.16);
    canvas.polyline(middle, {.ink = Ink::blue, .width = 2});
    for (std::size_t i = 0; i < points.size(); ++i) {
        canvas.line(high[i], low[i], {.ink = Ink::blue, .width = 1.5, .opacity = 0.7});
        canvas.marker(Shape::circle, middle[i], 4.5, Ink::blue,
                      fmt::format("the most confident {}: {} right (95 % interval {} to {}, n = {})", share_text(points[i].coverage),
                                  percent(points[i].accuracy), percent(points[i].low), percent(points[i].high), grouped(points[i].count)));
    }
}

Canvas draw(const std::vector<CoveragePoint>& points, double base, Interval range, const Layout& layout) {
    const NiceAxis axis = nice_axis(range.low, range.high, layout.narrow ? 4 : 6);
    const Labeler label = percent_label(axis);
    const std::vector<EndLabel> sizes{{0, "Base rate", percent(base)}, {0, "Accuracy", percent(0.888)}};
    const double left = value_axis_width(axis, label, layout);
    const double height = layout.narrow ? 210 : 300;
    const Box box{left, 28, layout.width - end_label_width(sizes, layout), 28 + height};
    Canvas canvas(layout.width, box.bottom + 56);
    draw_value_axis(canvas, box, axis, label, "Accuracy");
    const Scale y(axis.range, {box.bottom, box.top});
    const double pad = 16;
    const Scale x({0, std::max(1.0, static_cast<double>(points.size()) - 1)}, {box.left + pad, box.right - pad});
    canvas.line({box.left, y(base)}, {box.right, y(base)}, {.ink = Ink::text, .dash = "4 3"});
    std::vector<Point> middle, upper, lower;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double px = points.size() == 1 ? (box.left + box.right) / 2 : x(static_cast<double>(i));
        middle.push_back({px, y(points[i].accuracy)});
        upper.push_back({px, y(points[i].high)});
        lower.push_back({px, y(points[i].low)});
    }
    draw_curve(canvas, middle, upper, lower, points);
    double free_from = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::string text = share_text(points[i].coverage);
        const double half = width_em(text) * 6;
        if (middle[i].x - half < free_from) continue;
        canvas.text({middle[i].x, box.bottom + 18}, text, {Anchor::middle, Ink::faint, 12});
        free_from = middle[i].x + half + 3;
    }
    canvas.text({box.left, box.bottom + 38}, layout.width < 400 ? "Bars kept, most confident first" : "Share of bars kept, most confident first (steps, not to scale)",
                {Anchor::start, Ink::faint, 12});
    std::vector<EndLabel> labels{{y(base), "Base rate", percent(base), Ink::text}};
    if (!middle.empty()) labels.push_back({middle.back().y, "Accuracy", percent(points.back().accuracy), Ink::blue});
    draw_end_labels(canvas, box, labels, layout);
    return canvas;
}

}  // namespace

Interval coverage_range(const std::vector<const Panel*>& panels) {
    Interval range{1, 0};
    const auto take = [&](double value) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    };
    for (const Panel* panel : panels) {
        if (std::isfinite(panel->majority_rate)) take(panel->majority_rate);
        for (const CoveragePoint& p : sorted_points(*panel)) take(p.low), take(p.high);
    }
    return range;
}

Picture coverage_picture(const std::string& model, const Panel& panel, std::optional<Interval> shared) {
    const std::vector<CoveragePoint> points = sorted_points(panel);
    Picture picture;
    if (points.empty()) {
        picture.title = "No bar was scored";
    } else {
        const CoveragePoint& all = points.front();
        // The fifth is the usual cut; the thinnest point says little.
        const auto fifth = std::ranges::min_element(points, {}, [](const CoveragePoint& p) { return std::abs(p.coverage - 0.2); });
        const bool better = fifth->low > all.accuracy;
        picture.title = fmt::format("On its most confident {}, {} is right {} of the time{}", share_text(fifth->coverage), model,
                                    percent(fifth->accuracy),
                                    better ? fmt::format(", against {} over all bars", percent(all.accuracy))
                                           : fmt::format(": no clear gain over the {} of all bars", percent(all.accuracy)));
        picture.subtitle = fmt::format(
            "Accuracy on the bars with the greatest confidence, thresholds frozen before the test; band: Wilson 95 % interval. "
            "Dashed: always saying the more frequent answer ({} of all bars). n = {}.",
            percent(panel.majority_rate), grouped(panel.n));
    }
    picture.table = {{{"Bars kept", true}, {"Accuracy", true}, {"95 % interval", true}, {"Bars", true}, {"Confidence from", true}}, {}, ""};
    for (const CoveragePoint& p : points)
        picture.table.rows.push_back({share_text(p.coverage), percent(p.accuracy), percent(p.low) + " to " + percent(p.high),
                                      grouped(p.count), number(p.threshold, 4)});
    const Interval range = shared.value_or(coverage_range({&panel}));
    picture.draw = [points, range, base = panel.majority_rate](const Layout& layout) { return draw(points, base, range, layout); };
    return picture;
}

}  // namespace aitrading::report

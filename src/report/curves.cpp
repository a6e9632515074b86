#include <algorithm>
#include <cmath>

#include "report/augmentation_report.hpp"
#include "report/format.hpp"

namespace aitrading::report {

Canvas draw_curves(const CurveChart& chart, const Layout& layout) {
    double low = 0, high = 0, longest = 2;
    for (const auto& values : chart.values) {
        longest = std::max(longest, static_cast<double>(values.size()));
        for (const double v : values)
            if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    }
    const NiceAxis across = nice_axis(0, longest, layout.ticks_across(90)), up = nice_axis(low, high, layout.narrow ? 4 : 6);
    const Labeler label = plain_label(up);
    std::vector<EndLabel> labels;
    labels.reserve(chart.names.size());
    for (std::size_t i = 0; i < chart.names.size(); ++i) labels.push_back({0, chart.names[i], "", chart.inks[i]});
    const double left = value_axis_width(up, label, layout), height = layout.narrow ? 220 : 320;
    const Box box{left, 28, layout.width - end_label_width(labels, layout), 28 + height};
    Canvas canvas(layout.width, box.bottom + 48);
    draw_value_axis(canvas, box, up, label, chart.unit);
    draw_bottom_axis(canvas, box, across, plain_label(across), chart.below);
    const Scale x(across.range, {box.left, box.right}), y(up.range, {box.bottom, box.top});
    if (low < 0) canvas.line({box.left, y(0)}, {box.right, y(0)}, {.ink = Ink::text, .opacity = 0.5});
    for (std::size_t i = 0; i < chart.values.size(); ++i) {
        std::vector<Point> line;
        for (std::size_t k = 0; k < chart.values[i].size(); ++k)
            if (std::isfinite(chart.values[i][k])) line.push_back({x(static_cast<double>(k + 1)), y(chart.values[i][k])});
        canvas.polyline(line, {.ink = chart.inks[i], .width = chart.inks[i] == Ink::text ? 2.5 : 1.6});
        labels[i].y = line.empty() ? box.bottom : line.back().y;
    }
    draw_end_labels(canvas, box, labels, layout);
    return canvas;
}

}  // namespace aitrading::report

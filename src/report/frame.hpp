#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "report/canvas.hpp"
#include "report/scale.hpp"

namespace aitrading::report {

/// For which width a picture is drawn. Text keeps its size in CSS pixels, so a picture is drawn once for a phone, once
/// for a tablet and once for a desk, and the page shows the one that fits.
struct Layout {
    double width = 1100;
    bool narrow = false;  ///< a phone: fewer ticks, labels in two lines
    double text = 13;     ///< font size of labels
    int ticks_across(double pixels_each) const { return std::max(2, static_cast<int>(width / pixels_each)); }
};

using Labeler = std::function<std::string(double)>;

/// A line's name at its right end: `name` strong, `value` beside it (below it on a phone).
struct EndLabel {
    double y = 0;
    std::string name, value;
    Ink ink = Ink::text;
};

/// Horizontal grid lines, their labels right-aligned left of the box, the unit above them.
void draw_value_axis(Canvas& canvas, const Box& box, const NiceAxis& axis, const Labeler& label,
                     const std::string& unit);
/// Labels on the lower edge with short ticks.
void draw_time_axis(Canvas& canvas, const Box& box, Scale::Range span, const Layout& layout);
/// Vertical grid lines with labels on the lower edge and the unit under them.
void draw_bottom_axis(Canvas& canvas, const Box& box, const NiceAxis& axis, const Labeler& label,
                      const std::string& unit);

/// Room that the labels of an axis need left of the box, in pixels.
double value_axis_width(const NiceAxis& axis, const Labeler& label, const Layout& layout);
/// Room that end labels need right of the box.
double end_label_width(std::span<const EndLabel> labels, const Layout& layout);
/// Draws the labels right of the box, moved apart so that none covers another; a moved one is tied to its line.
void draw_end_labels(Canvas& canvas, const Box& box, std::vector<EndLabel> labels, const Layout& layout);
/// New centres for boxes of height `gap`, in the order given by `y`, inside [low, high] where they fit.
std::vector<double> spread_apart(std::vector<double> y, double gap, double low, double high);

/// At most four points for each pixel column: first, lowest, highest, last. Keeps what the eye can see of a long line.
/// Points that are not finite are dropped. @pre x does not decrease
std::vector<Point> thin(std::span<const Point> points);

/// "1.25", "1,000" with as many decimals as the axis needs.
Labeler plain_label(const NiceAxis& axis);
/// Shares as "5 %".
Labeler percent_label(const NiceAxis& axis);

}  // namespace aitrading::report

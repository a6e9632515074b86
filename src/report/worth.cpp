#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

constexpr double thousandth = 1000;  ///< log losses of features are small: shown in thousandths of a nat

std::string value_text(double value) {
    const double size = std::abs(value);
    return size >= 1000 ? grouped(static_cast<std::int64_t>(std::lround(value))) : number(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

Canvas draw_curve(const DependenceCurve& curve, const Layout& layout) {
    const auto [lowest, highest] = std::minmax({*std::ranges::min_element(curve.low), *std::ranges::max_element(curve.high), 0.5});
    const NiceAxis axis = nice_axis(std::min(lowest, 0.5), std::max(highest, 0.5), layout.narrow ? 4 : 5);
    const Labeler label = percent_label(axis);
    const double left = value_axis_width(axis, label, layout), height = layout.narrow ? 180 : 220;
    const Box box{left, 28, layout.width - 12, 28 + height};
    Canvas canvas(layout.width, box.bottom + 48);
    draw_value_axis(canvas, box, axis, label, "p_up");
    const NiceAxis values = nice_axis(curve.at.front(), curve.at.back(), layout.narrow ? 3 : 5);
    const Scale y(axis.range, {box.bottom, box.top}), x(values.range, {box.left, box.right});
    draw_bottom_axis(canvas, box, values, plain_label(values), curve.name);
    const double usual_low = std::clamp(x(curve.usual_low), box.left, box.right), usual_high = std::clamp(x(curve.usual_high), box.left, box.right);
    if (usual_high > usual_low) canvas.rect({usual_low, box.top, usual_high, box.bottom}, Ink::text, 0.05, "where the feature lies in eight bars of ten");
    canvas.line({box.left, y(0.5)}, {box.right, y(0.5)}, {.ink = Ink::text, .dash = "4 3"});
    std::vector<Point> middle, upper, lower;
    for (std::size_t i = 0; i < curve.at.size(); ++i) {
        middle.push_back({x(curve.at[i]), y(curve.p_up[i])});
        upper.push_back({x(curve.at[i]), y(curve.high[i])});
        lower.push_back({x(curve.at[i]), y(curve.low[i])});
    }
    canvas.area(upper, lower, Ink::blue, 0.16);
    canvas.polyline(middle, {.ink = Ink::blue, .width = 2});
    for (std::size_t i = 0; i < middle.size(); ++i)
        canvas.marker(Shape::circle, middle[i], 3, Ink::blue,
                      fmt::format("{} {}: p_up {} on average, {} to {} in nine rows of ten", curve.name, value_text(curve.at[i]), percent(curve.p_up[i]),
                                  percent(curve.low[i]), percent(curve.high[i])));
    return canvas;
}

}  // namespace

Picture worth_picture(const std::vector<FeatureWorth>& worth) {
    std::vector<FeatureWorth> sorted = worth;
    std::erase_if(sorted, [](const FeatureWorth& w) { return !std::isfinite(w.loss); });
    std::ranges::stable_sort(sorted, std::greater<>{}, &FeatureWorth::loss);
    RowChart chart;
    chart.unit = "Log loss a bar that it costs, in thousandths";
    chart.line_name = "worth nothing";
    chart.has_line = true;
    std::int64_t told = 0;
    for (const FeatureWorth& w : sorted) {
        told += w.low > 0 ? 1 : 0;
        chart.rows.push_back({.label = w.name, .value = thousandth * w.loss, .band = {thousandth * w.low, thousandth * w.high}, .has_band = true,
                              .text = signed_number(thousandth * w.loss, 2), .ink = w.low > 0 ? Ink::blue : Ink::faint});
    }
    Picture picture;
    picture.title = told == 0 ? "No single feature is worth more than the noise of the tested bars"
                              : fmt::format("{} of {} features are worth more than the noise of the tested bars", told, sorted.size());
    picture.subtitle = "What each of the strongest features costs when it is dealt anew among tested bars that the fit had not seen. Whiskers: 95 %, over "
                       "blocks of bars. Features that say the same stand in for each other and show less.";
    picture.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    picture.table = {{{"Feature"}, {"Costs", true}, {"95 % band", true}}, {}, "In thousandths of a nat of log loss a bar."};
    for (const FeatureWorth& w : sorted)
        picture.table.rows.push_back({w.name, signed_number(thousandth * w.loss, 3), signed_number(thousandth * w.low, 3) + " to " + signed_number(thousandth * w.high, 3)});
    return picture;
}

Picture dependence_picture(const DependenceCurve& curve) {
    Picture picture;
    const auto [low, high] = std::ranges::minmax_element(curve.p_up);
    const std::size_t lowest = static_cast<std::size_t>(low - curve.p_up.begin()), highest = static_cast<std::size_t>(high - curve.p_up.begin());
    picture.title = *high - *low < 0.002 ? fmt::format("{} alone hardly moves the answer", curve.name)
                                         : fmt::format("{}: {} at {}, {} at {}", curve.name, percent(*low), value_text(curve.at[lowest]), percent(*high), value_text(curve.at[highest]));
    picture.subtitle = "Mean answer with the feature set to each value and all else as it was; band: nine rows of ten; shaded: where it lies in eight bars of ten. "
                       "Values that never meet the rest of a row are answered too.";
    picture.draw = [curve](const Layout& layout) { return draw_curve(curve, layout); };
    picture.table = {{{curve.name, true}, {"p_up", true}, {"nine rows of ten", true}}, {}, ""};
    for (std::size_t i = 0; i < curve.at.size(); ++i)
        picture.table.rows.push_back({value_text(curve.at[i]), percent(curve.p_up[i]), percent(curve.low[i]) + " to " + percent(curve.high[i])});
    return picture;
}

}  // namespace aitrading::report

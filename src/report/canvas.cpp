#include "report/canvas.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/check.hpp"
#include "report/format.hpp"

namespace aitrading::report {
namespace {

bool finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }
bool finite(const Box& b) { return finite(Point{b.left, b.top}) && finite(Point{b.right, b.bottom}); }

/// One decimal is a tenth of a pixel; ".0" is not written.
std::string coordinate(double value) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

std::string pair_of(Point p) { return coordinate(p.x) + ' ' + coordinate(p.y); }

std::string opacity_attribute(std::string_view name, double opacity) {
    return opacity >= 1 ? "" : fmt::format(" {}=\"{:.2f}\"", name, opacity);
}

std::string title_of(const std::string& hover) {
    return hover.empty() ? "" : "<title>" + escape(hover) + "</title>";
}

std::string marker_path(Shape shape, Point at, double r) {
    const auto to = [&](double dx, double dy) { return pair_of({at.x + dx * r, at.y + dy * r}); };
    switch (shape) {
        case Shape::square: return "M" + to(-.9, -.9) + "L" + to(.9, -.9) + "L" + to(.9, .9) + "L" + to(-.9, .9) + "Z";
        case Shape::diamond: return "M" + to(0, -1.2) + "L" + to(1.2, 0) + "L" + to(0, 1.2) + "L" + to(-1.2, 0) + "Z";
        case Shape::triangle_up: return "M" + to(0, -1.2) + "L" + to(1.1, .8) + "L" + to(-1.1, .8) + "Z";
        case Shape::triangle_down: return "M" + to(0, 1.2) + "L" + to(1.1, -.8) + "L" + to(-1.1, -.8) + "Z";
        case Shape::cross:
            return "M" + to(-1, -.6) + "L" + to(-.6, -1) + "L" + to(1, .6) + "L" + to(.6, 1) + "ZM" + to(-1, .6) + "L" +
                   to(-.6, 1) + "L" + to(1, -.6) + "L" + to(.6, -1) + "Z";
        case Shape::circle: break;
    }
    return "";
}

}  // namespace

void Canvas::path(const std::string& data, const Stroke& stroke) {
    body_ += fmt::format("<path class=\"s-{}\" d=\"{}\"", name(stroke.ink), data);
    if (stroke.width != 1) body_ += fmt::format(" stroke-width=\"{}\"", coordinate(stroke.width));
    if (!stroke.dash.empty()) body_ += fmt::format(" stroke-dasharray=\"{}\"", stroke.dash);
    body_ += opacity_attribute("stroke-opacity", stroke.opacity) + "/>";
}

void Canvas::line(Point a, Point b, const Stroke& stroke) {
    if (finite(a) && finite(b)) path("M" + pair_of(a) + "L" + pair_of(b), stroke);
}

void Canvas::polyline(std::span<const Point> points, const Stroke& stroke) {
    std::string data;
    for (const Point p : points) {
        if (!finite(p)) continue;
        data += data.empty() ? 'M' : 'L';
        data += pair_of(p);
    }
    if (!data.empty()) path(data, stroke);
}

void Canvas::segments(std::span<const Point> ends, const Stroke& stroke) {
    std::string data;
    for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
        if (!finite(ends[i]) || !finite(ends[i + 1])) continue;
        data += "M" + pair_of(ends[i]);
        if (ends[i].x == ends[i + 1].x)
            data += "V" + coordinate(ends[i + 1].y);
        else
            data += "L" + pair_of(ends[i + 1]);
    }
    if (!data.empty()) path(data, stroke);
}

void Canvas::area(std::span<const Point> upper, std::span<const Point> lower, Ink ink, double opacity) {
    CHECK(upper.size() == lower.size());
    std::string data;
    for (std::size_t i = 0; i < upper.size(); ++i)
        if (finite(upper[i]) && finite(lower[i])) data += (data.empty() ? 'M' : 'L') + pair_of(upper[i]);
    for (std::size_t i = upper.size(); i-- > 0;)
        if (finite(upper[i]) && finite(lower[i])) data += 'L' + pair_of(lower[i]);
    if (data.empty()) return;
    body_ += fmt::format("<path class=\"f-{}\" d=\"{}Z\"{}/>", name(ink), data,
                         opacity_attribute("fill-opacity", opacity));
}

void Canvas::rect(const Box& box, Ink ink, double opacity, const std::string& hover) {
    if (!finite(box) || box.width() < 0 || box.height() < 0) return;
    body_ += fmt::format("<rect class=\"f-{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}", name(ink),
                         coordinate(box.left), coordinate(box.top), coordinate(box.width()), coordinate(box.height()),
                         opacity_attribute("fill-opacity", opacity));
    body_ += hover.empty() ? "/>" : ">" + title_of(hover) + "</rect>";
}

void Canvas::outline(const Box& box, const Stroke& stroke) {
    if (finite(box))
        path("M" + pair_of({box.left, box.top}) + "H" + coordinate(box.right) + "V" + coordinate(box.bottom) + "H" +
                 coordinate(box.left) + "Z",
             stroke);
}

void Canvas::marker(Shape shape, Point at, double size, Ink ink, const std::string& hover) {
    if (!finite(at)) return;
    const bool circle = shape == Shape::circle;
    body_ += circle ? fmt::format("<circle class=\"f-{} m\" cx=\"{}\" cy=\"{}\" r=\"{}\"", name(ink), coordinate(at.x),
                                  coordinate(at.y), coordinate(size))
                    : fmt::format("<path class=\"f-{} m\" d=\"{}\"", name(ink), marker_path(shape, at, size));
    body_ += hover.empty() ? "/>" : ">" + title_of(hover) + (circle ? "</circle>" : "</path>");
}

void Canvas::hover(const Box& box, const std::string& text) {
    if (!finite(box)) return;
    body_ += fmt::format("<rect class=\"h\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">{}</rect>", coordinate(box.left),
                         coordinate(box.top), coordinate(box.width()), coordinate(box.height()), title_of(text));
}

void Canvas::open_text(Point at, const TextStyle& style) {
    body_ += fmt::format("<text class=\"t-{}{}{}\" x=\"{}\" y=\"{}\"", name(style.ink), style.bold ? " b" : "",
                         style.halo ? " halo" : "", coordinate(at.x), coordinate(at.y));
    if (style.size != 13) body_ += fmt::format(" font-size=\"{}\"", coordinate(style.size));
    if (style.anchor != Anchor::start)
        body_ += style.anchor == Anchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
    body_ += ">";
}

void Canvas::text(Point at, std::string_view content, const TextStyle& style) {
    if (!finite(at)) return;
    open_text(at, style);
    body_ += escape(content) + "</text>";
}

void Canvas::text(Point at, std::string_view strong, std::string_view plain, const TextStyle& style) {
    if (!finite(at)) return;
    open_text(at, style);
    body_ += "<tspan class=\"b\">" + escape(strong) + "</tspan> " + escape(plain) + "</text>";
}

std::string Canvas::finish(const std::string& id, const std::string& title, const std::string& description) const {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "font-size=\"13\" aria-labelledby=\"{2}t {2}d\"><title id=\"{2}t\">{3}</title><desc id=\"{2}d\">{4}</desc>{5}</svg>\n",
        coordinate(width_), coordinate(height_), id, escape(title), escape(description), body_);
}

}  // namespace aitrading::report

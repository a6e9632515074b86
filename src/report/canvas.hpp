#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/palette.hpp"

namespace aitrading::report {

struct Point {
    double x = 0, y = 0;
};

struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
    double width() const { return right - left; }
    double height() const { return bottom - top; }
};

struct Stroke {
    Ink ink = Ink::text;
    double width = 1;
    std::string_view dash = {};  ///< SVG dash array, empty = solid
    double opacity = 1;
};

enum class Anchor { start, middle, end };
enum class Shape { circle, square, diamond, triangle_up, triangle_down, cross };

struct TextStyle {
    Anchor anchor = Anchor::start;
    Ink ink = Ink::text;
    double size = 13;
    bool bold = false;
    bool halo = false;  ///< page-coloured outline, so that a label reads over lines
};

/// The elements of one SVG picture in user units (= CSS pixels at the width it was drawn for).
/// An element with a coordinate that is not finite is left out: a chart never breaks over one bad value.
class Canvas {
  public:
    Canvas(double width, double height) : width_(width), height_(height) {}

    void line(Point a, Point b, const Stroke& stroke);
    void polyline(std::span<const Point> points, const Stroke& stroke);
    /// Separate segments a[0]-a[1], a[2]-a[3], … as one path.
    void segments(std::span<const Point> ends, const Stroke& stroke);
    /// The surface between two lines of equal length.
    void area(std::span<const Point> upper, std::span<const Point> lower, Ink ink, double opacity);
    void rect(const Box& box, Ink ink, double opacity, const std::string& hover = "");
    void outline(const Box& box, const Stroke& stroke);
    void marker(Shape shape, Point at, double size, Ink ink, const std::string& hover = "");
    /// An invisible surface that tells `hover` under the pointer.
    void hover(const Box& box, const std::string& text);
    void text(Point at, std::string_view content, const TextStyle& style);
    /// `strong` in bold, then `plain`, as one line.
    void text(Point at, std::string_view strong, std::string_view plain, const TextStyle& style);

    double width() const { return width_; }
    double height() const { return height_; }
    /// The whole `<svg>` with its text alternative. `id` is unique in the page.
    std::string finish(const std::string& id, const std::string& title, const std::string& description) const;

  private:
    void path(const std::string& data, const Stroke& stroke);
    void open_text(Point at, const TextStyle& style);
    double width_, height_;
    std::string body_;
};

}  // namespace aitrading::report

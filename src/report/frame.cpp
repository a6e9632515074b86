#include "report/frame.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr double label_size = 12;
constexpr double end_label_gap = 8;

double line_count(const EndLabel& label, const Layout& layout) {
    return layout.narrow && !label.value.empty() && !label.name.empty() ? 2 : 1;
}

double width_of(const EndLabel& label, const Layout& layout) {
    const double name = width_em(label.name) * 1.15, value = width_em(label.value);
    const double em = line_count(label, layout) == 2 ? std::max(name, value) : name + (value > 0 ? value + 0.4 : 0);
    return em * label_size;
}

void draw_end_label(Canvas& canvas, double x, double y, const EndLabel& label, const Layout& layout) {
    const TextStyle strong{.ink = label.ink, .size = label_size, .bold = true, .halo = true};
    const TextStyle plain{.ink = label.ink, .size = label_size, .halo = true};
    if (line_count(label, layout) == 2) {
        canvas.text({x, y - 3}, label.name, strong);
        canvas.text({x, y + 11}, label.value, plain);
        return;
    }
    canvas.text({x, y + 4}, label.name, label.value, plain);
}

}  // namespace

void draw_value_axis(Canvas& canvas, const Box& box, const NiceAxis& axis, const Labeler& label,
                     const std::string& unit) {
    const Scale y(axis.range, {box.bottom, box.top});
    for (const double tick : axis.ticks) {
        canvas.line({box.left, y(tick)}, {box.right, y(tick)}, {.ink = Ink::grid});
        canvas.text({box.left - 8, y(tick) + 4}, label(tick), {Anchor::end, Ink::faint, label_size});
    }
    if (!unit.empty()) canvas.text({2, box.top - 12}, unit, {Anchor::start, Ink::faint, label_size});
}

void draw_time_axis(Canvas& canvas, const Box& box, Scale::Range span, const Layout& layout) {
    const Scale x(span, {box.left, box.right});
    canvas.line({box.left, box.bottom}, {box.right, box.bottom}, {.ink = Ink::grey});
    const int most = std::max(2, static_cast<int>(box.width() / (layout.narrow ? 74 : 90)));
    double free_from = box.left - 30;
    for (const TimeTick& tick : time_ticks({static_cast<std::int64_t>(span.low)}, {static_cast<std::int64_t>(span.high)}, most)) {
        const double at = x(tick.at), half = width_em(tick.label) * label_size / 2;
        canvas.line({at, box.bottom}, {at, box.bottom + 5}, {.ink = Ink::grey});
        // A label that would run out of the picture or into its neighbour is left out; its tick stays.
        if (at - half < std::max(free_from, 0.0) || at + half > canvas.width()) continue;
        canvas.text({at, box.bottom + 19}, tick.label, {Anchor::middle, Ink::faint, label_size});
        free_from = at + half + 8;
    }
}

void draw_bottom_axis(Canvas& canvas, const Box& box, const NiceAxis& axis, const Labeler& label,
                      const std::string& unit) {
    const Scale x(axis.range, {box.left, box.right});
    const auto half = [&](std::size_t i) { return width_em(label(axis.ticks[i])) * label_size / 2; };
    const auto at = [&](std::size_t i) { return std::clamp(x(axis.ticks[i]), half(i), std::max(half(i), canvas.width() - half(i))); };
    const auto zero = std::ranges::find_if(axis.ticks, [&](double tick) { return std::abs(tick) < 1e-9 * (axis.range.high - axis.range.low); });
    const std::size_t kept = zero == axis.ticks.end() ? 0 : static_cast<std::size_t>(zero - axis.ticks.begin());
    // Labels that would run into each other: every second stands, or every third, zero among them where it is a tick.
    const auto crowded = [&](std::size_t every) {
        for (std::size_t i = kept % every; i + every < axis.ticks.size(); i += every)
            if (at(i) + half(i) + 4 > at(i + every) - half(i + every)) return true;
        return false;
    };
    std::size_t every = 1;
    while (every < axis.ticks.size() && crowded(every)) ++every;
    for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
        canvas.line({x(axis.ticks[i]), box.top}, {x(axis.ticks[i]), box.bottom}, {.ink = Ink::grid});
        if (i % every == kept % every) canvas.text({at(i), box.bottom + 17}, label(axis.ticks[i]), {Anchor::middle, Ink::faint, label_size});
    }
    if (unit.empty()) return;
    const bool fits = width_em(unit) * label_size <= box.right;
    canvas.text({fits ? box.right : 0, box.bottom + 34}, unit, {fits ? Anchor::end : Anchor::start, Ink::faint, label_size});
}

double value_axis_width(const NiceAxis& axis, const Labeler& label, const Layout&) {
    double widest = 0;
    for (const double tick : axis.ticks) widest = std::max(widest, width_em(label(tick)));
    return widest * label_size + 12;
}

double end_label_width(std::span<const EndLabel> labels, const Layout& layout) {
    double widest = 0;
    for (const EndLabel& label : labels) widest = std::max(widest, width_of(label, layout));
    return widest > 0 ? widest + end_label_gap + 4 : 4;
}

std::vector<double> spread_apart(std::vector<double> y, double gap, double low, double high) {
    std::vector<std::size_t> order(y.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return y[i]; });
    double free_from = low;
    for (const std::size_t i : order) {
        y[i] = std::max(y[i], free_from);
        free_from = y[i] + gap;
    }
    double free_to = high;
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
        y[*it] = std::min(y[*it], free_to);
        free_to = y[*it] - gap;
    }
    return y;
}

void draw_end_labels(Canvas& canvas, const Box& box, std::vector<EndLabel> labels, const Layout& layout) {
    std::erase_if(labels, [](const EndLabel& l) { return !std::isfinite(l.y); });
    std::vector<double> wanted;
    double gap = 15;
    for (const EndLabel& label : labels) {
        wanted.push_back(label.y);
        if (line_count(label, layout) == 2) gap = 30;
    }
    const std::vector<double> placed = spread_apart(wanted, gap, box.top + 2, box.bottom - 2);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (std::abs(placed[i] - wanted[i]) > 4)
            canvas.line({box.right + 1, wanted[i]}, {box.right + end_label_gap - 2, placed[i]}, {.ink = labels[i].ink});
        draw_end_label(canvas, box.right + end_label_gap, placed[i], labels[i], layout);
    }
}

std::vector<Point> thin(std::span<const Point> points) {
    std::vector<Point> out;
    std::size_t at = 0;
    while (at < points.size()) {
        const double column = std::floor(points[at].x);
        std::size_t first = points.size(), low = first, high = first, last = first;
        // A NaN equals no column, its own included: it is stepped over alone.
        std::size_t end = at;
        do {
            const Point p = points[end];
            if (std::isfinite(p.x) && std::isfinite(p.y)) {
                if (first == points.size()) first = low = high = end;
                if (p.y < points[low].y) low = end;
                if (p.y > points[high].y) high = end;
                last = end;
            }
            ++end;
        } while (end < points.size() && std::floor(points[end].x) == column);
        at = end;
        if (first == points.size()) continue;
        std::array<std::size_t, 4> chosen{first, low, high, last};
        std::ranges::sort(chosen);
        for (std::size_t i = 0; i < chosen.size(); ++i)
            if (i == 0 || chosen[i] != chosen[i - 1]) out.push_back(points[chosen[i]]);
    }
    return out;
}

Labeler plain_label(const NiceAxis& axis) {
    return [digits = axis.digits](double value) { return number(value, digits); };
}

Labeler percent_label(const NiceAxis& axis) {
    return [digits = std::max(0, axis.digits - 2)](double value) { return percent(value, digits); };
}

}  // namespace aitrading::report

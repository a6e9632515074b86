#include "report/rows.hpp"

#include <algorithm>
#include <cmath>

#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr double label_size = 12;

NiceAxis axis_of(const RowChart& chart, const Layout& layout) {
    double low = INFINITY, high = -INFINITY;
    const auto take = [&](double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    };
    for (const ValueRow& row : chart.rows) {
        take(row.value);
        if (row.has_band) take(row.band.low), take(row.band.high);
        if (row.has_reference) take(row.reference);
    }
    if (chart.from_zero) take(0);
    if (chart.has_line) take(chart.line);
    return nice_axis(low, high, layout.narrow ? 3 : 6);
}

/// The label cut to what fits, with an ellipsis.
std::string fitted(const std::string& label, double pixels) {
    if (width_em(label) * label_size <= pixels) return label;
    std::string cut = label;
    while (!cut.empty() && (width_em(cut) + 1) * label_size > pixels) {
        while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
        if (!cut.empty()) cut.pop_back();
    }
    return cut + "…";
}

void draw_row(Canvas& canvas, const ValueRow& row, const Scale& x, double y, bool bar) {
    if (bar) {
        const auto [low, high] = std::minmax({x(0.0), x(row.value)});
        canvas.rect({low, y - 7, high, y + 7}, row.ink, 0.85);
    }
    if (row.has_reference)
        canvas.line({x(row.reference), y - 9}, {x(row.reference), y + 9}, {.ink = Ink::text, .width = 2});
    if (row.has_band) {
        const Stroke whisker{.ink = bar ? Ink::text : row.ink, .width = bar ? 1.0 : 2.0};
        canvas.line({x(row.band.low), y}, {x(row.band.high), y}, whisker);
        for (const double end : {row.band.low, row.band.high}) canvas.line({x(end), y - 4}, {x(end), y + 4}, whisker);
    }
    if (!bar) canvas.marker(row.shape, {x(row.value), y}, 5, row.ink);
}

}  // namespace

Canvas draw_rows(const RowChart& chart, const Layout& layout) {
    double labels = 0, texts = 0;
    for (const ValueRow& row : chart.rows) {
        labels = std::max(labels, width_em(row.label) * label_size);
        texts = std::max(texts, width_em(row.text) * label_size);
    }
    // A phone has no room for names beside the rows: there each name stands above its row.
    const bool stacked = layout.width < 420 && labels > 90;
    const double pitch = stacked ? 40 : 26, head = chart.has_line || !chart.reference_name.empty() ? 26 : 8;
    const double left = stacked ? 8 : std::min(labels, layout.width * 0.4) + 14;
    const double bottom = head + pitch * static_cast<double>(chart.rows.size()) + 4;
    Canvas canvas(layout.width, bottom + (chart.unit.empty() ? 24 : 42));
    const Box box{left, head, layout.width - texts - 18, bottom};
    const NiceAxis axis = axis_of(chart, layout);
    const Scale x(axis.range, {box.left, box.right});
    draw_bottom_axis(canvas, box, axis, chart.shares ? percent_label(axis) : plain_label(axis), chart.unit);
    if (chart.has_line) {
        canvas.line({x(chart.line), box.top - 4}, {x(chart.line), box.bottom}, {.ink = Ink::text, .dash = "4 3"});
        const double half = width_em(chart.line_name) * label_size / 2;
        const double at = std::clamp(x(chart.line), half + 2, std::max(half + 2, layout.width - half - 2));
        canvas.text({at, box.top - 10}, chart.line_name, {Anchor::middle, Ink::text, label_size});
    } else if (!chart.reference_name.empty()) {
        canvas.line({box.left + 3, 5}, {box.left + 3, 19}, {.ink = Ink::text, .width = 2});
        canvas.text({box.left + 10, 16}, chart.reference_name, {Anchor::start, Ink::text, label_size});
    }
    for (std::size_t i = 0; i < chart.rows.size(); ++i) {
        const ValueRow& row = chart.rows[i];
        const double top = box.top + pitch * static_cast<double>(i), y = top + (stacked ? 27 : pitch / 2);
        const TextStyle name{stacked ? Anchor::start : Anchor::end, Ink::text, label_size, false, stacked};
        if (stacked)
            canvas.text({box.left, top + 13}, fitted(row.label, layout.width - 16), name);
        else
            canvas.text({box.left - 10, y + 4}, fitted(row.label, left - 12), name);
        if (!std::isfinite(row.value)) {
            canvas.text({box.left + 4, y + 4}, "not available", {Anchor::start, Ink::faint, label_size, false, true});
            continue;
        }
        draw_row(canvas, row, x, y, chart.from_zero);
        canvas.text({layout.width - 2, y + 4}, row.text, {Anchor::end, Ink::text, label_size});
    }
    return canvas;
}

}  // namespace aitrading::report

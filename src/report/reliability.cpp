#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/model_pictures.hpp"

namespace aitrading::report {
namespace {

/// A bin below this tells nothing: it stands in the table, not in the picture.
constexpr std::int64_t fewest_drawn = 20;

std::vector<ReliabilityBin> filled(const Panel& panel) {
    std::vector<ReliabilityBin> bins;
    for (const ReliabilityBin& b : panel.reliability)
        if (b.count > 0 && std::isfinite(b.predicted) && std::isfinite(b.observed)) bins.push_back(b);
    return bins;
}

std::vector<ReliabilityBin> drawn(std::vector<ReliabilityBin> bins) {
    if (std::ranges::none_of(bins, [](const ReliabilityBin& b) { return b.count >= fewest_drawn; })) return bins;
    std::erase_if(bins, [](const ReliabilityBin& b) { return b.count < fewest_drawn; });
    return bins;
}

Interval band_of(const ReliabilityBin& b) { return wilson(std::clamp(b.observed, 0.0, 1.0), b.count); }

/// One range for both axes, so that the diagonal is a diagonal.
NiceAxis shared_axis(const std::vector<ReliabilityBin>& bins, const Layout& layout) {
    double low = 1, high = 0;
    for (const ReliabilityBin& b : bins) {
        low = std::min({low, b.predicted, b.observed, band_of(b).low});
        high = std::max({high, b.predicted, b.observed, band_of(b).high});
    }
    if (bins.empty()) low = 0, high = 1;
    return nice_axis(std::max(0.0, low), std::min(1.0, high), layout.narrow ? 4 : 6);
}

void draw_counts(Canvas& canvas, const Box& box, const std::vector<ReliabilityBin>& bins, const Scale& x) {
    std::int64_t most = 1;
    for (const ReliabilityBin& b : bins) most = std::max(most, b.count);
    for (const ReliabilityBin& b : bins) {
        const double height = box.height() * static_cast<double>(b.count) / static_cast<double>(most);
        const double middle = x(b.predicted);
        canvas.rect({middle - 5, box.bottom - std::max(height, 1.0), middle + 5, box.bottom}, Ink::grey, 0.8,
                    fmt::format("{} bars near {}", grouped(b.count), percent(b.predicted)));
    }
    canvas.text({2, box.top - 10}, fmt::format("Bars in each bin, {} at most", grouped(most)), {Anchor::start, Ink::faint, 12});
}

Canvas draw(const std::vector<ReliabilityBin>& bins, const Layout& layout) {
    const NiceAxis axis = shared_axis(bins, layout);
    const Labeler label = percent_label(axis);
    const double left = value_axis_width(axis, label, layout);
    const double height = std::min(layout.width - left - 16, 380.0), counts = 44;
    const Box box{left, 28, layout.width - 12, 28 + height};
    Canvas canvas(layout.width, box.bottom + 40 + counts + 40);
    draw_value_axis(canvas, box, axis, label, "Came true");
    const Scale x(axis.range, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    canvas.line({box.left, box.bottom}, {box.right, box.top}, {.ink = Ink::text, .dash = "4 3"});
    canvas.text({box.right - 4, box.top + 14 + height * 0.14}, "perfect", {Anchor::end, Ink::text, 12, false, true});
    std::vector<Point> line;
    line.reserve(bins.size());
    for (const ReliabilityBin& b : bins) line.push_back({x(b.predicted), y(b.observed)});
    for (const ReliabilityBin& b : bins) {
        const Interval band = band_of(b);
        const double px = x(b.predicted);
        const double top = std::max(y(band.high), box.top), bottom = std::min(y(band.low), box.bottom);
        canvas.line({px, top}, {px, bottom}, {.ink = Ink::blue, .width = 2, .opacity = 0.55});
    }
    canvas.polyline(line, {.ink = Ink::blue, .width = 1.5});
    for (const ReliabilityBin& b : bins) {
        const Interval band = band_of(b);
        canvas.marker(Shape::circle, {x(b.predicted), y(b.observed)}, 4.5, Ink::blue,
                      fmt::format("said {}, came true {} (95 % interval {} to {}, n = {})", percent(b.predicted), percent(b.observed),
                                  percent(band.low), percent(band.high), grouped(b.count)));
    }
    const Box below{box.left, box.bottom + 40, box.right, box.bottom + 40 + counts};
    draw_counts(canvas, below, bins, x);
    draw_bottom_axis(canvas, {box.left, below.bottom, box.right, below.bottom}, axis, label, "Predicted probability");
    return canvas;
}

}  // namespace

Picture reliability_picture(const std::string& model, const Panel& panel) {
    const std::vector<ReliabilityBin> bins = filled(panel);
    Picture picture;
    const bool noise = panel.ece <= panel.ece_noise_p95;
    picture.title = noise ? fmt::format("The probabilities of {} hold, within noise", model)
                          : fmt::format("The probabilities of {} are off by {} on average, more than noise explains", model, percent(panel.ece));
    std::int64_t inside = 0;
    for (const ReliabilityBin& b : bins) inside += band_of(b).contains(b.predicted) ? 1 : 0;
    picture.subtitle = fmt::format(
        "Predicted probability against the share that came true, with Wilson 95 % intervals; {} of {} bins hold the diagonal. "
        "Calibration error {}, noise alone up to {}. n = {}.{}",
        inside, bins.size(), percent(panel.ece, 2), percent(panel.ece_noise_p95, 2), grouped(panel.n),
        drawn(bins).size() < bins.size() ? fmt::format(" Bins of fewer than {} bars stand in the table only.", fewest_drawn) : "");
    picture.table = {{{"Predicted", true}, {"Came true", true}, {"95 % interval", true}, {"Bars", true}}, {}, ""};
    for (const ReliabilityBin& b : bins)
        picture.table.rows.push_back({percent(b.predicted), percent(b.observed),
                                      percent(band_of(b).low) + " to " + percent(band_of(b).high), grouped(b.count)});
    picture.draw = [bins = drawn(bins)](const Layout& layout) { return draw(bins, layout); };
    return picture;
}

}  // namespace aitrading::report

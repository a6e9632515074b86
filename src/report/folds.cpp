#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/model_pictures.hpp"

namespace aitrading::report {
namespace {

struct Placed {
    UnixNanos middle;
    const FoldRow* fold = nullptr;
    Interval band;
};

std::vector<Placed> placed(const std::vector<FoldRow>& folds) {
    std::vector<Placed> out;
    for (const FoldRow& f : folds)
        if (f.n > 0 && std::isfinite(f.accuracy) && std::isfinite(f.majority_rate))
            out.push_back({{f.from.value / 2 + f.to.value / 2}, &f, wilson(std::clamp(f.accuracy, 0.0, 1.0), f.n)});
    return out;
}

NiceAxis axis_of(const std::vector<Placed>& folds, const Layout& layout) {
    double low = INFINITY, high = -INFINITY;
    for (const Placed& p : folds) {
        low = std::min({low, p.band.low, p.fold->majority_rate});
        high = std::max({high, p.band.high, p.fold->majority_rate});
    }
    return nice_axis(low, high, layout.narrow ? 4 : 6);
}

std::string text_of(const Placed& p) {
    return fmt::format("{} to {}: {} right (95 % interval {} to {}), base rate {}, n = {}", date(p.fold->from), date(p.fold->to),
                       percent(p.fold->accuracy), percent(p.band.low), percent(p.band.high), percent(p.fold->majority_rate), grouped(p.fold->n));
}

Canvas draw(const std::vector<FoldRow>& folds, const Layout& layout) {
    const std::vector<Placed> points = placed(folds);
    const NiceAxis axis = axis_of(points, layout);
    const Labeler label = percent_label(axis);
    const std::vector<EndLabel> sizes{{0, "Base rate", percent(0.888)}};
    const Box box{value_axis_width(axis, label, layout), 28, layout.width - end_label_width(sizes, layout), layout.narrow ? 228.0 : 308.0};
    Canvas canvas(layout.width, box.bottom + 28);
    draw_value_axis(canvas, box, axis, label, "Accuracy in each test fold");
    if (points.empty()) return canvas;
    const Scale::Range span{static_cast<double>(folds.front().from.value), static_cast<double>(folds.back().to.value)};
    const Scale x(span, {box.left, box.right}), y(axis.range, {box.bottom, box.top});
    for (const Placed& p : points)
        canvas.line({x(p.fold->from), y(p.fold->majority_rate)}, {x(p.fold->to), y(p.fold->majority_rate)}, {.ink = Ink::text, .width = 1.5});
    for (const Placed& p : points) {
        const bool above = p.fold->accuracy >= p.fold->majority_rate;
        const double px = x(p.middle);
        const Ink ink = above ? Ink::blue : Ink::vermilion;
        canvas.line({px, y(p.band.low)}, {px, y(p.band.high)}, {.ink = ink, .width = 2, .opacity = 0.55});
        canvas.marker(above ? Shape::circle : Shape::diamond, {px, y(p.fold->accuracy)}, layout.narrow ? 3.5 : 4.5, ink, text_of(p));
    }
    const FoldRow& last = *points.back().fold;
    draw_end_labels(canvas, box, {{y(last.majority_rate), "Base rate", percent(last.majority_rate), Ink::text},
                                  {y(last.accuracy), "Last fold", percent(last.accuracy), last.accuracy >= last.majority_rate ? Ink::blue : Ink::vermilion}}, layout);
    draw_time_axis(canvas, box, span, layout);
    return canvas;
}

}  // namespace

Picture folds_picture(const std::string& model, const std::vector<FoldRow>& folds) {
    const std::vector<Placed> points = placed(folds);
    std::int64_t above = 0, clear = 0, skilled = 0;
    for (const Placed& p : points) {
        above += p.fold->accuracy > p.fold->majority_rate ? 1 : 0;
        clear += p.band.low > p.fold->majority_rate ? 1 : 0;
        skilled += p.fold->log_loss_skill > 0 ? 1 : 0;
    }
    Picture picture;
    picture.title = fmt::format("{} beat the base rate in {} of {} folds, clearly in {}", model, above, points.size(), clear);
    picture.subtitle = fmt::format(
        "Accuracy in each test fold with Wilson 95 % interval (circle above, diamond below the base rate); level lines: always "
        "the more frequent answer of the same bars. Log loss better than the constant's in {} of {} folds.", skilled, points.size());
    picture.table = {{{"From"}, {"To"}, {"Accuracy", true}, {"95 % interval", true}, {"Base rate", true}, {"Log-loss skill", true}, {"n", true}}, {}, ""};
    for (const Placed& p : points)
        picture.table.rows.push_back({date(p.fold->from), date(p.fold->to), percent(p.fold->accuracy),
                                      percent(p.band.low) + " to " + percent(p.band.high), percent(p.fold->majority_rate),
                                      signed_percent(p.fold->log_loss_skill, 2), grouped(p.fold->n)});
    picture.draw = [folds](const Layout& layout) { return draw(folds, layout); };
    return picture;
}

}  // namespace aitrading::report

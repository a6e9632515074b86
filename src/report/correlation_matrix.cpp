#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/correlation_pictures.hpp"
#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr double strongest = 0.6;

const CorrelationPair* pair_of(const CorrelationReport& report, std::size_t a, std::size_t b) {
    const auto found = std::ranges::find_if(report.pairs, [&](const CorrelationPair& p) {
        return (p.first == a && p.second == b) || (p.first == b && p.second == a);
    });
    return found == report.pairs.end() ? nullptr : &*found;
}

bool certain(const CorrelationValue& v) { return std::isfinite(v.value) && (v.band.low > 0 || v.band.high < 0); }

std::vector<std::size_t> order_of(const CorrelationReport& report) {
    if (report.order.size() == report.names.size()) return report.order;
    std::vector<std::size_t> order(report.names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

void draw_cell(Canvas& canvas, const CorrelationReport& report, std::size_t a, std::size_t b, const Box& box, const Layout& layout) {
    if (a == b) {
        canvas.rect(box, Ink::grid, 0.6);
        return;
    }
    const CorrelationPair* pair = pair_of(report, a, b);
    if (pair == nullptr || !std::isfinite(pair->whole.value)) {
        canvas.rect(box, Ink::grid, 0.3, fmt::format("{} and {}: not known", report.names[a], report.names[b]));
        return;
    }
    const CorrelationValue& v = pair->whole;
    canvas.rect(box, v.value >= 0 ? Ink::blue : Ink::vermilion, 0.04 + (strongest - 0.04) * std::min(1.0, std::abs(v.value)),
                layout.narrow ? "" : fmt::format("{}: {}, n = {}", pair_name(report, *pair), correlation_text(v), grouped(v.n)));
    if (certain(v)) canvas.outline({box.left + .5, box.top + .5, box.right - .5, box.bottom - .5}, {.ink = Ink::text, .width = 1});
    const std::string full = signed_number(v.value, 2), brief = signed_number(v.value, 1);
    const std::string& text = width_em(full) * 12 < box.width() - 4 ? full : brief;
    if (width_em(text) * 11 < box.width() - 2)
        canvas.text({(box.left + box.right) / 2, (box.top + box.bottom) / 2 + 4}, text, {Anchor::middle, Ink::text, 11, certain(v)});
}

/// The full scale from -1 to 1, and what the outline means.
void draw_key(Canvas& canvas, double left, double top, const Layout& layout) {
    constexpr double step = 22;
    canvas.text({left, top + 11}, "−1", {Anchor::start, Ink::faint, 12});
    double x = left + 22;
    for (int i = -3; i <= 3; ++i, x += step)
        canvas.rect({x, top, x + step - 1, top + 14}, i >= 0 ? Ink::blue : Ink::vermilion, 0.04 + (strongest - 0.04) * std::abs(i) / 3.0);
    canvas.text({x + 5, top + 11}, "+1", {Anchor::start, Ink::faint, 12});
    const double below = layout.narrow ? left : x + 40, y = layout.narrow ? top + 22 : top;
    canvas.outline({below, y, below + 14, y + 14}, {.ink = Ink::text, .width = 1});
    canvas.text({below + 20, y + 11}, "95 % interval excludes zero", {Anchor::start, Ink::faint, 12});
}

Canvas draw(const CorrelationReport& report, const Layout& layout) {
    const std::vector<std::size_t> order = order_of(report);
    double labels = 0;
    for (const std::string& name : report.names) labels = std::max(labels, width_em(name) * 12);
    const auto n = static_cast<double>(order.size());
    // Names over the columns stand upright only where they fit; a phone shows their numbers instead.
    const double left = labels + (layout.narrow ? 26 : 10), cell = std::clamp((layout.width - left - 2) / n, 8.0, 88.0);
    const bool named = labels + 6 < cell;
    const double height = std::clamp(cell * 0.55, 22.0, 34.0), top = 24, bottom = top + height * n;
    Canvas canvas(layout.width, bottom + (layout.narrow ? 62 : 36));
    for (std::size_t r = 0; r < order.size(); ++r) {
        const double y = top + height * static_cast<double>(r), x = left + cell * (static_cast<double>(r) + 0.5);
        const std::string number_text = fmt::format("{}", r + 1);
        canvas.text({left - 8, y + height / 2 + 4}, named ? report.names[order[r]] : report.names[order[r]] + " " + number_text,
                    {Anchor::end, Ink::text, 12});
        canvas.text({x, top - 7}, named ? report.names[order[r]] : number_text, {Anchor::middle, Ink::faint, 12});
        for (std::size_t c = 0; c < order.size(); ++c) {
            const double cx = left + cell * static_cast<double>(c);
            draw_cell(canvas, report, order[r], order[c], {cx, y, cx + cell - 1, y + height - 1}, layout);
        }
    }
    draw_key(canvas, layout.narrow ? 0 : left, bottom + 14, layout);
    return canvas;
}

}  // namespace

std::string pair_name(const CorrelationReport& report, const CorrelationPair& pair) {
    return report.names[pair.first] + " and " + report.names[pair.second];
}

std::string correlation_text(const CorrelationValue& v) {
    if (!std::isfinite(v.value)) return "n/a";
    if (!std::isfinite(v.band.low)) return signed_number(v.value, 2);
    return fmt::format("{} ({} to {})", signed_number(v.value, 2), signed_number(v.band.low, 2), signed_number(v.band.high, 2));
}

Picture correlation_matrix_picture(const CorrelationReport& report) {
    const CorrelationPair* top = nullptr;
    std::int64_t sure = 0;
    for (const CorrelationPair& p : report.pairs) {
        sure += certain(p.whole);
        if (std::isfinite(p.whole.value) && (top == nullptr || std::abs(p.whole.value) > std::abs(top->whole.value))) top = &p;
    }
    Picture out;
    const auto all = static_cast<std::int64_t>(report.pairs.size());
    out.title = top == nullptr ? "No pair has enough rows together"
                               : fmt::format("{} {} most closely: {}", pair_name(report, *top),
                                             top->whole.value >= 0 ? "move together" : "move against each other", signed_number(top->whole.value, 2));
    if (all > 1) out.title += fmt::format("; {} of {} pairs differ from zero", grouped(sure), grouped(all));
    out.subtitle = fmt::format("Correlation of log returns, {}, {}; alike ones beside each other. {}", report.timeframe, report.span,
                               report.timeframe == "ticks" ? "Intervals by a jackknife over blocks of time."
                                                           : "Intervals take rows as independent and normal: fat tails make them somewhat too short.");
    out.draw = [&report](const Layout& layout) { return draw(report, layout); };
    out.table.columns = {{"Pair"}, {"Correlation", true}, {"95 % from", true}, {"to", true}, {"n", true}};
    for (const CorrelationPair& p : report.pairs)
        out.table.rows.push_back({pair_name(report, p), Cell(number(p.whole.value, 3), certain(p.whole) ? "strong" : ""),
                                  number(p.whole.band.low, 3), number(p.whole.band.high, 3), p.whole.n > 0 ? grouped(p.whole.n) : "–"});
    return out;
}

}  // namespace aitrading::report

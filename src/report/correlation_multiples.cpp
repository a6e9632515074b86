#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/correlation_pictures.hpp"
#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr std::size_t paths_most = 12, lags_most = 6;

Interval fisher_band(double r, double rows) {
    if (rows <= 4 || std::abs(r) >= 1) return {r, r};
    const double half = z95 / std::sqrt(rows - 3);
    return {std::tanh(std::atanh(r) - half), std::tanh(std::atanh(r) + half)};
}

/// Range of a pair's path; below zero where nothing is known.
double swing(const CorrelationPair& pair) {
    double low = INFINITY, high = -INFINITY;
    for (const double v : pair.path)
        if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    return high - low;
}

std::vector<const CorrelationPair*> chosen(const CorrelationReport& report, std::size_t most, double (*rank)(const CorrelationPair&)) {
    std::vector<const CorrelationPair*> out;
    for (const CorrelationPair& p : report.pairs)
        if (std::isfinite(rank(p))) out.push_back(&p);
    std::ranges::stable_sort(out, std::greater{}, [&](const CorrelationPair* p) { return rank(*p); });
    if (out.size() > most) out.resize(most);
    return out;
}

/// Boxes of equal size, as many columns as the width allows; each has a line for its name above.
struct Grid {
    double width, height, gap = 28, head = 50, foot = 30;
    std::size_t columns, rows;
    Grid(const Layout& layout, std::size_t count, double box_height)
        : height(box_height), columns(layout.width > 900 ? 3 : layout.width > 500 ? 2 : 1) {
        columns = std::max<std::size_t>(1, std::min(columns, count));
        rows = (count + columns - 1) / columns;
        width = (layout.width - gap * static_cast<double>(columns - 1)) / static_cast<double>(columns);
    }
    double total() const { return static_cast<double>(rows) * (head + height + foot); }
    /// @param axis room left of it   @param label room right of it
    Box box(std::size_t i, double axis, double label) const {
        const std::size_t row = i / columns, column = i % columns;
        const double x = static_cast<double>(column) * (width + gap), y = static_cast<double>(row) * (head + height + foot) + head;
        return {x + axis, y, x + width - label, y + height};
    }
};

void draw_frame(Canvas& canvas, const Box& box, const std::string& name, const std::string& told, double axis_width) {
    const Scale y({-1, 1}, {box.bottom, box.top});
    canvas.text({box.left - axis_width, box.top - 28}, name, {Anchor::start, Ink::text, 13, true});
    canvas.text({box.left - axis_width, box.top - 13}, told, {Anchor::start, Ink::faint, 12});
    for (const double tick : {-1.0, 0.0, 1.0}) {
        canvas.line({box.left, y(tick)}, {box.right, y(tick)}, {.ink = tick == 0 ? Ink::text : Ink::grid, .dash = tick == 0 ? "4 3" : ""});
        canvas.text({box.left - 6, y(tick) + 4}, tick == 0 ? "0" : tick < 0 ? "−1" : "+1", {Anchor::end, Ink::faint, 12});
    }
}

void draw_path(Canvas& canvas, const Box& box, const CorrelationReport& report, const CorrelationPair& pair, const Layout& layout) {
    const Scale::Range span{static_cast<double>(report.time.front().value), static_cast<double>(report.time.back().value)};
    const Scale x(span, {box.left, box.right}), y({-1, 1}, {box.bottom, box.top});
    std::vector<Point> line, upper, lower;
    double column = -1;
    double last = NAN;
    for (std::size_t i = 0; i < pair.path.size() && i < report.time.size(); ++i) {
        const double v = pair.path[i], px = x(report.time[i]);
        if (!std::isfinite(v)) continue;
        last = v;
        line.push_back({px, y(v)});
        if (pair.path_rows <= 4 || std::floor(px) == column) continue;
        column = std::floor(px);
        const Interval band = fisher_band(v, pair.path_rows);
        upper.push_back({px, y(band.high)});
        lower.push_back({px, y(band.low)});
    }
    const std::string told = std::isfinite(pair.break_p) && pair.break_p < 0.05
                                 ? fmt::format("likeliest break {} (p {})", date(pair.broke), pair.break_p < 0.001 ? "< 0.001" : "= " + number(pair.break_p, 3))
                                 : std::isfinite(pair.break_p) ? fmt::format("no break shown (p = {})", number(pair.break_p, 3)) : "not tested for a break";
    draw_frame(canvas, box, pair_name(report, pair), told, 26);
    if (!upper.empty()) canvas.area(upper, lower, Ink::sky, 0.45);
    if (std::isfinite(pair.break_p) && pair.break_p < 0.05)
        canvas.line({x(pair.broke), box.top}, {x(pair.broke), box.bottom}, {.ink = Ink::vermilion, .width = 1.5, .dash = "3 3"});
    canvas.polyline(thin(line), {.ink = Ink::blue, .width = 1});
    if (!line.empty())
        canvas.text({box.right + 5, std::clamp(line.back().y + 4, box.top + 8, box.bottom)}, signed_number(last, 2), {Anchor::start, Ink::blue, 12, true});
    draw_time_axis(canvas, box, span, layout);
}

/// "1 row", "5 rows".
std::string unit_of(double count, std::string unit) {
    if (count == 1 && unit.ends_with('s')) unit.pop_back();
    return unit;
}

void draw_lags(Canvas& canvas, const Box& box, const CorrelationReport& report, const CorrelationPair& pair, const NiceAxis& values) {
    const double edge = pair.lag.empty() ? 1 : std::abs(pair.lag.back());
    const NiceAxis axis = nice_axis(-edge, edge, 4);
    const Scale x({-edge * 1.04, edge * 1.04}, {box.left, box.right}), y(values.range, {box.bottom, box.top});
    const std::string told = pair.best_lag == 0 ? "strongest at no lag"
                                                : fmt::format("{} follows by {:g} {}", pair.best_lag > 0 ? report.names[pair.second] : report.names[pair.first],
                                                              std::abs(pair.best_lag), unit_of(std::abs(pair.best_lag), report.lag_unit));
    canvas.text({box.left - 38, box.top - 28}, pair_name(report, pair), {Anchor::start, Ink::text, 13, true});
    canvas.text({box.left - 38, box.top - 13}, told + fmt::format(" · ratio {}", number(pair.ratio, 2)), {Anchor::start, Ink::faint, 12});
    for (const double tick : values.ticks) {
        canvas.line({box.left, y(tick)}, {box.right, y(tick)}, {.ink = Ink::grid});
        canvas.text({box.left - 6, y(tick) + 4}, number(tick, values.digits), {Anchor::end, Ink::faint, 12});
    }
    canvas.line({box.left, y(0.0)}, {box.right, y(0.0)}, {.ink = Ink::text, .dash = "4 3"});
    const bool dots = pair.lag.size() <= 61;
    std::vector<Point> upper, lower, line;
    for (std::size_t k = 0; k < pair.lag.size(); ++k) {
        const CorrelationValue& v = pair.at_lag[k];
        if (!std::isfinite(v.value)) continue;
        const double px = x(pair.lag[k]);
        const Ink ink = pair.lag[k] == pair.best_lag ? Ink::vermilion : Ink::blue;
        if (v.value > values.range.high || v.value < values.range.low) {
            const bool above = v.value > 0;
            canvas.marker(above ? Shape::triangle_up : Shape::triangle_down, {px, above ? box.top + 6 : box.bottom - 6}, 5, ink);
            canvas.text({px + 9, above ? box.top + 11 : box.bottom - 2}, signed_number(v.value, 2) + " at no lag", {Anchor::start, Ink::text, 12, false, true});
            continue;
        }
        line.push_back({px, y(v.value)});
        upper.push_back({px, y(v.band.high)});
        lower.push_back({px, y(v.band.low)});
        if (dots) canvas.line({px, y(v.band.low)}, {px, y(v.band.high)}, {.ink = ink, .width = 1.5});
        if (dots) canvas.marker(ink == Ink::blue ? Shape::circle : Shape::diamond, {px, y(v.value)}, ink == Ink::blue ? 2.5 : 4.5, ink);
    }
    if (!dots) {
        canvas.area(upper, lower, Ink::blue, 0.18);
        canvas.polyline(thin(line), {.ink = Ink::blue, .width = 1.5});
        canvas.line({x(pair.best_lag), box.top}, {x(pair.best_lag), box.bottom}, {.ink = Ink::vermilion, .width = 1.5, .dash = "3 3"});
    }
    for (const double tick : axis.ticks)
        if (std::abs(tick) <= edge) canvas.text({x(tick), box.bottom + 17}, number(tick, axis.digits), {Anchor::middle, Ink::faint, 12});
}

double strength(const CorrelationPair& pair) {
    double best = NAN;
    for (const CorrelationValue& v : pair.at_lag)
        if (std::isfinite(v.value) && !(std::abs(v.value) <= best)) best = std::abs(v.value);
    return best;
}

/// The range of what is not at lag zero where that dwarfs the rest, else of everything: the small ones are what is asked about.
NiceAxis lag_axis(const std::vector<const CorrelationPair*>& pairs) {
    double low = 0, high = 0, low_lagged = 0, high_lagged = 0;
    for (const CorrelationPair* p : pairs)
        for (std::size_t k = 0; k < p->at_lag.size(); ++k) {
            const CorrelationValue& v = p->at_lag[k];
            if (!std::isfinite(v.value)) continue;
            low = std::min({low, v.value, v.band.low}), high = std::max({high, v.value, v.band.high});
            if (p->lag[k] == 0) continue;
            low_lagged = std::min({low_lagged, v.value, v.band.low}), high_lagged = std::max({high_lagged, v.value, v.band.high});
        }
    if (high_lagged - low_lagged < (high - low) / 3) low = low_lagged, high = high_lagged;
    return nice_axis(std::max(low, -1.2), std::min(high, 1.2), 4);
}

}  // namespace

Picture correlation_paths_picture(const CorrelationReport& report) {
    const auto pairs = chosen(report, paths_most, swing);
    std::size_t broken = 0, tested = 0;
    for (const CorrelationPair& p : report.pairs) tested += std::isfinite(p.break_p), broken += p.break_p < 0.05;
    Picture out;
    out.title = pairs.empty() ? "No correlation is known yet"
                              : fmt::format("{} changed most: their correlation ranged over {} in this span", pair_name(report, *pairs.front()), number(swing(*pairs.front()), 2));
    if (tested > 0)
        out.title += fmt::format("; {} of {} pairs broke, chance alone would show about {}", broken, tested, number(0.05 * static_cast<double>(tested), 1));
    out.subtitle = report.method + ", " + report.span + (!pairs.empty() && pairs.front()->path_rows > 4 ? ", with its 95 % band" : ", without a band: the law of this estimate is not known") +
                   (report.pairs.size() > pairs.size() ? fmt::format("; the {} pairs of {} that changed most", pairs.size(), report.pairs.size()) : "") +
                   ". Dashed red: the likeliest break, where it is significant (CUSUM of correlation).";
    out.draw = [&report, pairs](const Layout& layout) {
        const Grid grid(layout, pairs.size(), 104);
        Canvas canvas(layout.width, std::max(40.0, grid.total()));
        for (std::size_t i = 0; i < pairs.size(); ++i) draw_path(canvas, grid.box(i, 26, 52), report, *pairs[i], layout);
        return canvas;
    };
    out.table.columns = {{"Pair"}, {"Lowest", true}, {"Highest", true}, {"Last", true}, {"Likeliest break"}, {"p", true}};
    for (const CorrelationPair& p : report.pairs) {
        double low = INFINITY, high = -INFINITY, last = NAN;
        for (const double v : p.path)
            if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v), last = v;
        out.table.rows.push_back({pair_name(report, p), number(low, 2), number(high, 2), number(last, 2),
                                  std::isfinite(p.break_p) ? Cell(p.broke) : Cell("not tested"), number(p.break_p, 4)});
    }
    return out;
}

Picture lead_lag_picture(const CorrelationReport& report) {
    const auto pairs = chosen(report, lags_most, strength);
    std::size_t lagged = 0;
    for (const CorrelationPair& p : report.pairs) lagged += p.best_lag != 0;
    Picture out;
    out.title = lagged == 0 ? fmt::format("No pair moves ahead of the other by a {} or more", report.lag_unit == "rows" ? "row" : "step")
                            : fmt::format("{} of {} pairs {} strongest at a lag", lagged, report.pairs.size(), lagged == 1 ? "is" : "are");
    out.subtitle = fmt::format("Correlation with the second market's return so many {} later, 95 % intervals, {}. Ratio: squares right of zero by squares left, "
                               "above 1 the first leads. Red: the strongest; an arrow lies beyond the scale.", report.lag_unit, report.span);
    if (report.pairs.size() > pairs.size()) out.subtitle += fmt::format(" The {} strongest pairs of {}.", pairs.size(), report.pairs.size());
    out.draw = [&report, pairs](const Layout& layout) {
        const Grid grid(layout, pairs.size(), 120);
        Canvas canvas(layout.width, std::max(40.0, grid.total()));
        const NiceAxis values = lag_axis(pairs);
        for (std::size_t i = 0; i < pairs.size(); ++i) draw_lags(canvas, grid.box(i, 38, 4), report, *pairs[i], values);
        return canvas;
    };
    out.table.columns = {{"Pair"}, {"Lag, " + report.lag_unit, true}, {"Correlation there", true}, {"at no lag", true}, {"Ratio", true}, {"p of a lag", true}};
    for (const CorrelationPair& p : report.pairs) {
        CorrelationValue there, none;
        for (std::size_t k = 0; k < p.lag.size(); ++k) {
            if (p.lag[k] == p.best_lag) there = p.at_lag[k];
            if (p.lag[k] == 0) none = p.at_lag[k];
        }
        out.table.rows.push_back({pair_name(report, p), fmt::format("{:g}", p.best_lag), correlation_text(there), correlation_text(none),
                                  number(p.ratio, 2), number(p.lag_p, 4)});
    }
    return out;
}

}  // namespace aitrading::report

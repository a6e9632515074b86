#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/correlation_pictures.hpp"
#include "report/format.hpp"
#include "report/rows.hpp"

namespace aitrading::report {
namespace {

/// One market as a line of the indented tree.
struct Line {
    std::size_t market = 0, depth = 0;
    std::size_t parent_line = 0;
    const TreeLink* link = nullptr;  ///< to its parent; null at the root
};

std::size_t other_end(const TreeLink& link, std::size_t one) { return link.first == one ? link.second : link.first; }

/// The market with the most links, of equal ones the first.
std::size_t root_of(const CorrelationReport& report) {
    std::vector<std::size_t> links(report.names.size());
    for (const TreeLink& link : report.tree) ++links[link.first], ++links[link.second];
    return static_cast<std::size_t>(std::ranges::max_element(links) - links.begin());
}

/// Depth first from the root, the nearest branch first.
std::vector<Line> lines_of(const CorrelationReport& report) {
    std::vector<Line> out, open{{root_of(report), 0, 0, nullptr}};
    std::vector<char> seen(report.names.size());
    while (!open.empty()) {
        const Line at = open.back();
        open.pop_back();
        if (seen[at.market]) continue;
        seen[at.market] = 1;
        out.push_back(at);
        for (auto link = report.tree.rbegin(); link != report.tree.rend(); ++link) {
            if (link->first != at.market && link->second != at.market) continue;
            const std::size_t next = other_end(*link, at.market);
            if (!seen[next]) open.push_back({next, at.depth + 1, out.size() - 1, &*link});
        }
    }
    return out;
}

Canvas draw_tree(const CorrelationReport& report, const Layout& layout) {
    const std::vector<Line> lines = lines_of(report);
    constexpr double pitch = 28, top = 8;
    std::size_t deepest = 1;
    for (const Line& line : lines) deepest = std::max(deepest, line.depth);
    const double indent = std::min(layout.narrow ? 22.0 : 44.0, (layout.width - 190) / static_cast<double>(deepest));
    Canvas canvas(layout.width, top + pitch * static_cast<double>(lines.size()) + 8);
    const auto x = [&](const Line& line) { return 8 + indent * static_cast<double>(line.depth); };
    const auto y = [&](std::size_t i) { return top + pitch * (static_cast<double>(i) + 0.5); };
    constexpr Shape shapes[] = {Shape::circle, Shape::square, Shape::diamond, Shape::triangle_up, Shape::triangle_down, Shape::cross};
    constexpr Ink inks[] = {Ink::blue, Ink::orange, Ink::green, Ink::purple, Ink::sky, Ink::grey};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line& line = lines[i];
        if (line.link == nullptr) continue;
        const double px = x(lines[line.parent_line]), own = x(line);
        canvas.line({px, y(line.parent_line) + 6}, {px, y(i)}, {.ink = Ink::grey});
        canvas.line({px, y(i)}, {own - 6, y(i)}, {.ink = Ink::grey});
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line& line = lines[i];
        const std::size_t group = line.market < report.groups.size() ? report.groups[line.market] % std::size(inks) : 0;
        canvas.marker(shapes[group], {x(line), y(i)}, 5, inks[group]);
        canvas.text({x(line) + 12, y(i) + 4}, report.names[line.market], {Anchor::start, Ink::text, 13, true});
        if (line.link != nullptr)
            canvas.text({x(line) + 22 + width_em(report.names[line.market]) * 15, y(i) + 4},
                        fmt::format("{}{}", signed_number(line.link->correlation, 2), layout.narrow ? "" : " with " + report.names[lines[line.parent_line].market]),
                        {Anchor::start, Ink::faint, 12});
    }
    return canvas;
}

std::string groups_text(const CorrelationReport& report) {
    std::map<std::size_t, std::vector<std::string>> groups;
    for (std::size_t i = 0; i < report.groups.size(); ++i) groups[report.groups[i]].push_back(report.names[i]);
    return counted(static_cast<std::int64_t>(groups.size()), "cluster", "clusters");
}

ValueRow value_row(const std::string& label, const CorrelationValue& v, Ink ink, Shape shape) {
    ValueRow row;
    row.label = label;
    row.value = v.value;
    row.band = v.band;
    row.has_band = std::isfinite(v.band.low);
    row.text = signed_number(v.value, 2);
    row.ink = ink;
    row.shape = shape;
    return row;
}

ValueRow profit_row(const std::string& label, double value, bool loss_is_above) {
    ValueRow row;
    row.label = label;
    row.value = value;
    row.text = signed_number(value, 0);
    row.ink = (value >= 0) == loss_is_above ? Ink::vermilion : Ink::blue;
    return row;
}

}  // namespace

Picture market_tree_picture(const CorrelationReport& report) {
    Picture out;
    out.title = fmt::format("{} stands in the middle of the tree; {} at a correlation of one half", report.names[root_of(report)], groups_text(report));
    out.subtitle = fmt::format("Minimum spanning tree on sqrt(2 (1 − correlation)), {}, {}: each market hangs on the one it moves with most closely "
                               "among those that join it to the rest. Symbols: clusters by average linkage.", report.timeframe, report.span);
    out.draw = [&report](const Layout& layout) { return draw_tree(report, layout); };
    out.table.columns = {{"From"}, {"To"}, {"Correlation", true}, {"Distance", true}};
    for (const TreeLink& link : report.tree)
        out.table.rows.push_back({report.names[link.first], report.names[link.second], number(link.correlation, 3), number(link.distance, 3)});
    return out;
}

Picture dollar_picture(const CorrelationReport& report) {
    RowChart chart;
    std::size_t shrunk = 0, own = 0;
    for (const DollarRow& d : report.dollar) {
        ValueRow with = value_row(d.name + ", whole index", d.with, Ink::grey, Shape::circle);
        with.has_reference = std::isfinite(d.with.value);
        with.reference = d.with.value < 0 ? -0.85 : 0.85;
        chart.rows.push_back(with);
        if (d.own_legs.empty()) continue;
        chart.rows.push_back(value_row(d.name + ", without " + d.own_legs, d.without, Ink::blue, Shape::diamond));
        ++own;
        shrunk += std::abs(d.without.value) < std::abs(d.with.value);
    }
    chart.unit = "correlation of log returns in the same row";
    chart.reference_name = "the source's 0.85, either side";
    Picture out;
    out.title = fmt::format("Without their own leg {} of {} pairs are tied less to the dollar index", shrunk, own);
    out.subtitle = fmt::format("{}; {}, 95 % intervals, {}. Grey: with the whole index, of which the pair itself may be a part.", report.dollar_index,
                               report.timeframe, report.span);
    out.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    out.table.columns = {{"Instrument"}, {"Own legs left out"}, {"Their weight", true}, {"With the index", true}, {"Without own legs", true},
                         {"Next return after the index", true}, {"… without own legs", true}, {"n", true}};
    for (const DollarRow& d : report.dollar)
        out.table.rows.push_back({d.name, d.own_legs.empty() ? "none" : d.own_legs, percent(d.own_weight), correlation_text(d.with), correlation_text(d.without),
                                  correlation_text(d.next_with), correlation_text(d.next_without), grouped(d.with.n)});
    return out;
}

Picture stress_picture(const CorrelationReport& report) {
    RowChart chart;
    const StressRow* worst = nullptr;
    for (const StressRow& s : report.stress) {
        ValueRow row = profit_row(s.name + ", " + s.span, s.missing.empty() ? s.profit : NAN, false);
        if (!s.missing.empty()) row.text = "";
        chart.rows.push_back(row);
        if (s.missing.empty() && (worst == nullptr || s.profit < worst->profit)) worst = &s;
    }
    chart.unit = report.account;
    chart.from_zero = true;
    Picture out;
    out.title = worst == nullptr ? "No episode lies inside the data"
                                 : fmt::format("{} ({}) would have {} {} {}", worst->name, worst->span, worst->profit < 0 ? "cost" : "made",
                                               number(std::abs(worst->profit), 0), report.account);
    out.subtitle = "Today's positions over each episode as it went, " + report.account + ". What happened once is no estimate and has no interval.";
    out.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    out.table.columns = {{"Episode"}, {"When"}, {"Profit", true}};
    for (const std::string& name : report.names) out.table.columns.push_back({name, true});
    for (const StressRow& s : report.stress) {
        std::vector<Cell> row{s.name, s.span, s.missing.empty() ? Cell(signed_number(s.profit, 0), s.profit < 0 ? "loss" : "gain") : Cell("not available: " + s.missing, "faint")};
        for (std::size_t j = 0; j < report.names.size(); ++j) row.emplace_back(s.missing.empty() && j < s.component.size() ? signed_number(s.component[j], 0) : "");
        out.table.rows.push_back(std::move(row));
    }
    return out;
}

Picture risk_picture(const CorrelationReport& report) {
    RowChart chart;
    const RiskLine& shown = report.risk.back();
    std::size_t greatest = 0;
    for (std::size_t j = 0; j < shown.component.size(); ++j) {
        if (shown.component[j] != 0) chart.rows.push_back(profit_row(report.names[j], shown.component[j], true));
        if (shown.component[j] > shown.component[greatest]) greatest = j;
    }
    chart.unit = report.account + ", loss above zero";
    chart.from_zero = true;
    Picture out;
    out.title = fmt::format("{} carries {} of the risk", report.names[greatest], percent(shown.component[greatest] / shown.total, 0));
    out.subtitle = fmt::format("{}: {} {} (95 % interval {}), split so that the parts sum up to it; a part below zero hedges. {}.", shown.name,
                               number(shown.total, 0), report.account, interval(shown.band.low, shown.band.high, 0), report.span);
    out.draw = [chart](const Layout& layout) { return draw_rows(chart, layout); };
    out.table.columns = {{"Measure"}, {"Total", true}, {"95 % from", true}, {"to", true}};
    for (const std::string& name : report.names) out.table.columns.push_back({name, true});
    for (const RiskLine& line : report.risk) {
        std::vector<Cell> row{line.name, Cell(number(line.total, 0), "strong"), number(line.band.low, 0), number(line.band.high, 0)};
        for (const double part : line.component) row.emplace_back(signed_number(part, 0));
        out.table.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace aitrading::report

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "report/format.hpp"
#include "report/quality_pictures.hpp"

namespace aitrading::report {
namespace {

constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr double complete = 0.9, thin_share = 0.5;

struct Look {
    Ink ink;
    double opacity;
    const char* word;
};

Look look_of(const QualityDay& day) {
    if (day.expected == 0) return day.rows == 0 ? Look{Ink::grid, 0.5, "closed"} : Look{Ink::sky, 0.7, "rows though closed"};
    const double share = static_cast<double>(day.rows) / static_cast<double>(day.expected);
    if (day.rows == 0) return {Ink::vermilion, 0.75, "missing"};
    if (share >= complete) return {Ink::blue, 0.75, "complete"};
    return {Ink::orange, share < thin_share ? 0.95 : 0.55, "thin"};
}

struct Grid {
    double left, cell, row, block, top;
};

void draw_day(Canvas& canvas, const QualityDay& day, const Grid& grid, int year, int first_year) {
    const std::int64_t begin = days_from_civil(year, 1, 1), number = day.day.value / nanos_per_day;
    const int shift = weekday({begin * nanos_per_day});
    const auto index = static_cast<int>(number - begin) + shift;
    const int week = index / 7;
    const double x = grid.left + grid.cell * week, y = grid.top + grid.block * (year - first_year) + grid.row * (index % 7);
    const Box box{x, y, x + grid.cell - 1, y + grid.row - 1};
    const Look look = look_of(day);
    canvas.rect(box, look.ink, look.opacity,
                fmt::format("{}: {} of {} rows, {}{}", date(day.day), grouped(day.rows), grouped(day.expected), look.word,
                            day.faults > 0 ? ", " + counted(day.faults, "fault", "faults") : ""));
    if (day.faults > 0)
        canvas.marker(Shape::diamond, {(box.left + box.right) / 2, (box.top + box.bottom) / 2}, std::min(grid.cell, grid.row) * 0.52, Ink::vermilion);
}

void draw_key(Canvas& canvas, double left, double top, const Layout& layout) {
    double x = left, y = top;
    const auto item = [&](const char* word, auto&& symbol) {
        const double width = 22 + (width_em(word) + 1.4) * 12;
        if (x + width > layout.width) x = left, y += 20;
        symbol(Box{x, y, x + 14, y + 12});
        canvas.text({x + 20, y + 11}, word, {Anchor::start, Ink::faint, 12});
        x += width;
    };
    item("complete", [&](const Box& b) { canvas.rect(b, Ink::blue, 0.75); });
    item("under 90 % of its rows", [&](const Box& b) { canvas.rect(b, Ink::orange, 0.55); });
    item("missing", [&](const Box& b) { canvas.rect(b, Ink::vermilion, 0.75); });
    item("rows though closed", [&](const Box& b) { canvas.rect(b, Ink::sky, 0.7); });
    item("with a fault", [&](const Box& b) { canvas.marker(Shape::diamond, {b.left + 7, b.top + 6}, 6, Ink::vermilion); });
}

Canvas draw(const QualityReport& report, const Layout& layout) {
    const int first = to_civil(report.days.front().day).year, last = to_civil(report.days.back().day).year;
    Grid grid{};
    grid.left = 44;
    grid.cell = (layout.width - grid.left) / 54;
    grid.row = std::clamp(grid.cell, 5.0, last - first > 2 ? 9.0 : 13.0);
    grid.block = 7 * grid.row + 10;
    grid.top = 24;
    const double bottom = grid.top + grid.block * (last - first + 1);
    Canvas canvas(layout.width, bottom + (layout.narrow ? 74 : 26));
    for (int month = 0; month < 12; month += layout.narrow ? 2 : 1)
        canvas.text({grid.left + grid.cell * (month * 4.4), 13}, month_names[static_cast<std::size_t>(month)], {Anchor::start, Ink::faint, 12});
    for (int year = first; year <= last; ++year)
        canvas.text({0, grid.top + grid.block * (year - first) + 4 * grid.row}, fmt::format("{}", year), {Anchor::start, Ink::faint, 12});
    for (const QualityDay& day : report.days) draw_day(canvas, day, grid, to_civil(day.day).year, first);
    draw_key(canvas, layout.narrow ? 0 : grid.left, bottom + 6, layout);
    return canvas;
}

}  // namespace

Picture calendar_picture(const QualityReport& report) {
    std::int64_t trading = 0, whole = 0, missing = 0, faulty = 0;
    std::map<std::pair<int, int>, std::array<std::int64_t, 4>> months;
    for (const QualityDay& day : report.days) {
        const bool open = day.expected > 0, full = open && static_cast<double>(day.rows) >= complete * static_cast<double>(day.expected);
        trading += open, whole += full, missing += open && day.rows == 0, faulty += day.faults > 0;
        const CivilTime c = to_civil(day.day);
        auto& month = months[{c.year, c.month}];
        month[0] += open, month[1] += full, month[2] += open && day.rows == 0, month[3] += day.faults > 0;
    }
    Picture out;
    out.title = fmt::format("{} of {} trading days are complete", grouped(whole), grouped(trading));
    if (missing > 0) out.title += fmt::format(", {} missing", grouped(missing));
    if (faulty > 0) out.title += fmt::format("; {} with faults", counted(faulty, "day", "days"));
    out.subtitle = "Each cell is a day (UTC), Monday at the top; weekends and holidays are closed. Rows against those that the market's hours would give.";
    out.draw = [&report](const Layout& layout) { return draw(report, layout); };
    out.table.columns = {{"Month"}, {"Trading days", true}, {"Complete", true}, {"Missing", true}, {"With faults", true}};
    for (const auto& [key, m] : months)
        out.table.rows.push_back({fmt::format("{}-{:02}", key.first, key.second), grouped(m[0]), grouped(m[1]), grouped(m[2]),
                                  Cell(grouped(m[3]), m[3] > 0 ? "loss" : "")});
    return out;
}

}  // namespace aitrading::report

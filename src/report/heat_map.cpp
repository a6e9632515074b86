#include "report/heat_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr double strongest = 0.6;

bool shown(const HeatMap& map, const MeanOf& cell) { return cell.n >= std::max<std::int64_t>(map.fewest, 2); }

bool certain(const MeanOf& cell) { return std::abs(cell.mean()) > cell.half_width(); }

/// The value at which the colour is full: the 95th percentile of what is shown, so that one wild cell pales no other.
double full_colour(const HeatMap& map) {
    std::vector<double> sizes;
    for (const MeanOf& cell : map.cells)
        if (shown(map, cell) && std::isfinite(cell.mean())) sizes.push_back(std::abs(cell.mean()));
    if (sizes.empty()) return 0;
    std::ranges::sort(sizes);
    return sizes[(sizes.size() - 1) * 95 / 100];
}

/// Width in em of the longest number: numbers are written into all cells or into none.
double widest_value(const HeatMap& map) {
    double widest = 0;
    for (const MeanOf& cell : map.cells)
        if (shown(map, cell)) widest = std::max(widest, width_em(signed_number(cell.mean() * map.factor, map.digits)));
    return widest;
}

std::string hover_text(const HeatMap& map, std::size_t row, std::size_t column) {
    const MeanOf& cell = map.cell(row, column);
    const std::string where = fmt::format("{}, {} {}", map.rows[row], map.column_title, map.columns[column]);
    if (!shown(map, cell)) return fmt::format("{}: too few (n = {})", where, grouped(cell.n));
    return fmt::format("{}: {} {} (95 % interval {}, n = {})", where, signed_number(cell.mean() * map.factor, map.digits),
                       map.unit,
                       interval((cell.mean() - cell.half_width()) * map.factor, (cell.mean() + cell.half_width()) * map.factor, map.digits),
                       grouped(cell.n));
}

/// A phone has no pointer to hover with: there the numbers stand in the table only.
void draw_cell(Canvas& canvas, const HeatMap& map, std::size_t row, std::size_t column, const Box& box, double full, const Layout& layout) {
    const MeanOf& cell = map.cell(row, column);
    const std::string hover = layout.narrow ? "" : hover_text(map, row, column);
    if (!shown(map, cell) || !std::isfinite(cell.mean())) {
        canvas.rect(box, Ink::grid, 0.35, hover);
        return;
    }
    const double share = full > 0 ? std::min(1.0, std::abs(cell.mean()) / full) : 0;
    canvas.rect(box, cell.mean() >= 0 ? Ink::blue : Ink::vermilion, 0.04 + (strongest - 0.04) * share, hover);
    if (certain(cell))
        canvas.outline({box.left + .5, box.top + .5, box.right - .5, box.bottom - .5}, {.ink = Ink::text, .width = 1.5});
    const std::string text = signed_number(cell.mean() * map.factor, map.digits);
    if (widest_value(map) * 11 < box.width() - 1)
        canvas.text({(box.left + box.right) / 2, (box.top + box.bottom) / 2 + 4}, text,
                    {Anchor::middle, Ink::text, 11, certain(cell)});
}

/// From full loss over nothing to full gain, with the numbers at its ends, and what the outline means.
void draw_key(Canvas& canvas, const HeatMap& map, double left, double top, double full, const Layout& layout) {
    const auto beyond = [&](double side) {
        return std::ranges::any_of(map.cells, [&](const MeanOf& c) { return shown(map, c) && side * c.mean() > full; });
    };
    const std::string low = (beyond(-1) ? "≤ " : "") + signed_number(-full * map.factor, map.digits);
    const std::string high = (beyond(1) ? "≥ " : "") + signed_number(full * map.factor, map.digits);
    const double words = (width_em(low) + width_em(high + " " + map.unit)) * 12 + 12;
    const double step = std::clamp((layout.width - left - words) / 7, 8.0, 22.0);  // a phone has room for the words first
    double x = left;
    canvas.text({x, top + 11}, low, {Anchor::start, Ink::faint, 12});
    x += width_em(low) * 12 + 6;
    for (int i = -3; i <= 3; ++i, x += step)
        canvas.rect({x, top, x + step - 1, top + 14}, i >= 0 ? Ink::blue : Ink::vermilion, 0.04 + (strongest - 0.04) * std::abs(i) / 3.0);
    canvas.text({x + 5, top + 11}, high + " " + map.unit, {Anchor::start, Ink::faint, 12});
    const double below = layout.narrow ? left : x + 5 + (width_em(high + " " + map.unit) + 2) * 12;
    const double y = layout.narrow ? top + 22 : top;
    canvas.outline({below, y, below + 14, y + 14}, {.ink = Ink::text, .width = 1.5});
    canvas.text({below + 20, y + 11}, "95 % interval excludes zero", {Anchor::start, Ink::faint, 12});
}

}  // namespace

HeatCount count_certain(const HeatMap& map) {
    HeatCount count;
    for (const MeanOf& cell : map.cells) {
        if (!shown(map, cell)) continue;
        ++count.shown;
        if (certain(cell)) ++(cell.mean() > 0 ? count.above : count.below);
    }
    return count;
}

std::string standing_out(const HeatMap& map, const std::string& cell_name) {
    const HeatCount count = count_certain(map);
    const std::string sides = count.above + count.below == 0 ? "" : fmt::format(" ({} above, {} below)", grouped(count.above), grouped(count.below));
    return fmt::format("{} of {} {} stand out from zero{}; chance alone would give about {}",
                       grouped(count.above + count.below), grouped(count.shown), cell_name, sides, number(count.by_chance(), count.by_chance() < 10 ? 1 : 0));
}

Canvas draw_heat_map(const HeatMap& map, const Layout& layout) {
    double labels = 0, widest = 0;
    for (const std::string& row : map.rows) labels = std::max(labels, width_em(row) * 12);
    for (const std::string& column : map.columns) widest = std::max(widest, width_em(column) * 12);
    const double left = labels + 10, top = 40;
    const double room = layout.width - left - 2;
    const double cell_width = std::min(room / static_cast<double>(std::max<std::size_t>(1, map.columns.size())), 84.0);
    const double cell_height = layout.narrow ? 22 : 28;
    const double bottom = top + cell_height * static_cast<double>(map.rows.size());
    Canvas canvas(layout.width, bottom + (layout.narrow ? 58 : 36));
    const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil((widest + 4) / cell_width)));
    canvas.text({left, 13}, map.column_title, {Anchor::start, Ink::faint, 12});
    for (std::size_t c = 0; c < map.columns.size(); c += every)
        canvas.text({left + cell_width * (static_cast<double>(c) + 0.5), top - 7}, map.columns[c], {Anchor::middle, Ink::faint, 12});
    const double full = full_colour(map);
    for (std::size_t r = 0; r < map.rows.size(); ++r) {
        const double y = top + cell_height * static_cast<double>(r);
        canvas.text({left - 8, y + cell_height / 2 + 4}, map.rows[r], {Anchor::end, Ink::faint, 12});
        for (std::size_t c = 0; c < map.columns.size(); ++c) {
            const double x = left + cell_width * static_cast<double>(c);
            draw_cell(canvas, map, r, c, {x, y, x + cell_width - 1, y + cell_height - 1}, full, layout);
        }
    }
    draw_key(canvas, map, layout.narrow ? 0 : left, bottom + 14, full, layout);
    return canvas;
}

DataTable heat_table(const HeatMap& map) {
    DataTable table;
    table.columns.push_back({map.row_title, false});
    for (const std::string& column : map.columns) table.columns.push_back({column, true});
    for (std::size_t r = 0; r < map.rows.size(); ++r) {
        std::vector<Cell> row{Cell(map.rows[r])};
        for (std::size_t c = 0; c < map.columns.size(); ++c) {
            const MeanOf& cell = map.cell(r, c);
            if (!shown(map, cell))
                row.emplace_back("", "faint");
            else
                row.emplace_back(fmt::format("{} ±{}", signed_number(cell.mean() * map.factor, map.digits),
                                             number(cell.half_width() * map.factor, map.digits)),
                                 certain(cell) ? "strong" : "");
        }
        table.rows.push_back(std::move(row));
    }
    table.remark = fmt::format("Mean ± 95 % half width, in {}. Empty: fewer than {} values.", map.unit, map.fewest);
    return table;
}

}  // namespace aitrading::report

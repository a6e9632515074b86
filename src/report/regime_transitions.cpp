#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/interval.hpp"
#include "report/regime_pictures.hpp"

namespace aitrading::report {
namespace {

constexpr double label_size = 12, strongest = 0.6;

/// Regimes that came, by number.
std::vector<int> present(const RegimeFigures& f) {
    std::vector<int> out;
    for (int k = 1; k <= static_cast<int>(regime_count); ++k)
        if (f.bars[static_cast<std::size_t>(k - 1)] > 0) out.push_back(k);
    return out;
}

struct Move {
    std::int64_t count = 0, all = 0;  ///< of the changes out of `from`; on the diagonal of its bars
    double share() const { return all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0; }
};

Move move_of(const RegimeFigures& f, int from, int to) {
    const auto row = static_cast<std::size_t>(from - 1), column = static_cast<std::size_t>(to - 1);
    const std::int64_t leaving = f.leaving(row), staying = f.moves[row][row];
    return row == column ? Move{staying, staying + leaving} : Move{f.moves[row][column], leaving};
}

std::string told(const Move& m) {
    if (m.all == 0) return "none";
    const Interval band = wilson(m.share(), m.all);
    return fmt::format("{} of {}: {} (95 % interval {} to {})", grouped(m.count), grouped(m.all), percent(m.share()), percent(band.low), percent(band.high));
}

std::string hover(int from, int to, const Move& m) {
    return from == to ? fmt::format("{}: stays from bar to bar, {}", regime_label(from), told(m))
                      : fmt::format("{} to {}: {} changes", regime_label(from), regime_label(to), told(m));
}

void draw_cell(Canvas& canvas, const Box& box, int from, int to, const Move& m, const Layout& layout) {
    const std::string text = layout.narrow ? "" : hover(from, to, m);
    if (from == to) {
        canvas.rect(box, Ink::grey, 0.18, text);
    } else if (m.count == 0) {
        canvas.rect(box, Ink::grid, 0.35, text);
    } else {
        canvas.rect(box, Ink::blue, 0.06 + (strongest - 0.06) * std::min(1.0, m.share() / 0.6), text);
    }
    if (m.count == 0 || box.width() < 44) return;
    const double middle = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    canvas.text({middle, y - 1}, percent(m.share(), m.share() >= 0.995 || from != to ? 0 : 1), {Anchor::middle, Ink::text, 11, from != to && m.share() >= 0.3});
    canvas.text({middle, y + 12}, grouped(m.count), {Anchor::middle, Ink::text, 10});
}

Canvas draw_matrix(const RegimeFigures& f, const Layout& layout) {
    const std::vector<int> shown = present(f);
    double labels = 0;
    for (const int k : shown) labels = std::max(labels, width_em(layout.narrow ? fmt::format("{} {}", k, regime_style(k).brief) : regime_label(k)) * label_size);
    const double left = labels + 10, top = 40, count = static_cast<double>(shown.size());
    const double width = std::min((layout.width - left - 2) / count, 84.0), height = layout.narrow ? 22 : width < 44 ? 26 : 36;
    const double bottom = top + height * count;
    Canvas canvas(layout.width, bottom + (layout.narrow ? 58 : 36));
    canvas.text({left, 13}, "To regime", {Anchor::start, Ink::faint, label_size});
    for (std::size_t r = 0; r < shown.size(); ++r) {
        const double y = top + height * static_cast<double>(r);
        const RegimeStyle& style = regime_style(shown[r]);
        canvas.text({left - 8, y + height / 2 + 4}, layout.narrow ? fmt::format("{} {}", style.number, style.brief) : regime_label(style.number),
                    {Anchor::end, style.ink, label_size});
        canvas.text({left + width * (static_cast<double>(r) + 0.5), top - 7}, fmt::format("{}", style.number), {Anchor::middle, style.ink, width < 24 ? 10.0 : label_size, true});
        for (std::size_t c = 0; c < shown.size(); ++c) {
            const double x = left + width * static_cast<double>(c);
            draw_cell(canvas, {x, y, x + width - 1, y + height - 1}, shown[r], shown[c], move_of(f, shown[r], shown[c]), layout);
        }
    }
    const double key = bottom + 14, start = layout.narrow ? 0 : left;
    double x = start;
    canvas.text({x, key + 11}, "0 %", {Anchor::start, Ink::faint, label_size});
    x += 32;
    for (int i = 0; i < 4; ++i, x += 22) canvas.rect({x, key, x + 21, key + 14}, Ink::blue, 0.06 + (strongest - 0.06) * i / 3.0);
    const std::string_view most = layout.narrow ? "60 % or more of changes out" : "60 % and more of the changes out of a regime";
    canvas.text({x + 5, key + 11}, most, {Anchor::start, Ink::faint, label_size});
    const double second = layout.narrow ? start : x + 15 + width_em(most) * label_size;
    const double line = layout.narrow ? key + 22 : key;
    canvas.rect({second, line, second + 21, line + 14}, Ink::grey, 0.18);
    canvas.text({second + 27, line + 11}, "stays, of its bars", {Anchor::start, Ink::faint, label_size});
    return canvas;
}

DataTable matrix_table(const RegimeFigures& f) {
    DataTable table;
    table.columns = {{"From"}, {"To"}, {"Changes", true}, {"Of those out of it", true}, {"95 % interval", true}};
    for (const int from : present(f))
        for (const int to : present(f)) {
            const Move m = move_of(f, from, to);
            if (from == to || m.count == 0) continue;
            const Interval band = wilson(m.share(), m.all);
            table.rows.push_back({regime_label(from), regime_label(to), grouped(m.count), percent(m.share()), percent(band.low) + " to " + percent(band.high)});
        }
    table.remark = "Ways that were never taken are left out.";
    return table;
}

}  // namespace

Picture regime_transition_picture(const RegimeFigures& f, const std::string& series) {
    int from = 0, to = 0;
    Move most;
    for (const int a : present(f))
        for (const int b : present(f))
            if (const Move m = move_of(f, a, b); a != b && m.count > most.count) most = m, from = a, to = b;
    Picture out;
    out.title = most.count == 0 ? "The regime never changed"
                                : fmt::format("The most frequent change is from {} to {}: {} of the {} changes out of it", regime_style(from).name,
                                              regime_style(to).name, percent(most.share(), 0), grouped(most.all));
    out.subtitle = fmt::format("Share of the changes out of each regime (row) into each other (column), with their number; on the diagonal the share of "
                               "bars after which a regime stays. {} changes in {} bars of {}. Intervals stand in the table.",
                               grouped(f.changes), grouped(f.known), series);
    out.table = matrix_table(f);
    out.draw = [f](const Layout& layout) { return draw_matrix(f, layout); };
    return out;
}

}  // namespace aitrading::report

#include "report/time_cells.hpp"

#include <fmt/format.h>

#include "report/palette.hpp"

namespace aitrading::report {

std::vector<std::string> weekday_names() { return {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}; }

std::vector<std::string> month_names() {
    return {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
}

std::vector<std::string> hour_names() {
    std::vector<std::string> out;
    out.reserve(24);
    for (int hour = 0; hour < 24; ++hour) out.push_back(fmt::format("{}", hour));
    return out;
}

std::vector<std::string> regime_row_names() {
    std::vector<std::string> out;
    out.reserve(regime_count);
    for (const RegimeStyle& style : regime_styles()) out.push_back(fmt::format("{} {}", style.number, style.brief));
    return out;
}

int hour_of(UnixNanos time) { return to_civil(time).hour; }
int month_of(UnixNanos time) { return to_civil(time).month - 1; }
int year_of(UnixNanos time) { return to_civil(time).year; }

void drop_empty_rows(HeatMap& map) {
    for (std::size_t row = map.rows.size(); row-- > 0;) {
        const auto begin = map.cells.begin() + static_cast<std::ptrdiff_t>(row * map.columns.size());
        const auto end = begin + static_cast<std::ptrdiff_t>(map.columns.size());
        if (std::any_of(begin, end, [](const MeanOf& cell) { return cell.n > 0; })) continue;
        map.cells.erase(begin, end);
        map.rows.erase(map.rows.begin() + static_cast<std::ptrdiff_t>(row));
    }
}

Picture picture_of(HeatMap map, const std::string& cell_name, const std::string& subtitle) {
    Picture picture;
    picture.title = standing_out(map, cell_name);
    picture.subtitle = subtitle;
    picture.table = heat_table(map);
    picture.draw = [map = std::move(map)](const Layout& layout) { return draw_heat_map(map, layout); };
    return picture;
}

}  // namespace aitrading::report

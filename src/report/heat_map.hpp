#pragma once

#include <string>
#include <vector>

#include "report/interval.hpp"
#include "report/picture.hpp"

namespace aitrading::report {

/// A grid of means around zero, each with its own uncertainty: gains blue, losses vermilion, the paler the smaller.
/// A cell whose 95 % interval excludes zero has an outline; one with too few values stays empty.
struct HeatMap {
    std::vector<std::string> rows, columns;
    std::vector<MeanOf> cells;  ///< [rows x columns]
    std::string row_title, column_title;
    std::string unit;           ///< as the numbers are told: "percentage points", "USD a trade"
    double factor = 1;          ///< shown value = mean * factor
    int digits = 1;
    std::int64_t fewest = 30;   ///< values a cell needs to be shown

    MeanOf& cell(std::size_t row, std::size_t column) { return cells[row * columns.size() + column]; }
    const MeanOf& cell(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
    void resize() { cells.assign(rows.size() * columns.size(), {}); }
};

/// How many shown cells exclude zero, and how many would by chance alone if all were zero (5 %).
struct HeatCount {
    std::int64_t shown = 0, above = 0, below = 0;
    double by_chance() const { return 0.05 * static_cast<double>(shown); }
};
HeatCount count_certain(const HeatMap& map);
/// "3 of 120 cells stand out; chance alone would give 6"
std::string standing_out(const HeatMap& map, const std::string& cell_name);

Canvas draw_heat_map(const HeatMap& map, const Layout& layout);
DataTable heat_table(const HeatMap& map);

}  // namespace aitrading::report

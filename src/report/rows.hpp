#pragma once

#include <string>
#include <vector>

#include "report/frame.hpp"
#include "report/interval.hpp"

namespace aitrading::report {

/// One named value of a dot or bar chart with horizontal rows.
struct ValueRow {
    std::string label;
    double value = 0;
    Interval band;
    bool has_band = false;
    std::string text;   ///< the value as written at the right
    Ink ink = Ink::blue;
    Shape shape = Shape::circle;
    double reference = 0;       ///< this row's own base rate, drawn as a short upright line
    bool has_reference = false;
};

struct RowChart {
    std::vector<ValueRow> rows;
    std::string unit;
    bool shares = false;        ///< values are shares, the axis is in percent
    bool from_zero = false;     ///< bars from zero instead of dots
    std::string line_name;      ///< one upright line through all rows …
    double line = 0;            ///< … at this value
    bool has_line = false;
    std::string reference_name; ///< what the short lines mean
};

/// Dots with whiskers, or bars, one row each; base line first. Rows without finite values are left out.
Canvas draw_rows(const RowChart& chart, const Layout& layout);

}  // namespace aitrading::report

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "report/canvas.hpp"
#include "report/frame.hpp"

namespace aitrading::report {

/// One cell of a table: plain text (escaped by the page) and how it looks.
struct Cell {
    std::string text;
    std::string style = {};  ///< CSS classes: gain, loss, strong, faint; `heat` with `share`
    double share = 0;        ///< -1..1: background from loss to gain
    std::optional<UnixNanos> time = {};  ///< shown instead of the text, with the reader's own clock on hover
    Cell(std::string t, std::string s = {}, double h = 0) : text(std::move(t)), style(std::move(s)), share(h) {}  // NOLINT(google-explicit-constructor)
    Cell(const char* t) : text(t) {}  // NOLINT(google-explicit-constructor)
    Cell(UnixNanos t) : time(t) {}    // NOLINT(google-explicit-constructor)
};

struct TableColumn {
    std::string title;
    bool right = false;  ///< numbers stand right-aligned
};

struct DataTable {
    std::vector<TableColumn> columns;
    std::vector<std::vector<Cell>> rows;
    std::string remark;  ///< one line under it, e.g. how many rows were cut
};

/// A chart with all that stands around it. `draw` is called once for each layout while the page is built, so it may
/// refer to values that live until then.
struct Picture {
    std::string title;        ///< what was found
    std::string subtitle;     ///< what is drawn, units, period, n
    std::string description;  ///< for those who cannot see it; empty: title and subtitle
    std::function<Canvas(const Layout&)> draw;
    DataTable table;          ///< behind a toggle; may be empty
};

}  // namespace aitrading::report

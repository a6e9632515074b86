#pragma once

#include <string>
#include <vector>

namespace aitrading::kit {

/// Aligned text table with a header rule, for stdout.
class Table {
  public:
    enum class Align { left, right };
    struct Column {
        std::string title;
        Align align = Align::left;
    };
    explicit Table(std::vector<Column> columns);
    /// @pre cells.size() equals the number of columns
    void add(std::vector<std::string> cells);
    /// Lines ending in '\n'; widths count Unicode code points.
    std::string render() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace aitrading::kit

#include "kit/table.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::kit {
namespace {

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

void put(std::string& out, const std::string& text, std::size_t width, Table::Align align, bool last) {
    const std::string fill(width - width_of(text), ' ');
    if (align == Table::Align::right)
        out += fill + text;
    else
        out += last ? text : text + fill;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<std::string> cells) {
    CHECK(cells.size() == columns_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::render() const {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        std::size_t width = width_of(columns_[c].title);
        for (const auto& row : rows_) width = std::max(width, width_of(row[c]));
        widths.push_back(width);
    }
    std::string out;
    const auto line = [&](const auto& cell_of) {
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            if (c > 0) out += "  ";
            put(out, cell_of(c), widths[c], columns_[c].align, c + 1 == columns_.size());
        }
        out.resize(out.find_last_not_of(' ') + 1);  // an empty last cell leaves its gap behind
        out += '\n';
    };
    line([&](std::size_t c) { return columns_[c].title; });
    line([&](std::size_t c) {
        std::string rule;
        for (std::size_t i = 0; i < widths[c]; ++i) rule += "─";
        return rule;
    });
    for (const auto& row : rows_) line([&](std::size_t c) { return row[c]; });
    return out;
}

}  // namespace aitrading::kit

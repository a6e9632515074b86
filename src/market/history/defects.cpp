#include "market/history/defects.hpp"

#include <algorithm>

namespace aitrading::market {

bool DefectTally::knows(std::string_view kind) const {
    return std::ranges::find(list_, kind, &Defect::kind) != list_.end();
}

void DefectTally::refuse(std::string_view kind, std::int64_t row, std::string text, std::string_view line) {
    constexpr std::size_t text_max = 512;
    if (rows_.size() < rows_kept_max && row > 0)
        rows_.push_back({row, std::string(kind), text, std::string(line.substr(0, text_max))});
    add(kind, row, std::move(text), true);
}

void DefectTally::add(std::string_view kind, std::int64_t row, std::string text, bool refused, std::int64_t count) {
    constexpr std::size_t examples_max = 5;
    refused_ += refused;
    auto found = std::ranges::find(list_, kind, &Defect::kind);
    if (found == list_.end()) {
        list_.push_back({std::string(kind), row, std::move(text), count, {row}, refused});
        return;
    }
    found->count += count;
    if (found->examples.size() < examples_max) found->examples.push_back(row);
}

}  // namespace aitrading::market

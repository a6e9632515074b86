#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::engines::histories {

/// A row as it lies in a part or waits for one.
struct StoredRow {
    std::string symbol;
    std::int64_t known_at = 0;
    std::int64_t number = 0;  ///< rises with every row that was ever appended
    std::vector<ports::HistoryValue> values;

    ports::HistoryPlace place() const { return {{known_at}, number}; }
};

/// The values of a row as bytes with a sum over them and over `whose`, so that cells of another row are refused too.
std::string packed(const std::vector<ports::HistoryValue>& values, std::string_view whose);
/// @errors gate_refused (damaged)
Result<std::vector<ports::HistoryValue>> unpacked(std::string_view bytes, std::string_view whose);

}  // namespace aitrading::engines::histories

#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

struct MergedBars {
    BarColumns bars;
    std::int64_t added = 0;        ///< times that the old series did not have
    std::int64_t known = 0;        ///< equal in every column that both have
    std::int64_t conflicting = 0;  ///< other values at the same time
};

/// Puts `incoming` into `old`. Where both have a time and differ, the old row stays, or gives way under `replace`.
/// Columns (ask, spread) that the old series lacks are left out. @pre both strictly increase, the same key
/// @errors bad_input (the old series has ask or spread columns that the new rows lack)
Result<MergedBars> merge_bars(const BarColumns& old, const BarColumns& incoming, bool replace);

}  // namespace aitrading::market

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

struct MergedBars {
    BarColumns bars;
    std::int64_t added = 0;        ///< times that the old series did not have
    std::int64_t known = 0;        ///< equal in every column that both have
    std::int64_t conflicting = 0;  ///< other values at the same time
};

/// What became of one incoming row.
enum class RowFate : std::uint8_t { added, known, conflicting };

/// Puts `incoming` into `old`. Where both have a time and differ, the old row stays, or gives way under `replace`.
/// Columns (ask, spread) that the old series lacks are left out. @pre both strictly increase, the same key
/// @param fates receives the fate of every incoming row, in their order
/// @errors bad_input (the old series has ask or spread columns that the new rows lack)
Result<MergedBars> merge_bars(const BarColumns& old, const BarColumns& incoming, bool replace,
                              std::vector<RowFate>* fates = nullptr);

/// @errors bad_input (the series has ask or spread columns that the new rows lack)
Result<void> check_columns(const BarColumns& old, const BarColumns& incoming);

/// The rows of several files as one series.
struct CombinedBars {
    BarColumns bars;
    std::vector<std::uint32_t> owner;  ///< of each row: index of the file that it is from
    /// Per file: rows that another file has just so, and rows that contradict one of an earlier file (or, under
    /// `replace`, of a later one).
    std::vector<std::int64_t> known, conflicting;
};

/// Merges files of one series by time; where two have a time, the earlier file's row stays, or under `replace` the later's.
/// @pre each strictly increases; all have the columns of the first   @complexity O(rows log files)
CombinedBars combine_bars(std::span<const BarColumns* const> files, bool replace);

/// Bid bars and ask bars of the same times as bars of both sides. Rows of which the other side is missing are left out.
struct JoinedSides {
    BarColumns bars;
    std::vector<std::size_t> bid_row, ask_row;  ///< of each joined row: where it stood
};
JoinedSides join_sides(const BarColumns& bid, const BarColumns& ask);

}  // namespace aitrading::market

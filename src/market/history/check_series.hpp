#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/defects.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

struct Gap {
    UnixNanos from, to;  ///< last bar before, first bar after
    std::int64_t missing_bars = 0;
};

/// What is remarkable in a stored series. A finding says what was seen, not that it is wrong.
struct SeriesCheck {
    SeriesInfo info;
    std::vector<Defect> defects;      ///< row counts the series' rows from 1
    std::vector<Gap> longest_gaps;    ///< at most ten, the longest first
};

/// Reads the series once: order and soundness of every row, gaps, flat bars without volume, crossed quotes, jumps of more
/// than twenty times the median bar range that are taken back by the next bar. Memory: one batch.
/// @errors not_found, failed
Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key);
/// The same for a recording of an order book: gaps in the update ids, a crossed book, no snapshot.
Result<SeriesCheck> check_book(const ports::SeriesStore& store, const SeriesKey& key);

}  // namespace aitrading::market

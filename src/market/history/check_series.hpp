#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/defects.hpp"
#include "market/history/missing_time.hpp"
#include "market/history/quarantine.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

struct Gap {
    UnixNanos from, to;  ///< last bar before, first bar after
    std::int64_t missing_bars = 0;
};

/// A finding at a time: a row, or a span.
struct Finding {
    std::string kind;
    UnixNanos from, to;
    Price high, low;  ///< of the row; zero where it is a span
    bool refused = false;
};

/// What is remarkable in a stored series. A finding says what was seen, not that it is wrong.
struct SeriesCheck {
    SeriesInfo info;
    std::vector<Defect> defects;      ///< rows count the series' rows from 1; those of imported files name the file
    std::vector<Finding> findings;    ///< in time, at most findings_max
    std::vector<Gap> longest_gaps;    ///< while the market is open, at most ten, the longest first
    Quarantine quarantine;
    std::vector<ImportOrigin> origins;
    std::int64_t crossed = 0;         ///< rows whose ask lies below the bid
};
inline constexpr std::size_t findings_max = 20'000;

/// Looks at every row: order, soundness, crossed quotes, what find_suspects and find_time_suspects see, and what the imports
/// of its files left: their quarantine and their own findings. A spike says whether another stored series of the symbol
/// confirms it. Memory: the bars of the series, of ticks one batch. @errors not_found, failed
Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key);
/// The same for a recording of an order book: gaps in the update ids, a crossed book, no snapshot.
Result<SeriesCheck> check_book(const ports::SeriesStore& store, const SeriesKey& key);

}  // namespace aitrading::market

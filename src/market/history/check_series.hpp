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
    MarketKind kind = MarketKind::unknown;  ///< of bars: by the symbol, around_clock where weekends hold bars
    std::int64_t crossed = 0;         ///< rows whose ask lies below the bid
};
inline constexpr std::size_t findings_max = 20'000, check_piece_rows = 1'000'000;

/// Looks at every row: order, soundness, crossed quotes, what find_suspects and find_time_suspects see, and what the imports
/// of its files left: their quarantine and their own findings. A spike says whether another stored series of the symbol
/// confirms it. Memory: a piece of check_piece_rows bars and its copy (about 200 MB), of ticks one batch, whatever the length;
/// a series of more bars is judged piece by piece (usual volumes, shares of hours), each row with the day around it. @errors not_found, failed
Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key, std::size_t piece_rows = check_piece_rows);
/// The same for a recording of an order book: gaps in the update ids, a crossed book, no snapshot.
Result<SeriesCheck> check_book(const ports::SeriesStore& store, const SeriesKey& key);

}  // namespace aitrading::market

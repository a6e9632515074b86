#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "market/history/check_series.hpp"
#include "ports/series_store/series_store.hpp"
#include "report/quality_report.hpp"

namespace aitrading::market {

/// Days, weeks, hours and pieces of time of a series, measured for its page. Memory: a batch, and 8 bytes a bar.
Result<void> measure_bars(const ports::SeriesStore& store, const SeriesCheck& check, report::QualityReport& out);
Result<void> measure_ticks(const ports::SeriesStore& store, const SeriesCheck& check, report::QualityReport& out);

/// Spans in which an imported file was in another clock than mostly, from the clocks of the origins.
std::vector<Finding> clock_spans(const SeriesCheck& check);
/// What the clocks of the origins say, in one line.
std::string clock_sentence(const SeriesCheck& check);
/// The clock that says most: one that changed, else the first; empty where no origin is known.
std::string telling_clock(const SeriesCheck& check);

}  // namespace aitrading::market

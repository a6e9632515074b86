#pragma once

#include "base/result.hpp"
#include "market/history/check_series.hpp"
#include "ports/series_store/series_store.hpp"
#include "report/quality_report.hpp"

namespace aitrading::market {

/// All that a page on the quality of a stored series shows, from one check of it. Provenance is left to the caller.
/// Memory: the bars of the series, or of ticks a few thousand pieces. @errors not_found, failed
Result<report::QualityReport> describe_quality(const ports::SeriesStore& store, const SeriesCheck& check);

}  // namespace aitrading::market

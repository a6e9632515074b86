#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/aligned_returns.hpp"
#include "insight/correlation/breaks.hpp"
#include "insight/correlation/estimate.hpp"
#include "insight/correlation/factors.hpp"
#include "insight/correlation/market_tree.hpp"

namespace aitrading::insight {

enum class PathMethod : std::uint8_t { rolling, ewma, dcc };

struct StudyOptions {
    PathMethod method = PathMethod::rolling;
    std::size_t window = 240;    ///< rows of a rolling window and of both windows of the break tests, >= 10
    double lambda = 0.97;        ///< of the EWMA
    int lags = 10;               ///< farthest lag in rows
    AlignOptions align;          ///< `align.range` is the span that the study speaks of; closes before it warm the path up
};

/// Rows with both series that a rolling window asks for: markets with other sessions never fill one.
constexpr std::size_t path_rows_min(std::size_t window) { return window / 2 > 5 ? window / 2 : 5; }

/// One pair over the whole span. Tests that could not be made say why in `no_breaks`.
struct PairStudy {
    std::size_t first = 0, second = 0;
    CorrelationEstimate whole;
    std::vector<CorrelationEstimate> lags;  ///< [2 lags + 1]; above zero: the second's return so many rows later
    int best_lag = 0;                       ///< rows, of the greatest absolute correlation
    double ratio = 0;                       ///< sum of squares at positive lags by that at negative: above 1 the first leads
    double lag_p = 1;                       ///< of the greatest correlation at a lag other than 0, times the number of those lags
    std::optional<CusumTest> cusum;         ///< over the whole span; its `row` is one of the study's rows
    std::optional<FisherTest> windows;      ///< the last window against the one before
    std::optional<ContagionTest> contagion; ///< … with the rise of the first's variance taken out
    std::string no_breaks;
};

/// Correlations of several series: their path in time and what the whole span says.
struct CorrelationStudy {
    AlignedReturns rows;
    std::vector<double> path;         ///< [rows x pair_count] as known at each row's instant, NaN: not known yet
    double path_rows = 0;             ///< independent rows that one value of the path is worth; 0: not known (DCC)
    std::string path_text;            ///< how it was made
    std::vector<PairStudy> pairs;     ///< packed as in pairs.hpp
    std::vector<double> correlation;  ///< [columns x columns] of the whole span
    std::optional<Factors> factors;
    std::vector<Merge> merges;
    std::vector<std::size_t> order;   ///< of the columns, alike ones beside each other
    std::vector<std::size_t> groups;  ///< cluster of each column, cut at a correlation of one half (distance 1)
    std::vector<TreeEdge> tree;
    std::string no_structure;         ///< why factors, clusters and tree are not there
    std::vector<std::string> warnings;
};

/// The path never looks ahead: rolling and EWMA take one row at a time; DCC is fitted on rows before only, first on
/// max(250, window) and again whenever those have doubled. Everything else speaks of the finished span.
/// @errors usage (fewer than two series, window), bad_input (too few rows together: the pair is named, and that clocks or
///         spans may differ; a series that never moves; those of aligned_returns)
Result<CorrelationStudy> study_of(std::span<const CrossSeries> series, const StudyOptions& options);

/// The path alone, of rows that are aligned already. @return [rows x pair_count]   @errors as study_of
Result<std::vector<double>> correlation_path(MatrixView rows, const StudyOptions& options);

}  // namespace aitrading::insight

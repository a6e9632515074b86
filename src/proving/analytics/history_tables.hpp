#pragma once

#include "ports/series_store/history_store.hpp"

/// The histories that the platform keeps, as tables of series_store. Columns are only added, at the end. Lists of words are one text,
/// with commas between them; every list of a row has the same order.
namespace aitrading::proving {

/// One row a prediction: known at its bar's close, under its symbol.
const ports::HistorySchema& predictions_history();
/// One row a bar and way of telling.
const ports::HistorySchema& regimes_history();
/// One row a matrix, under the name of its universe.
const ports::HistorySchema& correlations_history();
/// Bars as they were told, one row each, known at their end; prices in billionths.
const ports::HistorySchema& bars_history();
/// One row for each so many outcomes of a model on a series: how its probabilities fared.
const ports::HistorySchema& calibration_history();

}  // namespace aitrading::proving

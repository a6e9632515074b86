#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "domain/market.hpp"
#include "ports/series_store/history_store.hpp"
#include "proving/analytics/calibration.hpp"

namespace aitrading::proving {

/// Joins recorded predictions with recorded bars and appends a row of `calibration` for each so many outcomes of a model, once: a row's
/// number among those of its model is its mark. Everything else follows from the histories, so that it can be killed at any time. For one thread.
class Calibrator {
  public:
    /// Bars of a series from before the recorded ones, which labels with a trailing year need; empty where there are none.
    using Past = std::function<Result<BarColumns>(const SeriesKey&)>;
    struct Options {
        std::size_t outcomes = 100;  ///< of a row
    };
    Calibrator(std::shared_ptr<ports::HistoryStore> store, Past past, Options options) : store_(std::move(store)), past_(std::move(past)), options_(options) {}

    /// Takes up what is recorded, and tells the rows that can be told of it. @errors as the store's @complexity O(recorded predictions and bars)
    Result<void> open();
    /// What was recorded since, as HistoryRecorder::Told. @errors as the store's
    Result<void> take(const std::string& history, const std::vector<ports::HistoryEntry>& entries);
    std::uint64_t rows() const { return rows_; }

  private:
    /// A series of a tenant.
    struct Place {
        std::string tenant, symbol, timeframe;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    struct Line {
        CalibrationLine line;
        std::string origin;
        std::int64_t told = 0;  ///< rows of it that are there
    };
    struct Series {
        std::map<CalibrationKey, Line> lines;
        std::map<std::string, OutcomeStream> streams;  ///< by label
    };
    Result<void> say(const std::string& tenant, const ports::HistoryRow& prediction);
    Result<Line*> line_of(const Place& place, const CalibrationKey& key);
    Result<void> add_stream(const Place& place, const std::string& label, Series& series);
    Result<void> settle(const Place& place, Series& series);
    Result<void> each_row(const std::string& tenant, const std::string& history, const std::string& symbol, const std::vector<std::string>& columns,
                          const std::function<Result<void>(const ports::HistoryRow&)>& take) const;

    std::shared_ptr<ports::HistoryStore> store_;
    Past past_;
    Options options_;
    std::map<Place, Series> series_;
    std::uint64_t rows_ = 0;
};

}  // namespace aitrading::proving

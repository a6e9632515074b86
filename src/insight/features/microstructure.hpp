#pragma once

#include <memory>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "insight/features/feature_manifest.hpp"

namespace aitrading::insight {

/// Columns of a bar made of quotes, one row for every bar of `timeframe` that has a quote; a row is known at the bar's end.
///
/// Spread (mean over time, at the end, greatest), quotes and their intensity, imbalance of moves, realised variance,
/// VPIN with bars as buckets and moves for volume; with sizes also imbalance of depth, order flow and Kyle's lambda on it.
class QuoteFeatures {
  public:
    /// @pre timeframe is not ticks
    QuoteFeatures(Timeframe timeframe, bool has_sizes);

    const FeatureManifest& manifest() const { return manifest_; }
    /// @errors bad_input (times that step back, a bid that is not positive or an ask below it), with the row
    Result<FeatureMatrix> compute(const TickColumns& ticks) const;

    /// The columns that a series of quotes can have: those of sizes only where any quote has one.
    static QuoteFeatures of(const TickColumns& ticks, Timeframe timeframe);

    Timeframe timeframe() const { return timeframe_; }
    bool has_sizes() const { return has_sizes_; }

  private:
    Timeframe timeframe_;
    bool has_sizes_;
    FeatureManifest manifest_;
};

/// The rows of quotes that come in pieces; memory holds the rows, not the quotes.
class QuoteRows {
  public:
    explicit QuoteRows(const QuoteFeatures& features);
    ~QuoteRows();
    /// The next quotes of the series. @errors as QuoteFeatures::compute
    Result<void> add(const TickColumns& ticks);
    /// Ends the last bar and gives all rows. Call once.
    FeatureMatrix finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aitrading::insight

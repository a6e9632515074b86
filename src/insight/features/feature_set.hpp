#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "insight/features/feature_manifest.hpp"

namespace aitrading::insight {

/// What decides which columns a series can have.
struct FeatureOptions {
    Timeframe timeframe = Timeframe::h1;  ///< of the bars that come in; not ticks
    bool has_volume = true;               ///< false: the volume columns are absent

    /// The options that fit a series: its timeframe, and volume where any bar has some.
    static FeatureOptions of(const BarColumns& bars);
};

/// The features that the models see: one row per closed bar, built from that bar and earlier ones only.
///
/// Prices enter as multiples of their own recent movement, so that a column means the same at every price level.
/// Columns of higher timeframes (H1, H4, D1, W1 in UTC) are built from the base bars and show the last closed one.
/// Stream and batch are one code: `compute` calls `update`. A copy of a set goes on from where the original stood.
class FeatureSet {
  public:
    /// @pre options.timeframe is not ticks
    explicit FeatureSet(FeatureOptions options);
    FeatureSet(const FeatureSet& other);
    FeatureSet& operator=(const FeatureSet& other);
    FeatureSet(FeatureSet&&) noexcept;
    FeatureSet& operator=(FeatureSet&&) noexcept;
    ~FeatureSet();

    const FeatureManifest& manifest() const;
    std::size_t columns() const { return manifest().columns.size(); }
    std::vector<std::string> names() const;

    /// Takes the next closed bar and gives its row, valid until the next call. [columns], NaN where not known yet.
    /// @pre bar.time is later than that of the bar before; prices > 0   @complexity O(columns) amortised, no allocation
    std::span<const double> update(const Bar& bar);

    /// The rows of a whole series, from a fresh state. Does not change this set.
    /// @errors as check
    Result<FeatureMatrix> compute(const BarColumns& bars) const;
    /// Whether features can be made of these bars.
    /// @errors bad_input (times that do not increase, a price that is not positive, another timeframe)
    Result<void> check(const BarColumns& bars) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The features of a series row by row, the same bits as `compute`, for matrices that memory does not hold. Rows whose bar
/// opens before `from` only warm the features up, so that a row does not depend on where the stream begins.
class FeatureStream {
  public:
    /// @pre bars outlives the stream @errors as compute
    static Result<FeatureStream> open(FeatureSet set, const BarColumns& bars, UnixNanos from);

    const FeatureManifest& manifest() const { return set_.manifest(); }
    std::vector<std::string> names() const { return set_.names(); }
    /// Moves on to the next row; false at the end.
    bool next();
    UnixNanos time() const { return bars_->time[next_ - 1]; }
    /// [columns], NaN where not known yet; valid until the next call of `next`.
    std::span<const double> row() const { return row_; }

  private:
    FeatureStream(FeatureSet set, const BarColumns& bars) : set_(std::move(set)), bars_(&bars) {}
    FeatureSet set_;
    const BarColumns* bars_;
    std::size_t next_ = 0;
    std::span<const double> row_;
};

/// The default features of a series: FeatureSet(FeatureOptions::of(bars)).compute(bars), refusing ticks.
/// @errors bad_input, usage (a tick series)
Result<FeatureMatrix> compute_features(const BarColumns& bars);

}  // namespace aitrading::insight

#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "insight/features/cross_series.hpp"
#include "insight/features/feature_guest.hpp"
#include "insight/features/feature_manifest.hpp"

namespace aitrading::insight {

/// What decides which columns a series can have.
struct FeatureOptions {
    Timeframe timeframe = Timeframe::h1;  ///< of the bars that come in; not ticks
    bool has_volume = true;               ///< false: the volume columns are absent
    bool wide = false;                    ///< the wide set: the default one's columns and as many again
    bool has_spread = false;              ///< update is told the spread of every bar, for the wide set and for guests
    struct Cross {
        std::string name, meaning;        ///< of a CrossSeries
    };
    std::vector<Cross> cross;             ///< wide: the markets that observe speaks of, in order
    std::vector<AbsentColumn> absent;     ///< wide: markets that are not there, and why
    std::vector<GuestBox> guests;         ///< fresh; their columns stand last

    /// The options that fit a series: its timeframe, and volume where any bar has some.
    static FeatureOptions of(const BarColumns& bars);
    /// The wide set over a series beside other markets.
    static FeatureOptions wide_of(const BarColumns& bars, std::span<const CrossSeries> cross);
};

/// The features that the models see: one row per closed bar, built from that bar and earlier ones only.
///
/// Prices enter as multiples of their own recent movement, so that a column means the same at every price level.
/// Columns of higher timeframes (H1, H4, D1, W1 in UTC) are built from the base bars and show the last closed one.
/// Stream and batch are one code: `compute` calls `update`. A copy of a set goes on from where the original stood.
/// Two sets are there: `default`, which the models see, and `wide`, which begins with the same columns.
class FeatureSet {
  public:
    /// @pre options.timeframe is not ticks
    explicit FeatureSet(const FeatureOptions& options);
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
    /// @param spread ask - bid at the close; only a set made with has_spread looks at it
    std::span<const double> update(const Bar& bar, double spread = std::numeric_limits<double>::quiet_NaN());
    /// Tells a level of the cross-th other market, before the update of the first bar that closes at or after `known`.
    /// @pre cross < options.cross.size(); known increases from call to call of one market
    void observe(std::size_t cross, UnixNanos known, double level);

    /// The rows of a whole series, from a fresh state. Does not change this set.
    /// @param cross the markets of the options in their order; a level is seen by the bars that close at or after it
    /// @errors as check
    Result<FeatureMatrix> compute(const BarColumns& bars, std::span<const CrossSeries> cross = {}) const;
    /// Whether features can be made of these bars beside these markets.
    /// @errors bad_input (times that do not increase, a price that is not positive, another timeframe, other markets)
    Result<void> check(const BarColumns& bars, std::span<const CrossSeries> cross = {}) const;
    const FeatureOptions& options() const;
    /// The guests as they stand now; those of options() are fresh.
    std::span<const GuestBox> guests() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The features of a series row by row, the same bits as `compute`, for matrices that memory does not hold. Rows whose bar
/// opens before `from` only warm the features up, so that a row does not depend on where the stream begins.
class FeatureStream {
  public:
    /// @pre bars and cross outlive the stream @errors as compute
    static Result<FeatureStream> open(FeatureSet set, const BarColumns& bars, UnixNanos from,
                                      std::span<const CrossSeries> cross = {});

    const FeatureManifest& manifest() const { return set_.manifest(); }
    std::vector<std::string> names() const { return set_.names(); }
    /// Moves on to the next row; false at the end.
    bool next();
    UnixNanos time() const { return bars_->time[next_ - 1]; }
    /// [columns], NaN where not known yet; valid until the next call of `next`.
    std::span<const double> row() const { return row_; }

  private:
    friend class FeatureSet;
    FeatureStream(FeatureSet set, const BarColumns& bars, std::span<const CrossSeries> cross);
    FeatureSet set_;
    const BarColumns* bars_;
    std::span<const CrossSeries> cross_;
    std::vector<std::size_t> seen_;  ///< levels of each other market that were told
    std::vector<double> spreads_;    ///< of each bar, where the set looks at them
    std::size_t next_ = 0;
    std::span<const double> row_;
};

/// The default features of a series: FeatureSet(FeatureOptions::of(bars)).compute(bars), refusing ticks.
/// @errors bad_input, usage (a tick series)
Result<FeatureMatrix> compute_features(const BarColumns& bars);

/// Ask less bid at the close of each bar, by ask prices or the stated spread; empty where the series has neither.
std::vector<double> closing_spreads(const BarColumns& bars);

}  // namespace aitrading::insight

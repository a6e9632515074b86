#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ring.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/ordered_bag.hpp"

namespace aitrading::models {

/// A label as it became known at the close of bar `end`.
struct KnownLabel {
    std::uint32_t row = 0, end = 0;  ///< bars since the stream began
    float y = 0;
    double target = 0;  ///< NaN: the row has none, y is nothing either
    bool exists() const { return !std::isnan(target); }
};

/// The labels of make_labels bar by bar: each is told at the bar whose close makes it known, to the same bits.
///
/// A label that ends before its span is over is told at once, where make_labels waits for the whole span to lie in the series.
class LabelStream {
  public:
    /// @param digits decimals of the prices, as BarColumns::digits   @errors usage (spec)
    static Result<LabelStream> of(std::string_view spec, int digits);

    /// Takes in the next closed bar and gives what became known by it, valid until the next call; a row that has no label
    /// (no move, a barrier that cannot be told, the warm-up) is told too.
    /// @pre prices > 0   @complexity O(1) for next_bar, O(log bars of a year) for volatility, O(open labels) for barriers;
    /// nothing is allocated once a year of bars (or the longest span) has been seen
    std::span<const KnownLabel> update(const Bar& bar);

    /// Bars after which a row's label is known at the latest.
    int horizon_bars() const { return spec_.bars; }
    bool directional() const { return spec_.directional(); }
    std::uint32_t bars() const { return bars_; }

  private:
    struct Volatility {
        UnixNanos time;
        double value = 0;
    };
    /// What a row's label needs of the row itself.
    struct OpenRow {
        std::uint32_t row = 0;
        double close = 0;
        double median = 0, floor = 0;     ///< volatility: NaN before the warm-up; half a price point of the close
        double high = 0, low = 0;         ///< barriers; NaN where the row has no label
        Price price;
        bool done = false;
    };
    LabelStream(const LabelSpec& spec, int digits);
    void tell(const OpenRow& open, bool up, double target);
    void next_bar(const Bar& bar);
    void volatility(const Bar& bar);
    void barriers(const Bar& bar);
    bool touch(const OpenRow& open, const Bar& bar);
    double wilder_atr(const Bar& bar);

    LabelSpec spec_;
    double half_point_;
    std::vector<KnownLabel> known_;
    Ring<OpenRow> open_;
    std::uint32_t bars_ = 0;
    Price last_close_;
    Ring<long double> sums_;  ///< of squared returns up to each of the last bars
    Ring<Volatility> year_;
    OrderedBag bag_;
    double atr_ = 0;
};

}  // namespace aitrading::models

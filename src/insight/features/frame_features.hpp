#pragma once

#include <array>
#include <vector>

#include "insight/features/directional.hpp"
#include "insight/features/feature_group.hpp"
#include "insight/features/oscillators.hpp"

namespace aitrading::insight {

/// Joins bars into those of a higher timeframe, in UTC (weeks from Monday).
class FrameBuilder {
  public:
    explicit FrameBuilder(Timeframe timeframe)
        : length_(duration_nanos(timeframe)), shift_(timeframe == Timeframe::w1 ? 4 * nanos_per_day : 0) {}

    /// Calls `on_closed(Candle)` for every higher bar that is closed once this one is: at the close of the base bar that
    /// reaches its end, or where bars are missing, with the first later one.
    template <class OnClosed>
    void update(const Candle& bar, UnixNanos opened, UnixNanos known, OnClosed on_closed) {
        const std::int64_t start = start_of(opened.value);
        if (forming_ && start != start_) {
            forming_ = false;
            on_closed(candle_);
        }
        if (!forming_) {
            forming_ = true;
            start_ = start;
            candle_ = bar;
        } else {
            candle_.high = bar.high > candle_.high ? bar.high : candle_.high;
            candle_.low = bar.low < candle_.low ? bar.low : candle_.low;
            candle_.close = bar.close;
            candle_.volume += bar.volume;
        }
        if (known.value < start_ + length_) return;
        forming_ = false;
        on_closed(candle_);
    }

  private:
    std::int64_t start_of(std::int64_t t) const {
        const std::int64_t past = (t - shift_) % length_;
        return t - (past < 0 ? past + length_ : past);
    }
    std::int64_t length_, shift_, start_ = 0;
    bool forming_ = false;
    Candle candle_;
};

/// The last closed bar of one higher timeframe.
class FrameFeatures {
  public:
    explicit FrameFeatures(Timeframe frame) : frame_(frame), builder_(frame) { values_.fill(unknown); }

    void describe(Catalogue& c) const;
    double* update(const Moment& m, double* out);
    /// The timeframes that a base timeframe looks up to: H1, H4 and D1 above it; from H4 on also W1, whose long
    /// warm-up would cost shorter ones most of a year.
    static std::vector<Timeframe> above(Timeframe base);

  private:
    void close(const Candle& bar);
    Timeframe frame_;
    FrameBuilder builder_;
    Rsi rsi_{14};
    Atr atr_{14};
    Adx adx_{14};
    Ema average_{20}, usual_atr_{20};
    Willr place_{20};
    Delay past_1_{1}, past_5_{5};
    std::array<double, 7> values_;
};

}  // namespace aitrading::insight

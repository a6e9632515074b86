#pragma once

#include <array>
#include <cmath>

#include "insight/features/averages.hpp"

// More indicators of price and volume together.

namespace aitrading::insight {

/// Chaikin's money flow: n bars' volume signed by the close's place in its bar, by their volume. 0 without volume.
class ChaikinMoneyFlow {
  public:
    explicit ChaikinMoneyFlow(int n) : flow_(n), volume_(n), left_(n) {}
    double update(const Candle& bar) {
        const double range = bar.high - bar.low;
        const double place = range > 0 ? ((bar.close - bar.low) - (bar.high - bar.close)) / range : 0;
        const double flow = flow_.update(place * bar.volume), volume = volume_.update(bar.volume);
        if (left_ > 1) return --left_, unknown;
        return volume > 0 ? flow / volume : 0;
    }

  private:
    RollingSum flow_, volume_;
    int left_;
};

/// Elder's force index: EMA of the change times the volume.
class ForceIndex {
  public:
    explicit ForceIndex(int n) : average_(n) {}
    double update(const Candle& bar) {
        const double change = bar.close - last_;
        last_ = bar.close;
        return is_unknown(change) ? unknown : average_.update(change * bar.volume);
    }

  private:
    Ema average_;
    double last_ = unknown;
};

/// Arms' ease of movement: mean over n bars of the middle's move by volume / scale over the range. 0 without volume.
class EaseOfMovement {
  public:
    EaseOfMovement(int n, double scale) : mean_(n), scale_(scale) {}
    double update(const Candle& bar) {
        const double move = ((bar.high - high_) + (bar.low - low_)) / 2;
        high_ = bar.high;
        low_ = bar.low;
        if (is_unknown(move)) return unknown;
        return mean_.update(bar.volume > 0 ? move * (bar.high - bar.low) * scale_ / bar.volume : 0);
    }

  private:
    Sma mean_;
    double scale_, high_ = unknown, low_ = unknown;
};

/// Sum of volume times relative change.
class PriceVolumeTrend {
  public:
    double update(const Candle& bar) {
        if (!is_unknown(last_)) value_ += bar.volume * ((bar.close - last_) / last_);
        last_ = bar.close;
        return value_;
    }

  private:
    double value_ = 0, last_ = unknown;
};

/// Fosback's indices: 1000, moved by the relative change on bars with less (negative) or more (positive) volume.
template <int side>
class VolumeIndex {
  public:
    double update(const Candle& bar) {
        if (!is_unknown(last_) && side * bar.volume > side * volume_) value_ *= bar.close / last_;
        last_ = bar.close;
        volume_ = bar.volume;
        return value_;
    }

  private:
    double value_ = 1000, last_ = unknown, volume_ = 0;
};

/// Fast less slow EMA of the volume, in percent of the slow one.
class VolumeOscillator {
  public:
    VolumeOscillator(int fast, int slow) : fast_(fast), slow_(slow) {}
    double update(const Candle& bar) {
        const double fast = fast_.update(bar.volume), slow = slow_.update(bar.volume);
        if (is_unknown(slow)) return unknown;
        return slow > 0 ? 100 * ((fast - slow) / slow) : 0;
    }

  private:
    Ema fast_, slow_;
};

}  // namespace aitrading::insight

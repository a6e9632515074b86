#pragma once

#include <algorithm>
#include <cmath>

#include "insight/features/averages.hpp"

// Wilder's indicators of range and direction (New Concepts in Technical Trading Systems, 1978), with TA-Lib's starts.

namespace aitrading::insight {

/// Greatest of the bar's range and its distances from the last close.
class TrueRange {
  public:
    double update(const Candle& bar) {
        const double last = last_close_;
        last_close_ = bar.close;
        if (is_unknown(last)) return unknown;
        return std::max(bar.high, last) - std::min(bar.low, last);
    }

  private:
    double last_close_ = unknown;
};

/// Wilder's average of the true range.
class Atr {
  public:
    explicit Atr(int n) : average_(n) {}
    double update(const Candle& bar) {
        const double range = range_.update(bar);
        return is_unknown(range) ? unknown : average_.update(range);
    }

  private:
    TrueRange range_;
    Rma average_;
};

/// Average true range in percent of the close.
class Natr {
  public:
    explicit Natr(int n) : atr_(n) {}
    double update(const Candle& bar) {
        const double atr = atr_.update(bar);
        return bar.close == 0 ? 0 : atr / bar.close * 100;
    }

  private:
    Atr atr_;
};

/// Wilder's sums of directional movement and of true range over n bars.
class DirectionalMovement {
  public:
    /// @pre n >= 2
    explicit DirectionalMovement(int n) : decay_(1 - 1.0 / n), left_(n) { CHECK(n >= 2); }
    /// False until n moves are known.
    bool update(const Candle& bar) {
        const double rise = bar.high - last_.high, fall = last_.low - bar.low;
        const double range = std::max(bar.high, last_.close) - std::min(bar.low, last_.close);
        last_ = bar;
        if (first_) return first_ = false;
        const double decay = left_ > 1 ? 1.0 : decay_;
        // Written as minima and maxima, because which side moved more is a coin that no processor can predict.
        const double up = std::max(rise, 0.0), down = std::max(fall, 0.0);
        plus_ = plus_ * decay + (rise > fall ? up : 0.0);
        minus_ = minus_ * decay + (fall > rise ? down : 0.0);
        range_ = range_ * decay + range;
        return left_ > 1 ? (--left_, false) : true;
    }
    double plus() const { return range_ < no_range ? 0 : 100 * (plus_ / range_); }
    double minus() const { return range_ < no_range ? 0 : 100 * (minus_ / range_); }
    /// 100 |plus - minus| / (plus + minus); unknown where nothing moved.
    double index() const {
        const double both = plus_ + minus_;
        if (range_ < no_range || 100 * both < no_range * range_) return unknown;
        return 100 * (std::fabs(plus_ - minus_) / both);
    }

  private:
    static constexpr double no_range = 1e-14;  // TA-Lib's epsilon
    double decay_;
    int left_;
    bool first_ = true;
    Candle last_;
    double plus_ = 0, minus_ = 0, range_ = 0;
};

class PlusDi {
  public:
    explicit PlusDi(int n) : movement_(n) {}
    double update(const Candle& bar) { return movement_.update(bar) ? movement_.plus() : unknown; }

  private:
    DirectionalMovement movement_;
};

class MinusDi {
  public:
    explicit MinusDi(int n) : movement_(n) {}
    double update(const Candle& bar) { return movement_.update(bar) ? movement_.minus() : unknown; }

  private:
    DirectionalMovement movement_;
};

/// Directional index; keeps its last value where nothing moved.
class Dx {
  public:
    explicit Dx(int n) : movement_(n) {}
    double update(const Candle& bar) {
        if (!movement_.update(bar)) return unknown;
        const double index = movement_.index();
        if (!is_unknown(index)) value_ = index;
        return value_;
    }

  private:
    DirectionalMovement movement_;
    double value_ = 0;
};

/// Wilder's average of the directional index; bars where nothing moved leave it as it is.
class Adx {
  public:
    explicit Adx(int n) : movement_(n), left_(n), n_(n), weight_(1.0 / n) {}
    double update(const Candle& bar) {
        if (!movement_.update(bar)) return unknown;
        const double index = movement_.index();
        if (left_ > 0) {
            if (!is_unknown(index)) value_ += index;
            if (--left_ > 0) return unknown;
            return value_ /= n_;
        }
        if (!is_unknown(index)) value_ += weight_ * (index - value_);
        return value_;
    }

  private:
    DirectionalMovement movement_;
    int left_;
    double n_, weight_, value_ = 0;
};

/// Mean of the ADX now and n-1 bars ago.
class Adxr {
  public:
    explicit Adxr(int n) : adx_(n), past_(n - 1) {}
    double update(const Candle& bar) {
        const double now = adx_.update(bar);
        return (now + past_.update(now)) / 2;
    }

  private:
    Adx adx_;
    Delay past_;
};

/// Parabolic stop and reverse: a stop that follows the trend faster with every new extreme.
/// Starts short where the second bar's low fell by more than its high rose, else long.
class Psar {
  public:
    Psar(double step, double limit) : step_(std::min(step, limit)), limit_(limit), speed_(step_) {}
    double update(const Candle& bar) {
        if (seen_ < 2) {
            if (seen_++ == 0) return last_ = bar, unknown;
            begin(bar);
            last_ = bar;
        }
        const Candle before = last_;
        last_ = bar;
        return long_ ? follow(bar, before, 1) : follow(bar, before, -1);
    }

  private:
    void begin(const Candle& bar) {
        const double rise = bar.high - last_.high, fall = last_.low - bar.low;
        long_ = !(fall > 0 && fall > rise);
        extreme_ = long_ ? bar.high : bar.low;
        stop_ = long_ ? last_.low : last_.high;
    }
    // One rule for both sides: `side` mirrors the prices, so that the trend always points up.
    double follow(const Candle& bar, const Candle& before, double side) {
        const double low = side > 0 ? bar.low : -bar.high, high = side > 0 ? bar.high : -bar.low;
        const double low_before = side > 0 ? before.low : -before.high;
        const double high_before = side > 0 ? before.high : -before.low;
        double stop = side * stop_, extreme = side * extreme_;
        double shown;
        if (low <= stop) {
            stop = std::max(extreme, std::max(high_before, high));
            shown = stop;
            speed_ = step_;
            extreme = low;
            stop = std::max(stop + speed_ * (extreme - stop), std::max(high_before, high));
            long_ = side < 0;
        } else {
            shown = stop;
            if (high > extreme) {
                extreme = high;
                speed_ = std::min(speed_ + step_, limit_);
            }
            stop = std::min(stop + speed_ * (extreme - stop), std::min(low_before, low));
        }
        stop_ = side * stop;
        extreme_ = side * extreme;
        return side * shown;
    }
    double step_, limit_, speed_, stop_ = 0, extreme_ = 0;
    Candle last_;
    int seen_ = 0;
    bool long_ = true;
};

}  // namespace aitrading::insight

#pragma once

#include "insight/features/averages.hpp"

// Indicators of price and volume together.

namespace aitrading::insight {

/// Money flow index: typical price times volume over n rises against n falls. As TA-Lib: 0 where less than 1 flowed.
class Mfi {
  public:
    explicit Mfi(int n) : up_(n), down_(n), left_(n) {}
    double update(const Candle& bar) {
        const double typical = bar.typical();
        const double change = typical - last_;
        last_ = typical;
        if (first_) return first_ = false, unknown;
        const double flow = typical * bar.volume;
        const double up = up_.update(change > 0 ? flow : 0);
        const double down = down_.update(change < 0 ? flow : 0);
        if (left_ > 1) return --left_, unknown;
        const double all = up + down;
        return all < 1 ? 0 : 100 * (up / all);
    }

  private:
    RollingSum up_, down_;
    int left_;
    double last_ = 0;
    bool first_ = true;
};

/// Granville's on-balance volume, starting with the first bar's volume.
class Obv {
  public:
    double update(const Candle& bar) {
        if (first_) {
            first_ = false;
            value_ = bar.volume;
        } else if (bar.close > last_) {
            value_ += bar.volume;
        } else if (bar.close < last_) {
            value_ -= bar.volume;
        }
        last_ = bar.close;
        return value_;
    }

  private:
    double value_ = 0, last_ = 0;
    bool first_ = true;
};

/// Chaikin's accumulation/distribution line.
class Ad {
  public:
    double update(const Candle& bar) {
        const double range = bar.high - bar.low;
        if (range > 0) value_ += ((bar.close - bar.low) - (bar.high - bar.close)) / range * bar.volume;
        return value_;
    }

  private:
    double value_ = 0;
};

/// Chaikin's oscillator: fast minus slow EMA of the line, both started by its first value.
class Adosc {
  public:
    Adosc(int fast, int slow) : fast_(1, 2.0 / (fast + 1)), slow_(1, 2.0 / (slow + 1)), left_(std::max(fast, slow)) {}
    double update(const Candle& bar) {
        const double line = line_.update(bar);
        const double value = fast_.update(line) - slow_.update(line);
        if (left_ > 1) return --left_, unknown;
        return value;
    }

  private:
    Ad line_;
    SmoothedAverage fast_, slow_;
    int left_;
};

}  // namespace aitrading::insight

#pragma once

#include <array>

#include "insight/features/directional.hpp"

// Bands around the price and lines that follow it.

namespace aitrading::insight {

/// Keltner's channel as drawn today: EMA of the close and `width` average true ranges (Wilder's) either side.
class Keltner {
  public:
    Keltner(int n, double width, int atr_n) : middle_(n), atr_(atr_n), width_(width) {}
    /// upper, middle, lower
    std::array<double, 3> update(const Candle& bar) {
        const double middle = middle_.update(bar.close), band = width_ * atr_.update(bar);
        return {middle + band, middle, middle - band};
    }

  private:
    Ema middle_;
    Atr atr_;
    double width_;
};

/// Donchian's channel: highest high and lowest low of n bars, this one included, and their middle.
class Donchian {
  public:
    explicit Donchian(int n) : max_(n), min_(n), left_(n) {}
    /// upper, middle, lower
    std::array<double, 3> update(const Candle& bar) {
        const double high = max_.update(bar.high), low = min_.update(bar.low);
        if (left_ > 1) return --left_, std::array{unknown, unknown, unknown};
        return {high, (high + low) / 2, low};
    }

  private:
    RollingMax max_;
    RollingMin min_;
    int left_;
};

/// Hosoda's Ichimoku. Every line stands at the bar where it is known: charts draw the spans `kijun` bars later and the
/// chikou, which is the close, as many earlier.
class Ichimoku {
  public:
    Ichimoku(int tenkan, int kijun, int senkou) : tenkan_(tenkan), kijun_(kijun), senkou_(senkou) {}
    /// tenkan, kijun, span_a, span_b, chikou
    std::array<double, 5> update(const Candle& bar) {
        const double tenkan = tenkan_.update(bar), kijun = kijun_.update(bar);
        return {tenkan, kijun, (tenkan + kijun) / 2, senkou_.update(bar), bar.close};
    }

  private:
    Midprice tenkan_, kijun_, senkou_;
};

/// Supertrend: a band of `factor` average true ranges beyond the bar's middle, that may only tighten while the trend
/// lasts; a close beyond it turns the trend. Starts falling, as the version that charts use.
class Supertrend {
  public:
    Supertrend(int n, double factor) : atr_(n), factor_(factor) {}
    /// line, direction (1 up, -1 down)
    std::array<double, 2> update(const Candle& bar) {
        const double band = factor_ * atr_.update(bar), last = last_close_;
        last_close_ = bar.close;
        if (is_unknown(band)) return {unknown, unknown};
        const double middle = (bar.high + bar.low) / 2;
        if (is_unknown(upper_)) {
            upper_ = middle + band;
            lower_ = middle - band;
            return {upper_, -1.0};
        }
        if (middle + band < upper_ || last > upper_) upper_ = middle + band;
        if (middle - band > lower_ || last < lower_) lower_ = middle - band;
        rising_ = rising_ ? !(bar.close < lower_) : bar.close > upper_;
        return {rising_ ? lower_ : upper_, rising_ ? 1.0 : -1.0};
    }

  private:
    Atr atr_;
    double factor_, upper_ = unknown, lower_ = unknown, last_close_ = unknown;
    bool rising_ = false;
};

/// Botes and Siepman's vortex: moves from the last bar's low to this high and back, by the true range, over n bars.
class Vortex {
  public:
    explicit Vortex(int n) : plus_(n), minus_(n), range_(n), left_(n) {}
    /// plus, minus
    std::array<double, 2> update(const Candle& bar) {
        const Candle last = last_;
        last_ = bar;
        if (first_) return first_ = false, std::array{unknown, unknown};
        const double plus = plus_.update(std::fabs(bar.high - last.low));
        const double minus = minus_.update(std::fabs(bar.low - last.high));
        const double range = range_.update(std::max(bar.high, last.close) - std::min(bar.low, last.close));
        if (left_ > 1) return --left_, std::array{unknown, unknown};
        return range > 0 ? std::array{plus / range, minus / range} : std::array{0.0, 0.0};
    }

  private:
    RollingSum plus_, minus_, range_;
    int left_;
    Candle last_;
    bool first_ = true;
};

/// Dreiss's choppiness: how much of the path of n bars went nowhere, from 0 (straight) to 100.
class Choppiness {
  public:
    /// @pre n >= 2
    explicit Choppiness(int n) : path_(n), max_(n), min_(n), left_(n), scale_(100 / std::log10(static_cast<double>(n))) {
        CHECK(n >= 2);
    }
    double update(const Candle& bar) {
        const double range = range_.update(bar);
        const double high = max_.update(bar.high), low = min_.update(bar.low);
        if (is_unknown(range)) return unknown;
        const double path = path_.update(range);
        if (left_ > 1) return --left_, unknown;
        return high > low ? scale_ * std::log10(path / (high - low)) : 0;
    }

  private:
    TrueRange range_;
    RollingSum path_;
    RollingMax max_;
    RollingMin min_;
    int left_;
    double scale_;
};

}  // namespace aitrading::insight

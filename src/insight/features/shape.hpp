#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "insight/features/directional.hpp"
#include "insight/features/regression.hpp"

// Prices of one bar, sums and extremes of a window, and what else a window or a line says.

namespace aitrading::insight {

/// (open + high + low + close) / 4
struct AveragePrice {
    double update(const Candle& b) { return (b.high + b.low + b.close + b.open) / 4; }
};
/// (high + low) / 2
struct MedianPrice {
    double update(const Candle& b) { return (b.high + b.low) / 2; }
};
struct TypicalPrice {
    double update(const Candle& b) { return b.typical(); }
};
/// (high + low + 2 close) / 4
struct WeightedClose {
    double update(const Candle& b) { return (b.high + b.low + b.close * 2) / 4; }
};

/// A window's figure, unknown until it is full.
template <class Window>
class FullWindow {
  public:
    explicit FullWindow(int n) : window_(n), left_(n) {}
    double update(double x) {
        const double value = window_.update(x);
        return left_ > 1 ? (--left_, unknown) : value;
    }

  private:
    Window window_;
    int left_;
};
using Sum = FullWindow<RollingSum>;
using Highest = FullWindow<RollingMax>;
using Lowest = FullWindow<RollingMin>;

/// Ratio of now to n bars before: less 1, or as it is.
template <bool change>
class Ratio {
  public:
    explicit Ratio(int n) : past_(n) {}
    double update(double x) {
        const double old = past_.update(x);
        return old == 0 ? 0 : change ? (x - old) / old : x / old;
    }

  private:
    Delay past_;
};
using Rocp = Ratio<true>;
using Rocr = Ratio<false>;

/// Angle of the least-squares line in degrees.
class LinregAngle {
  public:
    explicit LinregAngle(int n) : line_(n) {}
    double update(double x) { return line_.update(x) ? std::atan(line_.slope()) * (180 / std::numbers::pi) : unknown; }

  private:
    Line line_;
};

/// The least-squares line at the oldest of its n bars.
class LinregIntercept {
  public:
    explicit LinregIntercept(int n) : line_(n), back_(1 - n) {}
    double update(double x) { return line_.update(x) ? line_.at(back_) : unknown; }

  private:
    Line line_;
    double back_;
};

/// Distance from the plain mean in population standard deviations; 0 where nothing moved.
class Zscore {
  public:
    explicit Zscore(int n) : variance_(n) {}
    double update(double x) {
        const double variance = variance_.update(x);
        if (is_unknown(variance)) return unknown;
        return variance > 0 ? variance_.distance(x) / std::sqrt(variance) : 0;
    }

  private:
    Variance variance_;
};

/// Wilder's smoothed directional movement, up (side = 1) or down; TA-Lib's PLUS_DM and MINUS_DM.
template <int side>
class DirectionalMove {
  public:
    /// @pre n >= 2
    explicit DirectionalMove(int n) : decay_(1 - 1.0 / n), left_(n - 1) { CHECK(n >= 2); }
    double update(const Candle& bar) {
        const double rise = bar.high - last_.high, fall = last_.low - bar.low;
        last_ = bar;
        if (first_) return first_ = false, unknown;
        const double mine = side > 0 ? rise : fall, other = side > 0 ? fall : rise;
        const double move = mine > 0 && mine > other ? mine : 0;
        value_ = left_ > 0 ? value_ + move : value_ * decay_ + move;
        if (left_ > 1) return --left_, unknown;
        left_ = 0;
        return value_;
    }

  private:
    double decay_, value_ = 0;
    int left_;
    bool first_ = true;
    Candle last_;
};

/// Place of the close in the range of n bars in percent (k), and the mean of `d` of those: TA-Lib's STOCHF.
class StochasticFast {
  public:
    StochasticFast(int n, int d) : max_(n), min_(n), left_(n), d_(d) {}
    /// k, d
    std::array<double, 2> update(const Candle& bar) {
        const double high = max_.update(bar.high), low = min_.update(bar.low);
        if (left_ > 1) return --left_, std::array{unknown, unknown};
        const double k = high == low ? 0 : (bar.close - low) / (high - low) * 100, d = d_.update(k);
        return {is_unknown(d) ? unknown : k, d};
    }

  private:
    RollingMax max_;
    RollingMin min_;
    int left_;
    Sma d_;
};

/// Skewness or excess kurtosis of n log returns from moments about a return inside the window; 0 where nothing moved.
template <int power>
class StandardMoment {
  public:
    explicit StandardMoment(int n) : first_(n), second_(n), third_(n), fourth_(n), left_(n), n_(n) {}
    double update(double close) {
        const double r = log_ratio(close, last_);
        last_ = close;
        if (is_unknown(r)) return unknown;
        // Returns lie about zero, which serves as the pivot.
        const double a = first_.update(r) / n_, b = second_.update(r * r) / n_;
        const double c = third_.update(r * r * r) / n_, d = fourth_.update(r * r * r * r) / n_;
        if (left_ > 1) return --left_, unknown;
        const double variance = b - a * a;
        if (!(variance > 1e-12 * b)) return 0;
        if (power == 3) return (c - 3 * a * b + 2 * a * a * a) / (variance * std::sqrt(variance));
        return (d - 4 * a * c + 6 * a * a * b - 3 * a * a * a * a) / (variance * variance) - 3;
    }

  private:
    RollingSum first_, second_, third_, fourth_;
    int left_;
    double n_, last_ = unknown;
};
using Skewness = StandardMoment<3>;
using Kurtosis = StandardMoment<4>;

}  // namespace aitrading::insight

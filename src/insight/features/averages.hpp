#pragma once

#include <cmath>

#include "insight/features/candle.hpp"
#include "insight/features/windows.hpp"

// Moving averages. `update` takes the next value (or bar) and gives the average over it and those before, unknown until
// the window is full. Recursive averages start from the plain mean of their first window, as TA-Lib does.

namespace aitrading::insight {

/// Plain mean of the last n values.
class Sma {
  public:
    explicit Sma(int n) : sum_(n), left_(n), n_(n) {}
    double update(double x) {
        const double sum = sum_.update(x);
        if (left_ > 1) return --left_, unknown;
        return sum / n_;
    }

  private:
    RollingSum sum_;
    int left_;
    double n_;
};

/// value += weight * (x - value), started by the mean of the first n values; `skip` values are passed over before.
class SmoothedAverage {
  public:
    SmoothedAverage(int n, double weight, int skip = 0) : weight_(weight), left_(n), n_(n), skip_(skip) {
        CHECK(n >= 1);
    }
    double update(double x) {
        if (left_ > 0) return start(x);
        value_ += weight_ * (x - value_);
        return value_;
    }

  private:
    double start(double x) {
        if (skip_ > 0) return --skip_, unknown;
        if (left_ == static_cast<int>(n_)) pivot_ = x;
        value_ += x - pivot_;
        if (--left_ > 0) return unknown;
        value_ = pivot_ + value_ / n_;
        return value_;
    }
    double value_ = 0, weight_, pivot_ = 0;
    int left_;
    double n_;
    int skip_;
};

/// Exponential average, weight 2/(n+1).
class Ema : public SmoothedAverage {
  public:
    explicit Ema(int n, int skip = 0) : SmoothedAverage(n, 2.0 / (n + 1), skip) {}
};

/// Wilder's average, weight 1/n.
class Rma : public SmoothedAverage {
  public:
    explicit Rma(int n, int skip = 0) : SmoothedAverage(n, 1.0 / n, skip) {}
};

/// Linearly weighted mean, newest value n times, oldest once.
class Wma {
  public:
    explicit Wma(int n) : window_(n), n_(n), scale_(2.0 / (n_ * (n_ + 1))) {}
    double update(double x) {
        window_.update(x);
        if (!window_.complete()) return unknown;
        return window_.pivot() + (n_ * window_.sum() + window_.sum_trend()) * scale_;
    }

  private:
    RollingMoments<false, true> window_;
    double n_, scale_;
};

/// 2 EMA - EMA of EMA (Mulloy 1994).
class Dema {
  public:
    explicit Dema(int n) : first_(n), second_(n) {}
    double update(double x) {
        const double a = first_.update(x);
        if (is_unknown(a)) return unknown;
        return 2 * a - second_.update(a);
    }

  private:
    Ema first_, second_;
};

/// 3 EMA - 3 EMA² + EMA³ (Mulloy 1994).
class Tema {
  public:
    explicit Tema(int n) : first_(n), second_(n), third_(n) {}
    double update(double x) {
        const double a = first_.update(x);
        if (is_unknown(a)) return unknown;
        const double b = second_.update(a);
        if (is_unknown(b)) return unknown;
        return 3 * a - 3 * b + third_.update(b);
    }

  private:
    Ema first_, second_, third_;
};

/// Triangular average: the mean of a mean, together n values long.
class Trima {
  public:
    explicit Trima(int n) : inner_((n + 1) / 2), outer_(n / 2 + 1) {}
    double update(double x) {
        const double a = inner_.update(x);
        return is_unknown(a) ? unknown : outer_.update(a);
    }

  private:
    Sma inner_, outer_;
};

/// Kaufman's adaptive average: the weight follows the efficiency ratio between those of EMA(2) and EMA(30).
/// As TA-Lib: a window without movement counts as fully efficient; starts from the value before its first full window.
class Kama {
  public:
    explicit Kama(int n) : steps_(n), past_(n), left_(n) {}
    double update(double x) {
        const double oldest = past_.update(x);
        const double last = last_;
        last_ = x;
        if (first_) return first_ = false, unknown;
        const double path = steps_.update(std::fabs(x - last));
        if (left_ > 1) return --left_, unknown;
        if (left_ == 1) {
            left_ = 0;
            value_ = last;
        }
        const double move = x - oldest;
        const double efficiency = path <= move || path < 1e-14 ? 1.0 : std::fabs(move / path);
        const double weight = efficiency * (fast - slow) + slow;
        value_ += weight * weight * (x - value_);
        return value_;
    }

  private:
    static constexpr double fast = 2.0 / 3, slow = 2.0 / 31;
    RollingSum steps_;
    Delay past_;
    int left_;
    bool first_ = true;
    double last_ = 0, value_ = 0;
};

/// Tillson's T3: six EMAs in a row, mixed by the volume factor v.
class T3 {
  public:
    T3(int n, double v)
        : emas_{Ema(n), Ema(n), Ema(n), Ema(n), Ema(n), Ema(n)},
          c1_(-v * v * v),
          c2_(3 * (v * v - c1_)),
          c3_(-6 * v * v - 3 * (v - c1_)),
          c4_(1 + 3 * v - c1_ + 3 * v * v) {}
    double update(double x) {
        double e[6];
        for (int i = 0; i < 6; ++i) {
            x = e[i] = emas_[i].update(x);
            if (is_unknown(x)) return unknown;
        }
        return c1_ * e[5] + c2_ * e[4] + c3_ * e[3] + c4_ * e[2];
    }

  private:
    Ema emas_[6];
    double c1_, c2_, c3_, c4_;
};

/// Hull's average: WMA(√n) of 2 WMA(n/2) - WMA(n), halves and roots rounded down (Hull 2005).
class Hma {
  public:
    explicit Hma(int n) : half_(n / 2), full_(n), smooth_(root(n)) {}
    double update(double x) {
        const double a = half_.update(x);
        const double b = full_.update(x);
        return is_unknown(b) ? unknown : smooth_.update(2 * a - b);
    }
    static int root(int n) { return static_cast<int>(std::sqrt(static_cast<double>(n))); }

  private:
    Wma half_, full_, smooth_;
};

/// EMA of 2x - x[(n-1)/2 bars ago], which takes most of the lag out (Ehlers and Way 2010).
class Zlema {
  public:
    /// @pre n >= 3
    explicit Zlema(int n) : past_((n - 1) / 2), ema_(n) {}
    double update(double x) {
        const double old = past_.update(x);
        return is_unknown(old) ? unknown : ema_.update(x + (x - old));
    }

  private:
    Delay past_;
    Ema ema_;
};

/// Mean of the closes weighted by volume; unknown where the window has no volume.
class Vwma {
  public:
    explicit Vwma(int n) : value_(n), volume_(n), left_(n) {}
    double update(const Candle& bar) {
        const double value = value_.update(bar.close * bar.volume);
        const double volume = volume_.update(bar.volume);
        if (left_ > 1) return --left_, unknown;
        return volume > 0 ? value / volume : unknown;
    }

  private:
    RollingSum value_, volume_;
    int left_;
};

/// Middle between the highest and the lowest value of n.
class Midpoint {
  public:
    explicit Midpoint(int n) : max_(n), min_(n), left_(n) {}
    double update(double x) { return update(x, x); }
    double update(double high, double low) {
        const double a = max_.update(high), b = min_.update(low);
        if (left_ > 1) return --left_, unknown;
        return (a + b) / 2;
    }

  private:
    RollingMax max_;
    RollingMin min_;
    int left_;
};

/// Middle between the highest high and the lowest low of n bars.
class Midprice {
  public:
    explicit Midprice(int n) : range_(n) {}
    double update(const Candle& bar) { return range_.update(bar.high, bar.low); }

  private:
    Midpoint range_;
};

}  // namespace aitrading::insight

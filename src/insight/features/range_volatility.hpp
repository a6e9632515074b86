#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "insight/features/candle.hpp"
#include "insight/features/regression.hpp"
#include "insight/features/windows.hpp"

// Volatility of one bar, estimated over n bars: standard deviations of log returns, not annualised (multiply by the root
// of the bars in a year). Ranges tell more than closes: Parkinson's estimator is five times as efficient.

namespace aitrading::insight {

/// Root of the mean of n bars of a variance that each bar gives alone. One: double of_bar(const Candle&).
template <class One>
class BarVolatility {
  public:
    explicit BarVolatility(int n) : sum_(n), left_(n), scale_(1.0 / n) {}
    double update(const Candle& bar) {
        const double sum = sum_.update(One::of_bar(bar));
        if (left_ > 1) return --left_, unknown;
        return std::sqrt(std::fmax(sum * scale_, 0.0));
    }

  private:
    RollingSum sum_;
    int left_;
    double scale_;
};

/// (ln H/L)² / (4 ln 2) (Parkinson 1980).
struct ParkinsonVariance {
    static double of_bar(const Candle& bar) {
        const double range = log_ratio(bar.high, bar.low);
        return range * range / (4 * std::numbers::ln2);
    }
};
/// (ln H/L)²/2 - (2 ln 2 - 1)(ln C/O)² (Garman and Klass 1980).
struct GarmanKlassVariance {
    static double of_bar(const Candle& bar) {
        const double range = log_ratio(bar.high, bar.low), move = log_ratio(bar.close, bar.open);
        return range * range / 2 - (2 * std::numbers::ln2 - 1) * move * move;
    }
};
/// ln H/C ln H/O + ln L/C ln L/O (Rogers and Satchell 1991): right whatever the drift.
struct RogersSatchellVariance {
    static double of_bar(const Candle& bar) {
        const double up = log_ratio(bar.high, bar.open), down = log_ratio(bar.low, bar.open);
        const double move = log_ratio(bar.close, bar.open);
        return up * (up - move) + down * (down - move);
    }
};
using Parkinson = BarVolatility<ParkinsonVariance>;
using GarmanKlass = BarVolatility<GarmanKlassVariance>;
using RogersSatchell = BarVolatility<RogersSatchellVariance>;

/// Yang and Zhang 2000: variance of the gaps, k times that of open to close and 1 - k times Rogers and Satchell's, with
/// k = 0.34 / (1.34 + (n+1)/(n-1)). The two variances are sample ones (n - 1).
class YangZhang {
  public:
    /// @pre n >= 2
    explicit YangZhang(int n) : gap_(n), move_(n), drift_free_(n), n_(n), weight_(0.34 / (1.34 + (n_ + 1) / (n_ - 1))) {
        CHECK(n >= 2);
    }
    double update(const Candle& bar) {
        const double last = last_close_;
        last_close_ = bar.close;
        if (is_unknown(last)) return unknown;
        const double gap = gap_.update(log_ratio(bar.open, last));
        const double move = move_.update(log_ratio(bar.close, bar.open));
        const double rest = drift_free_.update(RogersSatchellVariance::of_bar(bar)) / n_;
        if (is_unknown(gap)) return unknown;
        const double sample = n_ / (n_ - 1);
        return std::sqrt(std::fmax(sample * (gap + weight_ * move) + (1 - weight_) * rest, 0.0));
    }

  private:
    Variance gap_, move_;
    RollingSum drift_free_;
    double n_, weight_, last_close_ = unknown;
};

/// Log return of the close; unknown on the first bar.
class LogReturn {
  public:
    double update(double close) {
        const double last = last_;
        last_ = close;
        return log_ratio(close, last);
    }

  private:
    double last_ = unknown;
};

/// Sum of n squared log returns (Andersen and Bollerslev 1998), or its root.
template <bool root>
class Realised {
  public:
    explicit Realised(int n) : sum_(n), left_(n) {}
    double update(double close) {
        const double change = return_.update(close);
        if (is_unknown(change)) return unknown;
        const double sum = sum_.update(change * change);
        if (left_ > 1) return --left_, unknown;
        return root ? std::sqrt(sum) : sum;
    }

  private:
    LogReturn return_;
    RollingSum sum_;
    int left_;
};
using RealisedVariance = Realised<false>;
using RealisedVolatility = Realised<true>;

/// Variance of n log returns that a jump hardly touches: pi/2 n/(n-1) times the sum of the n - 1 products of neighbours'
/// magnitudes (Barndorff-Nielsen and Shephard 2004).
class BipowerVariation {
  public:
    /// @pre n >= 2
    explicit BipowerVariation(int n) : sum_(n - 1), left_(n - 1), scale_(std::numbers::pi / 2 * n / (n - 1.0)) {
        CHECK(n >= 2);
    }
    double update(double close) {
        const double now = std::fabs(return_.update(close)), product = now * last_;
        last_ = now;
        if (is_unknown(product)) return unknown;
        const double sum = sum_.update(product);
        if (left_ > 1) return --left_, unknown;
        return scale_ * sum;
    }

  private:
    LogReturn return_;
    RollingSum sum_;
    int left_;
    double scale_, last_ = unknown;
};

/// Share of the realised variance of n returns that came in jumps: max(0, 1 - bipower / realised).
class JumpShare {
  public:
    explicit JumpShare(int n) : all_(n), smooth_(n) {}
    double update(double close) {
        const double all = all_.update(close), smooth = smooth_.update(close);
        if (is_unknown(all)) return unknown;
        return all > 0 ? std::fmax(0.0, 1 - smooth / all) : 0;
    }

  private:
    RealisedVariance all_;
    BipowerVariation smooth_;
};

}  // namespace aitrading::insight

#pragma once

#include <array>
#include <cmath>

#include "insight/features/directional.hpp"
#include "insight/features/oscillators.hpp"
#include "insight/features/regression.hpp"
#include "insight/features/shape.hpp"

// More oscillators: of the bar's shape, of other oscillators, and of sums of changes.

namespace aitrading::insight {

/// Cutler's relative strength index: as Wilder's, on plain sums of the last n changes, so that it forgets.
class RsiCutler {
  public:
    explicit RsiCutler(int n) : gain_(n), loss_(n), left_(n) {}
    double update(double x) {
        const double change = x - last_;
        last_ = x;
        if (is_unknown(change)) return unknown;
        const double gain = gain_.update(change > 0 ? change : 0), loss = loss_.update(change < 0 ? -change : 0);
        if (left_ > 1) return --left_, unknown;
        return gain + loss < no_movement ? 0 : 100 * (gain / (gain + loss));
    }

  private:
    RollingSum gain_, loss_;
    int left_;
    double last_ = unknown;
};

/// Place of the RSI in its own range of n bars in percent: k the mean of `k`, d the mean of `d` of those (Chande and Kroll
/// 1994). With k = 1 TA-Lib's STOCHRSI.
class StochRsi {
  public:
    StochRsi(int rsi, int n, int d, int k) : rsi_(rsi), max_(n), min_(n), left_(n), k_(k), d_(d) {}
    /// k, d
    std::array<double, 2> update(double x) {
        const double rsi = rsi_.update(x);
        if (is_unknown(rsi)) return {unknown, unknown};
        const double high = max_.update(rsi), low = min_.update(rsi);
        if (left_ > 1) return --left_, std::array{unknown, unknown};
        // Where nothing moves the RSI stands still but for its last digit.
        const double k = k_.update(high - low < 1e-10 ? 0 : (rsi - low) / (high - low) * 100);
        if (is_unknown(k)) return {unknown, unknown};
        const double d = d_.update(k);
        return {is_unknown(d) ? unknown : k, d};
    }

  private:
    Rsi rsi_;
    RollingMax max_;
    RollingMin min_;
    int left_;
    Sma k_, d_;
};

/// Aroon up less Aroon down.
class AroonOscillator {
  public:
    explicit AroonOscillator(int n) : aroon_(n) {}
    double update(const Candle& bar) {
        const auto [up, down] = aroon_.update(bar);
        return up - down;
    }

  private:
    Aroon aroon_;
};

/// Balance of power: (close - open) / (high - low).
class Bop {
  public:
    double update(const Candle& bar) {
        const double range = bar.high - bar.low;
        return range < no_movement ? 0 : (bar.close - bar.open) / range;
    }
};

/// Kaufman's efficiency ratio: the way of n bars by the path, from 0 to 1.
class EfficiencyRatio {
  public:
    explicit EfficiencyRatio(int n) : past_(n), path_(n), left_(n) {}
    double update(double x) {
        const double old = past_.update(x), step = std::fabs(x - last_);
        last_ = x;
        if (is_unknown(step)) return unknown;
        const double path = path_.update(step);
        if (left_ > 1) return --left_, unknown;
        return path > 0 ? std::fmin(std::fabs(x - old) / path, 1.0) : 0;
    }

  private:
    Delay past_;
    RollingSum path_;
    int left_;
    double last_ = unknown;
};

/// Ehlers' Fisher transform of the middle's place in its range of n bars (2002); the trigger is the value of the bar before.
class Fisher {
  public:
    explicit Fisher(int n) : max_(n), min_(n), left_(n) {}
    /// value, trigger
    std::array<double, 2> update(const Candle& bar) {
        const double middle = (origin_.shift(bar.high) + origin_.shift(bar.low)) / 2;
        const double high = max_.update(middle), low = min_.update(middle);
        if (left_ > 1) return --left_, std::array{unknown, unknown};
        const double place = high > low ? (middle - low) / (high - low) - 0.5 : 0;
        smooth_ = std::clamp(0.66 * place + 0.67 * smooth_, -0.999, 0.999);
        const double last = value_;
        value_ = 0.5 * std::log((1 + smooth_) / (1 - smooth_)) + 0.5 * (is_unknown(last) ? 0 : last);
        return {value_, last};
    }

  private:
    Origin origin_;
    RollingMax max_;
    RollingMin min_;
    int left_;
    double smooth_ = 0, value_ = unknown;
};

/// Pring's know sure thing: four smoothed rates of change, weights 1 to 4, and the mean of that.
class Kst {
  public:
    Kst(std::array<int, 4> spans, std::array<int, 4> means, int signal)
        : parts_{Part(spans[0], means[0]), Part(spans[1], means[1]), Part(spans[2], means[2]), Part(spans[3], means[3])},
          signal_(signal) {}
    /// line, signal
    std::array<double, 2> update(double x) {
        double line = 0;
        for (int i = 0; i < 4; ++i) line += 100 * (i + 1) * parts_[i].update(x);
        return {line, is_unknown(line) ? unknown : signal_.update(line)};
    }

  private:
    struct Part {
        Part(int span, int n) : change(span), mean(n) {}
        double update(double x) {
            const double value = change.update(x);
            return is_unknown(value) ? unknown : mean.update(value);
        }
        Rocp change;
        Sma mean;
    };
    Part parts_[4];
    Sma signal_;
};

/// Blau's true strength index: change by its magnitude, both smoothed by two EMAs; the signal is an EMA of it.
class Tsi {
  public:
    Tsi(int slow, int fast, int signal) : change_{Ema(slow), Ema(fast)}, size_{Ema(slow), Ema(fast)}, signal_(signal) {}
    /// line, signal
    std::array<double, 2> update(double x) {
        const double step = x - last_;
        last_ = x;
        if (is_unknown(step)) return {unknown, unknown};
        const double change = twice(change_, step), size = twice(size_, std::fabs(step));
        if (is_unknown(size)) return {unknown, unknown};
        const double line = size < no_movement ? 0 : 100 * (change / size);
        return {line, signal_.update(line)};
    }

  private:
    static double twice(Ema (&emas)[2], double x) {
        x = emas[0].update(x);
        return is_unknown(x) ? unknown : emas[1].update(x);
    }
    Ema change_[2], size_[2], signal_;
    double last_ = unknown;
};

/// Williams' awesome oscillator: fast less slow mean of the bars' middles.
class Awesome {
  public:
    Awesome(int fast, int slow) : fast_(fast), slow_(slow) {}
    double update(const Candle& bar) {
        const double middle = (origin_.shift(bar.high) + origin_.shift(bar.low)) / 2;
        const double fast = fast_.update(middle);
        return fast - slow_.update(middle);
    }

  private:
    Origin origin_;
    Sma fast_, slow_;
};

/// Coppock's curve: WMA of the sum of two rates of change.
class Coppock {
  public:
    Coppock(int n, int fast, int slow) : fast_(fast), slow_(slow), mean_(n) {}
    double update(double x) {
        const double fast = fast_.update(x), sum = fast + slow_.update(x);
        return is_unknown(sum) ? unknown : mean_.update(100 * sum);
    }

  private:
    Rocp fast_, slow_;
    Wma mean_;
};

/// Price less its plain mean of n bars as that stood n/2 + 1 bars before.
class DetrendedPrice {
  public:
    explicit DetrendedPrice(int n) : mean_(n), past_(n / 2 + 1) {}
    double update(double x) {
        x = origin_.shift(x);
        return x - past_.update(mean_.update(x));
    }

  private:
    Origin origin_;
    Sma mean_;
    Delay past_;
};

/// Elder's ray: high and low against the EMA of the close.
class ElderRay {
  public:
    explicit ElderRay(int n) : average_(n) {}
    /// bull, bear
    std::array<double, 2> update(const Candle& bar) {
        const double average = average_.update(origin_.shift(bar.close));
        return {origin_.shift(bar.high) - average, origin_.shift(bar.low) - average};
    }

  private:
    Origin origin_;
    Ema average_;
};

/// Dorsey's mass index: sum over n bars of the EMA of the range by the EMA of that.
class MassIndex {
  public:
    MassIndex(int n, int ema) : once_(ema), twice_(ema), sum_(n), left_(n) {}
    double update(const Candle& bar) {
        const double once = once_.update(bar.high - bar.low);
        if (is_unknown(once)) return unknown;
        const double twice = twice_.update(once);
        if (is_unknown(twice)) return unknown;
        const double sum = sum_.update(twice < no_movement ? 1 : once / twice);
        if (left_ > 1) return --left_, unknown;
        return sum;
    }

  private:
    Ema once_, twice_;
    RollingSum sum_;
    int left_;
};

/// Dorsey's relative volatility index: Wilder's averages of the deviation on rises, by that on rises and falls, in percent.
class RelativeVolatility {
  public:
    RelativeVolatility(int n, int deviation) : deviation_(deviation, 1), rise_(n), fall_(n) {}
    double update(double x) {
        const double step = x - last_, deviation = deviation_.update(x);
        last_ = x;
        if (is_unknown(deviation) || is_unknown(step)) return unknown;
        const double rise = rise_.update(step > 0 ? deviation : 0), fall = fall_.update(step < 0 ? deviation : 0);
        if (is_unknown(rise)) return unknown;
        return rise + fall < no_movement ? 0 : 100 * (rise / (rise + fall));
    }

  private:
    Stddev deviation_;
    Rma rise_, fall_;
    double last_ = unknown;
};

}  // namespace aitrading::insight

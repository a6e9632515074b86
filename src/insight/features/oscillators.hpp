#pragma once

#include <array>
#include <cmath>
#include <optional>

#include "insight/features/averages.hpp"
#include "insight/features/mean_deviation.hpp"

// Oscillators of one price series or of the bar's range. Where a denominator is zero the value is TA-Lib's: 0.

namespace aitrading::insight {

/// Moves the origin to the first value: differences of averages then keep their digits at any price level.
class Origin {
  public:
    double shift(double x) {
        if (is_unknown(origin_)) origin_ = x;
        return x - origin_;
    }
    double unshift(double x) const { return x + origin_; }

  private:
    double origin_ = unknown;
};

/// Below this a sum of moves counts as no movement (TA-Lib's epsilon).
inline constexpr double no_movement = 1e-14;

/// Wilder's averages of gains and of losses over n changes.
class GainsAndLosses {
  public:
    explicit GainsAndLosses(int n) : gain_(n), loss_(n) {}
    /// False until n changes are known.
    bool update(double x) {
        const double change = x - last_;
        last_ = x;
        if (first_) return first_ = false;
        gain = gain_.update(change > 0 ? change : 0);
        loss = loss_.update(change < 0 ? -change : 0);
        return !is_unknown(gain);
    }
    double gain = unknown, loss = unknown;

  private:
    Rma gain_, loss_;
    double last_ = 0;
    bool first_ = true;
};

/// Wilder's relative strength index.
class Rsi {
  public:
    explicit Rsi(int n) : moves_(n) {}
    double update(double x) {
        if (!moves_.update(x)) return unknown;
        const double all = moves_.gain + moves_.loss;
        return all < no_movement ? 0 : 100 * (moves_.gain / all);
    }

  private:
    GainsAndLosses moves_;
};

/// Chande's momentum oscillator on Wilder's averages, as TA-Lib.
class Cmo {
  public:
    explicit Cmo(int n) : moves_(n) {}
    double update(double x) {
        if (!moves_.update(x)) return unknown;
        const double all = moves_.gain + moves_.loss;
        return all < no_movement ? 0 : 100 * ((moves_.gain - moves_.loss) / all);
    }

  private:
    GainsAndLosses moves_;
};

/// Change over n bars in percent.
class Roc {
  public:
    explicit Roc(int n) : past_(n) {}
    double update(double x) {
        const double old = past_.update(x);
        return old == 0 ? 0 : (x / old - 1) * 100;
    }

  private:
    Delay past_;
};

/// Change over n bars.
class Momentum {
  public:
    explicit Momentum(int n) : past_(n) {}
    double update(double x) { return x - past_.update(x); }

  private:
    Delay past_;
};

/// Place of the close in the range of n bars, from -100 (at the low) to 0 (at the high).
class Willr {
  public:
    explicit Willr(int n) : max_(n), min_(n), left_(n) {}
    double update(const Candle& bar) {
        const double high = max_.update(bar.high), low = min_.update(bar.low);
        if (left_ > 1) return --left_, unknown;
        return high == low ? 0 : -100 * ((high - bar.close) / (high - low));
    }

  private:
    RollingMax max_;
    RollingMin min_;
    int left_;
};

/// Lambert's commodity channel index: distance of the typical price from its mean in 0.015 mean deviations.
class Cci {
  public:
    explicit Cci(int n) : deviation_(n) {}
    double update(const Candle& bar) {
        const double typical = bar.typical();
        if (!deviation_.update(typical)) return unknown;
        const double distance = deviation_.distance(typical);
        const double spread = deviation_.value();
        return distance == 0 || spread == 0 ? 0 : distance / (0.015 * spread);
    }

  private:
    MeanDeviation deviation_;
};

/// Change of a triple EMA in percent.
class Trix {
  public:
    explicit Trix(int n) : first_(n), second_(n), third_(n) {}
    double update(double x) {
        x = first_.update(origin_.shift(x));
        if (is_unknown(x)) return unknown;
        x = second_.update(x);
        if (is_unknown(x)) return unknown;
        const double value = third_.update(x);
        const double last = last_;
        last_ = value;
        const double base = origin_.unshift(last);
        return base == 0 ? 0 : (value - last) / base * 100;
    }

  private:
    Origin origin_;
    Ema first_, second_, third_;
    double last_ = unknown;
};

/// Williams' ultimate oscillator: buying pressure over three windows, weights 4, 2, 1.
class Ultosc {
  public:
    Ultosc(int a, int b, int c)
        : pressure_{RollingSum(a), RollingSum(b), RollingSum(c)},
          range_{RollingSum(a), RollingSum(b), RollingSum(c)},
          left_(std::max(a, std::max(b, c))) {}
    double update(const Candle& bar) {
        const double last = last_close_;
        last_close_ = bar.close;
        if (first_) return first_ = false, unknown;
        const double low = std::min(bar.low, last);
        const double pressure = bar.close - low;
        const double range = std::max(bar.high, last) - low;
        double sum = 0;
        for (int i = 0; i < 3; ++i) {
            const double part = pressure_[i].update(pressure), whole = range_[i].update(range);
            if (whole >= no_movement) sum += weight[i] * (part / whole);
        }
        if (left_ > 1) return --left_, unknown;
        return 100 * (sum / 7);
    }

  private:
    static constexpr double weight[3] = {4, 2, 1};
    RollingSum pressure_[3], range_[3];
    int left_;
    double last_close_ = 0;
    bool first_ = true;
};

/// A fast and a slow average; kind 0 is the plain mean, 1 the EMA.
class TwoAverages {
  public:
    /// @pre fast_n <= slow_n
    TwoAverages(int fast_n, int slow_n, int kind) : exponential_(kind == 1) {
        CHECK(fast_n <= slow_n);
        if (exponential_) {
            fast_ema_.emplace(fast_n);
            slow_ema_.emplace(slow_n);
        } else {
            fast_sma_.emplace(fast_n);
            slow_sma_.emplace(slow_n);
        }
    }
    void update(double x) {
        fast = exponential_ ? fast_ema_->update(x) : fast_sma_->update(x);
        slow = exponential_ ? slow_ema_->update(x) : slow_sma_->update(x);
    }
    double fast = unknown, slow = unknown;

  private:
    bool exponential_;
    std::optional<Sma> fast_sma_, slow_sma_;
    std::optional<Ema> fast_ema_, slow_ema_;
};

/// Fast minus slow average.
class Apo {
  public:
    Apo(int fast, int slow, int kind) : averages_(fast, slow, kind) {}
    double update(double x) {
        averages_.update(origin_.shift(x));
        return averages_.fast - averages_.slow;
    }

  private:
    Origin origin_;
    TwoAverages averages_;
};

/// Fast minus slow average in percent of the slow one.
class Ppo {
  public:
    Ppo(int fast, int slow, int kind) : averages_(fast, slow, kind) {}
    double update(double x) {
        averages_.update(origin_.shift(x));
        const double slow = origin_.unshift(averages_.slow);
        return std::fabs(slow) < no_movement ? 0 : (averages_.fast - averages_.slow) / slow * 100;
    }

  private:
    Origin origin_;
    TwoAverages averages_;
};

/// Appel's MACD: difference of two EMAs that start on the same bar, its EMA, and the distance of both.
class Macd {
  public:
    /// @pre fast <= slow
    Macd(int fast, int slow, int signal) : fast_(fast, slow - fast), slow_(slow), signal_(signal) {
        CHECK(fast <= slow);
    }
    /// line, signal, histogram
    std::array<double, 3> update(double x) {
        x = origin_.shift(x);
        const double fast = fast_.update(x), slow = slow_.update(x);
        if (is_unknown(slow)) return {unknown, unknown, unknown};
        const double line = fast - slow;
        const double signal = signal_.update(line);
        if (is_unknown(signal)) return {unknown, unknown, unknown};
        return {line, signal, line - signal};
    }

  private:
    Origin origin_;
    Ema fast_, slow_, signal_;
};

/// Lane's slow stochastic: place of the close in the range of n bars in percent, smoothed once (k) and twice (d).
class Stochastic {
  public:
    Stochastic(int n, int k, int d) : max_(n), min_(n), left_(n), k_(k), d_(d) {}
    /// k, d
    std::array<double, 2> update(const Candle& bar) {
        const double high = max_.update(bar.high), low = min_.update(bar.low);
        if (left_ > 1) return --left_, std::array{unknown, unknown};
        const double k = k_.update(high == low ? 0 : (bar.close - low) / (high - low) * 100);
        if (is_unknown(k)) return {unknown, unknown};
        const double d = d_.update(k);
        return {is_unknown(d) ? unknown : k, d};
    }

  private:
    RollingMax max_;
    RollingMin min_;
    int left_;
    Sma k_, d_;
};

/// Chande's Aroon: how fresh the high and the low of the last n+1 bars are, 100 = this bar.
class Aroon {
  public:
    explicit Aroon(int n) : high_(n + 1), low_(n + 1), left_(n), n_(n) {}
    /// up, down
    std::array<double, 2> update(const Candle& bar) {
        const int high = high_.update(bar.high), low = low_.update(bar.low);
        if (left_ > 0) return --left_, std::array{unknown, unknown};
        return {100 * ((n_ - high) / n_), 100 * ((n_ - low) / n_)};
    }

  private:
    RollingExtremeAge<1> high_;
    RollingExtremeAge<-1> low_;
    int left_;
    double n_;
};

}  // namespace aitrading::insight

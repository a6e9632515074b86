#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "insight/features/pairs.hpp"
#include "insight/features/regression.hpp"

// What trading costs and moves, estimated from bars alone. Spreads are shares of the price (x 10,000 for basis points).

namespace aitrading::insight {

/// Roll 1984: twice the root of the negative covariance of neighbouring log returns, over n pairs; 0 where it is positive.
class RollSpread {
  public:
    explicit RollSpread(int n) : pairs_(n), n_(n) {}
    double update(double close) {
        const double change = log_ratio(close, last_), before = change_;
        last_ = close;
        change_ = change;
        if (is_unknown(change) || is_unknown(before)) return unknown;
        if (!pairs_.update(before, change)) return unknown;
        return 2 * std::sqrt(std::fmax(-pairs_.together() / n_, 0.0));
    }

  private:
    RollingProducts pairs_;
    double n_, last_ = unknown, change_ = unknown;
};

/// Corwin and Schultz 2012: the spread of two neighbouring bars from their ranges, negative ones as 0, mean of n. A gap
/// between them is taken out first, as in the paper.
class CorwinSchultz {
  public:
    explicit CorwinSchultz(int n) : sum_(n), left_(n), n_(n) {}
    double update(const Candle& bar) {
        const Candle last = last_;
        last_ = bar;
        if (first_) return first_ = false, unknown;
        const double gap = bar.low > last.close ? bar.low - last.close : bar.high < last.close ? bar.high - last.close : 0;
        const double high = bar.high - gap, low = bar.low - gap;
        const double a = log_ratio(last.high, last.low), b = log_ratio(high, low);
        const double both = log_ratio(std::max(high, last.high), std::min(low, last.low));
        const double beta = a * a + b * b, scale = 3 - 2 * std::numbers::sqrt2;
        const double alpha = (std::numbers::sqrt2 - 1) * std::sqrt(beta) / scale - both / std::sqrt(scale);
        const double sum = sum_.update(std::fmax(0.0, 2 * std::tanh(alpha / 2)));
        if (left_ > 1) return --left_, unknown;
        return sum / n_;
    }

  private:
    RollingSum sum_;
    int left_;
    double n_;
    Candle last_;
    bool first_ = true;
};

/// Amihud 2002: mean of |log return| by the value traded (close x volume) over n bars; bars without volume are left out,
/// 0 where none had any.
class Amihud {
  public:
    explicit Amihud(int n) : sum_(n), traded_(n), left_(n) {}
    double update(const Candle& bar) {
        const double change = log_ratio(bar.close, last_);
        last_ = bar.close;
        if (is_unknown(change)) return unknown;
        const bool trades = bar.volume > 0;
        const double sum = sum_.update(trades ? std::fabs(change) / (bar.close * bar.volume) : 0);
        const double count = traded_.update(trades ? 1 : 0);
        if (left_ > 1) return --left_, unknown;
        return count > 0 ? sum / count : 0;
    }

  private:
    RollingSum sum_, traded_;
    int left_;
    double last_ = unknown;
};

/// Kyle's lambda (1985) as a regression: slope of the bar's change on its volume, signed by the change (no change keeps
/// the last sign), over n bars.
class KyleLambda {
  public:
    explicit KyleLambda(int n) : pairs_(n) {}
    double update(const Candle& bar) {
        const double change = bar.close - last_;
        last_ = bar.close;
        if (is_unknown(change)) return unknown;
        if (change != 0) sign_ = change > 0 ? 1 : -1;
        return pairs_.update(sign_ * bar.volume, change) ? pairs_.slope() : unknown;
    }

  private:
    RollingProducts pairs_;
    double last_ = unknown, sign_ = 0;
};

/// VPIN (Easley, López de Prado and O'Hara 2012): share of one-sided volume in the last n buckets of equal volume. A bar's
/// volume counts as bought by the normal distribution of its change in standard deviations (bulk classification). A new
/// bucket is as large as `bars` mean bars of the last 50; deviation and mean are those of the last 50 bars.
class Vpin {
  public:
    Vpin(int n, int bars) : deviation_(window), volume_(window), imbalance_(n), size_(n), left_(n), bars_(bars) {}
    double update(const Candle& bar) {
        const double change = bar.close - last_;
        last_ = bar.close;
        if (is_unknown(change)) return unknown;
        const double variance = deviation_.update(change);
        const double usual = volume_.update(bar.volume) / window;
        if (is_unknown(variance)) return unknown;
        const double bought = variance > 0 ? 0.5 * std::erfc(-change / std::sqrt(2 * variance)) : 0.5;
        fill(bar.volume, 2 * bought - 1, usual * bars_);
        return value_;
    }

  private:
    static constexpr int window = 50;
    /// Puts a bar's volume into buckets; a bar of very many buckets' volume fills them all with itself.
    void fill(double volume, double side, double next_size) {
        if (bucket_size_ == 0) bucket_size_ = next_size;
        int turns = most_buckets_a_bar;
        while (bucket_size_ > 0 && bucket_volume_ + volume >= bucket_size_ && turns-- > 0) {
            const double part = bucket_size_ - bucket_volume_;
            close(bucket_flow_ + part * side);
            volume -= part;
            bucket_volume_ = bucket_flow_ = 0;
            bucket_size_ = next_size;
        }
        bucket_volume_ += volume;
        bucket_flow_ += volume * side;
    }
    void close(double flow) {
        const double one_sided = imbalance_.update(std::fabs(flow)), all = size_.update(bucket_size_);
        if (left_ > 0) --left_;
        if (left_ == 0) value_ = one_sided / all;
    }
    static constexpr int most_buckets_a_bar = 1000;
    Variance deviation_;
    RollingSum volume_, imbalance_, size_;
    int left_;
    double bars_, last_ = unknown, value_ = unknown;
    double bucket_size_ = 0, bucket_volume_ = 0, bucket_flow_ = 0;
};

}  // namespace aitrading::insight

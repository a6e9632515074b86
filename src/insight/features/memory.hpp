#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "insight/features/pairs.hpp"
#include "insight/features/regression.hpp"
#include "insight/features/windows.hpp"

// How far a path remembers itself. Scales grow by powers of two, so a bar costs O(log n).

namespace aitrading::insight {

/// Logs of a price against its first one, which keeps their digits at any price level.
class LogLevel {
  public:
    double update(double price) {
        if (is_unknown(first_)) first_ = price;
        return log_ratio(price, first_);
    }

  private:
    double first_ = unknown;
};

/// Least-squares slope of log spread on log scale, over scales that double; 1/2 where some scale did not move.
class ScalingSlope {
  public:
    void clear() { count_ = 0, sum_ = trend_ = 0, still_ = false; }
    /// Takes the mean square at the next scale, twice the one before.
    void add(double mean_square) {
        if (!(mean_square > 0)) still_ = true;
        const double y = still_ ? 0 : 0.5 * std::log2(mean_square);
        sum_ += y;
        trend_ += y * static_cast<double>(count_++);
    }
    double value() const {
        if (still_) return 0.5;
        const auto n = static_cast<double>(count_);
        return (trend_ - sum_ * (n - 1) / 2) * 12 / (n * (n * n - 1));
    }

  private:
    int count_ = 0;
    double sum_ = 0, trend_ = 0;
    bool still_ = false;
};

/// Hurst's exponent of the last n log closes: how the standard deviation of their differences grows with the lag 1, 2, 4 …
/// up to n/4 (generalised Hurst exponent with q = 2, Di Matteo 2007). 1/2 is a random walk, more a trend, less a return.
class Hurst {
  public:
    /// @pre n >= 16
    explicit Hurst(int n) : left_(n) {
        CHECK(n >= 16);
        for (int lag = 1; lag <= n / 4; lag *= 2) scales_.push_back({Delay(lag), Variance(n - lag), 0});
    }
    double update(double close) {
        const double level = level_.update(close);
        for (Scale& s : scales_) {
            const double old = s.past.update(level);
            if (!is_unknown(old)) s.square = s.spread.update(level - old);
        }
        if (left_ > 1) return --left_, unknown;
        ScalingSlope slope;
        for (const Scale& s : scales_) slope.add(s.square);
        return slope.value();
    }

  private:
    struct Scale {
        Delay past;
        Variance spread;
        double square;
    };
    LogLevel level_;
    std::vector<Scale> scales_;
    int left_;
};

/// Detrended fluctuation analysis of the last n log closes (Peng et al. 1994, linear trends): how the distance of the path
/// from its line over s bars grows with s = 4, 8, 16 … up to n/4. Every window of s bars counts, not only every s-th, which
/// is what makes a bar cost O(log n). The path of log closes is the profile of the returns.
class Dfa {
  public:
    /// @pre n >= 32
    explicit Dfa(int n) : left_(n) {
        CHECK(n >= 32);
        for (int s = 4; s <= n / 4; s *= 2) scales_.emplace_back(s, n - s + 1);
    }
    double update(double close) {
        const double level = level_.update(close);
        for (Scale& s : scales_) s.update(level);
        if (left_ > 1) return --left_, unknown;
        ScalingSlope slope;
        for (const Scale& s : scales_) slope.add(s.square);
        return slope.value();
    }

  private:
    struct Scale {
        Scale(int s, int windows) : line(s), all(windows), size(s), count(windows) {}
        void update(double level) {
            line.update(level);
            if (line.complete()) square = all.update(residual()) / count;
        }
        /// Mean square distance from the least-squares line; what rounding leaves of a straight path is none.
        double residual() const {
            const double mean = line.sum() / size, spread = line.sum_square() / size - mean * mean;
            const double time = (size * size - 1) / 12;
            const double together = line.sum_trend() / size + mean * (size - 1) / 2;
            const double rest = spread - together * together / time;
            return rest > 1e-13 * spread ? rest : 0;
        }
        RollingMoments<true, true> line;
        RollingSum all;
        double size, count, square = 0;
    };
    LogLevel level_;
    std::vector<Scale> scales_;
    int left_;
};

/// Entropy in bits of the kinds of things seen last, counted over a window.
class SymbolEntropy {
  public:
    SymbolEntropy(int n, int kinds)
        : ring_(static_cast<std::size_t>(n)),
          counts_(static_cast<std::size_t>(kinds)),
          information_(static_cast<std::size_t>(n) + 1) {
        for (std::size_t c = 1; c < information_.size(); ++c) {
            const double share = static_cast<double>(c) / n;
            information_[c] = -share * std::log2(share);
        }
    }
    /// Unknown until the window is full.
    double update(std::uint32_t kind) {
        if (seen_ == ring_.size())
            --counts_[ring_[at_]];
        else
            ++seen_;
        ring_[at_] = kind;
        ++counts_[kind];
        if (++at_ == ring_.size()) at_ = 0;
        if (seen_ < ring_.size()) return unknown;
        double sum = 0;
        for (const std::uint32_t count : counts_) sum += information_[count];
        return sum;
    }

  private:
    std::vector<std::uint32_t> ring_, counts_;
    std::vector<double> information_;
    std::size_t at_ = 0, seen_ = 0;
};

/// Plug-in entropy, in bits, of the words that `word` bars in a row spell with up (1) and not up (0), over n words
/// (López de Prado 2018, chapter 18). `word` bits: nothing to be learnt; less: some words come more often.
class Entropy {
  public:
    /// @pre 1 <= word <= 8
    Entropy(int n, int word) : entropy_(n, 1 << word), mask_((1u << word) - 1), left_(word) {}
    double update(double close) {
        const double last = last_;
        last_ = close;
        if (is_unknown(last)) return unknown;
        word_ = ((word_ << 1) | (close > last ? 1u : 0u)) & mask_;
        if (left_ > 1) return --left_, unknown;
        return entropy_.update(word_);
    }

  private:
    SymbolEntropy entropy_;
    std::uint32_t mask_, word_ = 0;
    int left_;
    double last_ = unknown;
};

/// Entropy of the orders in which three closes in a row stand, over n such triples, by its maximum log2 6
/// (Bandt and Pompe 2002; of equal closes the earlier counts as lower).
class PermutationEntropy {
  public:
    explicit PermutationEntropy(int n) : entropy_(n, 8) {}
    double update(double close) {
        const double a = before_, b = last_;
        before_ = b;
        last_ = close;
        if (is_unknown(a)) return unknown;
        const std::uint32_t kind = (a > b ? 1u : 0u) | (b > close ? 2u : 0u) | (a > close ? 4u : 0u);
        return entropy_.update(kind) / most;
    }

  private:
    static constexpr double most = 2.584962500721156;  // log2 6
    SymbolEntropy entropy_;
    double before_ = unknown, last_ = unknown;
};

}  // namespace aitrading::insight

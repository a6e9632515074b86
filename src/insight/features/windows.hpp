#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "base/check.hpp"

// Sliding windows as two stacks: the values that came since the last turn are summed up front to back, those before it
// back to front, and a window is one of each. Nothing is ever subtracted, so a huge value leaves no trace once it has
// left the window, and what a window says depends on its own values only. A turn costs O(period) every `period`
// values, so an update is O(1) amortised.

namespace aitrading::insight {

/// Sum of the last `period` values (of all values so far until there are that many).
class RollingSum {
  public:
    /// @pre period >= 1
    explicit RollingSum(int period) : slots_(static_cast<std::size_t>(period) + 1) { CHECK(period >= 1); }

    double update(double x) {
        // A slot holds the sum from there to the end of the previous block until the new value takes its place.
        slots_[filled_] = x;
        front_ += x;
        ++filled_;
        const double sum = slots_[filled_] + front_;
        if (filled_ + 1 == slots_.size()) turn();
        return sum;
    }

  private:
    void turn() {
        double sum = 0;
        for (std::size_t i = filled_; i-- > 0;) slots_[i] = sum += slots_[i];
        filled_ = 0;
        front_ = 0;
    }
    std::vector<double> slots_;
    std::size_t filled_ = 0;
    double front_ = 0;
};

/// Sums of x, x² and x times age over the last `period` values, taken about a value inside the window, so that a high
/// price level costs no digits: the relative error of the variance stays below about period * 1e-15.
/// Complete from the period-th value on.
template <bool squares, bool trend>
class RollingMoments {
  public:
    explicit RollingMoments(int period)
        : raw_(static_cast<std::size_t>(period) + 1),
          squares_(squares ? raw_.size() : 0),
          trend_(trend ? raw_.size() : 0) {
        CHECK(period >= 1);
    }

    void update(double x) {
        if (seen_ == 0) pivot_ = x;
        if (seen_ + 1 < raw_.size()) ++seen_;
        raw_[filled_] = x;
        ++filled_;
        if (filled_ + 1 == raw_.size()) return turn(x);
        const double d = x - pivot_;
        front_ += d;
        sum_ = raw_[filled_] + front_;
        if constexpr (squares) {
            front_square_ += d * d;
            sum_square_ = squares_[filled_] + front_square_;
        }
        if constexpr (trend) {
            const auto position = static_cast<double>(filled_);
            front_trend_ += position * d;
            sum_trend_ = (trend_[filled_] + front_trend_) - position * sum_;
        }
    }

    bool complete() const { return seen_ + 1 >= raw_.size(); }
    double pivot() const { return pivot_; }
    /// Sum of x - pivot.
    double sum() const { return sum_; }
    /// Sum of (x - pivot)².
    double sum_square() const { return sum_square_; }
    /// Sum of i (x - pivot) with i = 0 for the newest value, -1 for the one before, …
    double sum_trend() const { return sum_trend_; }

  private:
    /// The block is full and the window is the block: its sums from the newest value back, about that value.
    void turn(double newest) {
        double sum = 0, square = 0, weighted = 0, position = 0;
        for (std::size_t i = filled_; i-- > 0; position -= 1) {
            const double d = raw_[i] - newest;
            raw_[i] = sum += d;
            if constexpr (squares) squares_[i] = square += d * d;
            if constexpr (trend) trend_[i] = weighted += position * d;
        }
        pivot_ = newest;
        filled_ = 0;
        front_ = front_square_ = front_trend_ = 0;
        sum_ = sum;
        sum_square_ = square;
        sum_trend_ = weighted;
    }
    std::vector<double> raw_, squares_, trend_;
    std::size_t filled_ = 0, seen_ = 0;
    double pivot_ = 0;
    double front_ = 0, front_square_ = 0, front_trend_ = 0;
    double sum_ = 0, sum_square_ = 0, sum_trend_ = 0;
};

/// Greatest (sign = +1) or smallest (sign = -1) of the last `period` values.
template <int sign>
class RollingExtreme {
  public:
    explicit RollingExtreme(int period) : slots_(static_cast<std::size_t>(period) + 1, worst) {
        CHECK(period >= 1);
    }

    double update(double x) {
        slots_[filled_] = x;
        front_ = better(x, front_);
        ++filled_;
        const double best = better(slots_[filled_], front_);
        if (filled_ + 1 == slots_.size()) turn();
        return best;
    }

  private:
    static constexpr double worst = -sign * std::numeric_limits<double>::infinity();
    static double better(double a, double b) {
        if constexpr (sign > 0)
            return a > b ? a : b;
        else
            return a < b ? a : b;
    }
    void turn() {
        double best = worst;
        for (std::size_t i = filled_; i-- > 0;) slots_[i] = best = better(slots_[i], best);
        filled_ = 0;
        front_ = worst;
    }
    std::vector<double> slots_;
    std::size_t filled_ = 0;
    double front_ = worst;
};
using RollingMax = RollingExtreme<1>;
using RollingMin = RollingExtreme<-1>;

/// Age in bars (0 = newest) of the greatest or smallest of the last `period` values; of equal ones the newest counts.
template <int sign>
class RollingExtremeAge {
  public:
    explicit RollingExtremeAge(int period)
        : values_(static_cast<std::size_t>(period) + 1, worst), positions_(values_.size(), 0) {
        CHECK(period >= 1);
    }

    int update(double x) {
        values_[filled_] = x;
        ++filled_;
        if (!(sign * front_ > sign * x)) {
            front_ = x;
            front_position_ = static_cast<int>(filled_);
        }
        // Positions count from the last turn: 1, 2, … after it, 0, -1, … before it.
        const bool in_front = !(sign * values_[filled_] > sign * front_);
        const int age = static_cast<int>(filled_) - (in_front ? front_position_ : positions_[filled_]);
        if (filled_ + 1 == values_.size()) turn();
        return age;
    }

  private:
    static constexpr double worst = -sign * std::numeric_limits<double>::infinity();
    void turn() {
        double best = worst;
        int at = 0, position = 0;
        for (std::size_t i = filled_; i-- > 0; --position) {
            if (sign * values_[i] > sign * best) {
                best = values_[i];
                at = position;
            }
            values_[i] = best;
            positions_[i] = at;
        }
        filled_ = 0;
        front_ = worst;
        front_position_ = 0;
    }
    std::vector<double> values_;
    std::vector<int> positions_;
    std::size_t filled_ = 0;
    double front_ = worst;
    int front_position_ = 0;
};

/// The value of `lag` updates ago; `start` until there is one.
class Delay {
  public:
    /// @pre lag >= 1
    explicit Delay(int lag, double start = std::numeric_limits<double>::quiet_NaN())
        : slots_(static_cast<std::size_t>(lag), start) {
        CHECK(lag >= 1);
    }
    double update(double x) {
        const double old = slots_[at_];
        slots_[at_] = x;
        if (++at_ == slots_.size()) at_ = 0;
        return old;
    }

  private:
    std::vector<double> slots_;
    std::size_t at_ = 0;
};

}  // namespace aitrading::insight

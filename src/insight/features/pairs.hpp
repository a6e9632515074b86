#pragma once

#include <cmath>
#include <vector>

#include "insight/features/candle.hpp"
#include "insight/features/windows.hpp"

// What a window of n values says of two series together.

namespace aitrading::insight {

/// Sums of distances and of their products over the last `period` pairs, about a pair inside the window (as RollingMoments).
class RollingProducts {
  public:
    struct Sums {
        double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        void add(double dx, double dy) {
            x += dx;
            y += dy;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    };
    explicit RollingProducts(int period) : slots_(static_cast<std::size_t>(period) + 1), n_(period) { CHECK(period >= 1); }

    /// False until `period` pairs are known.
    bool update(double x, double y) {
        if (seen_ == 0) pivot_ = {x, y};
        if (seen_ + 1 < slots_.size()) ++seen_;
        slots_[filled_] = {.x = x, .y = y};
        ++filled_;
        if (filled_ + 1 == slots_.size()) return turn(x, y), true;
        front_.add(x - pivot_.x, y - pivot_.y);
        const Sums& old = slots_[filled_];
        sums_ = {old.x + front_.x, old.y + front_.y, old.xx + front_.xx, old.yy + front_.yy, old.xy + front_.xy};
        return seen_ + 1 >= slots_.size();
    }
    /// n times the population variances and the covariance.
    double spread_x() const { return std::fmax(sums_.xx - sums_.x * sums_.x / n_, 0.0); }
    double spread_y() const { return std::fmax(sums_.yy - sums_.y * sums_.y / n_, 0.0); }
    double together() const { return sums_.xy - sums_.x * sums_.y / n_; }
    double mean_x() const { return pivot_.x + sums_.x / n_; }
    double mean_y() const { return pivot_.y + sums_.y / n_; }
    /// Slope of y on x; 0 where x does not move.
    double slope() const { return spread_x() > 0 ? together() / spread_x() : 0; }
    /// Pearson's correlation; 0 where either does not move.
    double correlation() const {
        const double scale = std::sqrt(spread_x()) * std::sqrt(spread_y());
        return scale > 0 ? together() / scale : 0;
    }

  private:
    void turn(double x, double y) {
        Sums sums;
        for (std::size_t i = filled_; i-- > 0;) {
            sums.add(slots_[i].x - x, slots_[i].y - y);
            slots_[i] = sums;
        }
        pivot_ = {x, y};
        filled_ = 0;
        front_ = {};
        sums_ = sums;
    }
    struct Pair {
        double x = 0, y = 0;
    };
    std::vector<Sums> slots_;
    std::size_t filled_ = 0, seen_ = 0;
    Pair pivot_;
    Sums front_, sums_;
    double n_;
};

/// Slope of the low's relative changes on the high's, over n bars: TA-Lib's BETA on its standard inputs.
class Beta {
  public:
    explicit Beta(int n) : pairs_(n) {}
    double update(const Candle& bar) {
        const Candle last = last_;
        last_ = bar;
        if (first_) return first_ = false, unknown;
        const bool known = pairs_.update((bar.high - last.high) / last.high, (bar.low - last.low) / last.low);
        return known ? pairs_.slope() : unknown;
    }

  private:
    RollingProducts pairs_;
    Candle last_;
    bool first_ = true;
};

/// Correlation of high and low over n bars: TA-Lib's CORREL on its standard inputs.
class Correl {
  public:
    explicit Correl(int n) : pairs_(n) {}
    double update(const Candle& bar) { return pairs_.update(bar.high, bar.low) ? pairs_.correlation() : unknown; }

  private:
    RollingProducts pairs_;
};

/// Correlation of a bar's log return with the one `lag` bars before, over n pairs.
class Autocorrelation {
  public:
    Autocorrelation(int n, int lag) : past_(lag), pairs_(n) {}
    double update(double close) {
        const double change = log_ratio(close, last_);
        last_ = close;
        if (is_unknown(change)) return unknown;
        const double before = past_.update(change);
        if (is_unknown(before)) return unknown;
        return pairs_.update(before, change) ? pairs_.correlation() : unknown;
    }

  private:
    Delay past_;
    RollingProducts pairs_;
    double last_ = unknown;
};

}  // namespace aitrading::insight

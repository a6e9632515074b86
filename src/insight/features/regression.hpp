#pragma once

#include <array>
#include <cmath>

#include "insight/features/candle.hpp"
#include "insight/features/windows.hpp"

// What a window of n values says of spread and slope.

namespace aitrading::insight {

/// Population variance of n values.
class Variance {
  public:
    explicit Variance(int n) : window_(n), scale_(1.0 / n) {}
    double update(double x) {
        window_.update(x);
        return window_.complete() ? value() : unknown;
    }
    double mean() const { return window_.pivot() + window_.sum() * scale_; }
    /// x less the mean, with the digits that a high level would cost.
    double distance(double x) const { return (x - window_.pivot()) - window_.sum() * scale_; }
    double value() const {
        const double mean = window_.sum() * scale_;
        const double variance = window_.sum_square() * scale_ - mean * mean;
        return variance > 0 ? variance : 0;
    }

  private:
    RollingMoments<true, false> window_;
    double scale_;
};

/// Population standard deviation of n values, times a factor.
class Stddev {
  public:
    Stddev(int n, double factor) : variance_(n), factor_(factor) {}
    double update(double x) { return factor_ * std::sqrt(variance_.update(x)); }

  private:
    Variance variance_;
    double factor_;
};

/// Bollinger's bands: mean of n values and `width` population standard deviations either side.
class Bollinger {
  public:
    Bollinger(int n, double width) : variance_(n), width_(width) {}
    /// upper, middle, lower
    std::array<double, 3> update(double x) {
        const double variance = variance_.update(x);
        if (is_unknown(variance)) return {unknown, unknown, unknown};
        const double middle = variance_.mean();
        const double band = width_ * std::sqrt(variance);
        return {middle + band, middle, middle - band};
    }

  private:
    Variance variance_;
    double width_;
};

/// Least-squares line through the last n values.
class Line {
  public:
    /// @pre n >= 2
    explicit Line(int n) : window_(n), n_(n), centre_((n_ - 1) / 2), scale_(12 / (n_ * (n_ * n_ - 1))) {
        CHECK(n >= 2);
    }
    bool update(double x) {
        window_.update(x);
        return window_.complete();
    }
    double slope() const { return (window_.sum_trend() + centre_ * window_.sum()) * scale_; }
    /// The line `ahead` bars after the newest value.
    double at(double ahead) const {
        return window_.pivot() + (window_.sum() / n_ + slope() * (centre_ + ahead));
    }

  private:
    RollingMoments<false, true> window_;
    double n_, centre_, scale_;
};

/// End of the least-squares line.
class Linreg {
  public:
    explicit Linreg(int n) : line_(n) {}
    double update(double x) { return line_.update(x) ? line_.at(0) : unknown; }

  private:
    Line line_;
};

/// Slope of the least-squares line, per bar.
class LinregSlope {
  public:
    explicit LinregSlope(int n) : line_(n) {}
    double update(double x) { return line_.update(x) ? line_.slope() : unknown; }

  private:
    Line line_;
};

/// The least-squares line one bar ahead.
class Tsf {
  public:
    explicit Tsf(int n) : line_(n) {}
    double update(double x) { return line_.update(x) ? line_.at(1) : unknown; }

  private:
    Line line_;
};

}  // namespace aitrading::insight

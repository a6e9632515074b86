#pragma once

#include <array>
#include <cmath>

#include "insight/features/feature_group.hpp"
#include "insight/features/windows.hpp"

namespace aitrading::insight {

/// Past returns, scaled by the recent volatility of one bar, and the shape of the last candle.
class ReturnFeatures {
  public:
    void describe(Catalogue& c) const {
        c.group("returns");
        for (int lag = 1; lag <= lags; ++lag)
            c.add("return_" + std::to_string(lag), lag == 1 ? "log return of the bar, in its volatility"
                                                            : "log return " + std::to_string(lag - 1) +
                                                                  " bars before, in the volatility of now");
        for (const int n : spans)
            c.add("return_sum_" + std::to_string(n),
                  "log return over " + std::to_string(n) + " bars, in their volatility");
        for (const int n : spans)
            c.add("efficiency_" + std::to_string(n),
                  "log return over " + std::to_string(n) + " bars by the sum of absolute returns");
        c.add("run_length", "bars in a row that closed up (positive) or down (negative), at most 10");
        c.group("candle");
        c.add("body", "close - open, in ATR");
        c.add("upper_wick", "high - max(open, close), in ATR");
        c.add("lower_wick", "min(open, close) - low, in ATR");
        c.add("bar_range", "high - low, in ATR");
        c.add("close_location", "place of the close between low (0) and high (1) of the bar");
        c.add("open_gap", "open - last close, in ATR");
    }

    double* update(const Moment& m, double* out) {
        for (int lag = lags - 1; lag > 0; --lag) recent_[lag] = recent_[lag - 1];
        recent_[0] = m.change;
        for (int lag = 0; lag < lags; ++lag) *out++ = ratio(recent_[lag], m.volatility);
        out = sums(m, out);
        return candle(m, out);
    }

  private:
    static constexpr int lags = 5;
    static constexpr std::array spans{10, 20, 60};
    static constexpr std::array roots{3.1622776601683795, 4.47213595499958, 7.745966692414834};
    static constexpr double run_max = 10;

    double* sums(const Moment& m, double* out) {
        std::array<double, 3> efficiency{unknown, unknown, unknown};
        const bool known = !is_unknown(m.change);
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const double level = std::log(m.bar.close);
            const double move = level - past_[i].update(level);
            const double path = known ? paths_[i].update(std::fabs(m.change)) : unknown;
            *out++ = ratio(move, m.volatility * roots[i]);
            efficiency[i] = ratio(move, path);
        }
        for (const double value : efficiency) *out++ = value;
        if (known && m.change != 0) {
            const double step = m.change > 0 ? 1 : -1;
            run_ = run_ * step > 0 ? run_ + step : step;
            run_ = std::fmax(-run_max, std::fmin(run_max, run_));
        }
        *out++ = known ? run_ : unknown;
        return out;
    }

    double* candle(const Moment& m, double* out) {
        const Candle& b = m.bar;
        const double top = b.open > b.close ? b.open : b.close, bottom = b.open > b.close ? b.close : b.open;
        *out++ = ratio(b.close - b.open, m.atr);
        *out++ = ratio(b.high - top, m.atr);
        *out++ = ratio(bottom - b.low, m.atr);
        *out++ = ratio(b.high - b.low, m.atr);
        *out++ = b.high > b.low ? (b.close - b.low) / (b.high - b.low) : 0.5;
        *out++ = ratio(b.open - last_close_, m.atr);
        last_close_ = b.close;
        return out;
    }

    std::array<double, lags> recent_{unknown, unknown, unknown, unknown, unknown};
    std::array<Delay, 3> past_{Delay(10), Delay(20), Delay(60)};
    std::array<RollingSum, 3> paths_{RollingSum(10), RollingSum(20), RollingSum(60)};
    double run_ = 0, last_close_ = unknown;
};

}  // namespace aitrading::insight

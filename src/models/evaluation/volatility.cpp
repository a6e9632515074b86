#include "models/evaluation/volatility.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::models {

std::vector<double> log_returns(const BarColumns& bars) {
    std::vector<double> out(bars.size(), 0.0);
    for (std::size_t i = 1; i < bars.size(); ++i)
        out[i] = std::log(bars.close[i].to_double() / bars.close[i - 1].to_double());
    return out;
}

std::vector<double> realised_volatility(const std::vector<double>& returns, int window) {
    CHECK(window >= 1);
    const auto width = static_cast<std::size_t>(window);
    std::vector<double> out(returns.size(), std::numeric_limits<double>::quiet_NaN());
    // Running sums lose about 1e-19 of the whole sum in long double, far below one squared price point.
    std::vector<long double> sum(returns.size() + 1, 0.0L);
    for (std::size_t i = 0; i < returns.size(); ++i)
        sum[i + 1] = sum[i] + static_cast<long double>(returns[i]) * returns[i];
    for (std::size_t i = width; i < returns.size(); ++i)
        out[i] = std::sqrt(static_cast<double>((sum[i + 1] - sum[i + 1 - width]) / window));
    return out;
}

double log_volatility(double volatility, const BarColumns& bars, std::size_t row) {
    const double half_point = 0.5 * std::pow(10.0, -bars.digits) / bars.close[row].to_double();
    return std::log(std::max(volatility, half_point));
}

std::vector<double> wilder_atr(const BarColumns& bars, int period) {
    CHECK(period >= 1);
    const auto width = static_cast<std::size_t>(period);
    std::vector<double> out(bars.size(), std::numeric_limits<double>::quiet_NaN());
    double atr = 0;
    for (std::size_t i = 1; i < bars.size(); ++i) {
        const Price high = std::max(bars.high[i], bars.close[i - 1]);
        const Price low = std::min(bars.low[i], bars.close[i - 1]);
        const double range = (high - low).to_double();
        if (i <= width) {
            atr += range / period;
        } else {
            atr = (atr * (period - 1) + range) / period;
        }
        if (i >= width) out[i] = atr;
    }
    return out;
}

}  // namespace aitrading::models

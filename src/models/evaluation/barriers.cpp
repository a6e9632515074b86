#include "models/evaluation/barriers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models {

BarrierSearch::BarrierSearch(const BarColumns& bars) : bars_(bars) {
    while (leaves_ < bars.size()) leaves_ *= 2;
    highest_.assign(2 * leaves_, -std::numeric_limits<double>::infinity());
    lowest_.assign(2 * leaves_, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        highest_[leaves_ + i] = bars.high[i].to_double();
        lowest_[leaves_ + i] = bars.low[i].to_double();
    }
    for (std::size_t node = leaves_ - 1; node > 0; --node) {
        highest_[node] = std::max(highest_[2 * node], highest_[2 * node + 1]);
        lowest_[node] = std::min(lowest_[2 * node], lowest_[2 * node + 1]);
    }
}

std::size_t BarrierSearch::first_touch(std::size_t row, std::size_t last, double high, double low) const {
    std::size_t node = leaves_ + row + 1;
    // Climb to the next subtree on the right until one reaches a barrier, then walk down to its first leaf.
    while (!reaches(node, high, low)) {
        while (node % 2 == 1) node /= 2;
        if (node <= 1) return last + 1;
        ++node;
    }
    while (node < leaves_) node = 2 * node + (reaches(2 * node, high, low) ? 0 : 1);
    return std::min(node - leaves_, last + 1);
}

BarrierSearch::Exit BarrierSearch::first(std::size_t row, double high, double low, std::size_t bars) const {
    const std::size_t last = row + bars;
    CHECK(last < bars_.size());
    const std::size_t bar = first_touch(row, last, high, low);
    Exit exit{static_cast<std::uint32_t>(std::min(bar, last)), 0, 0.0};
    if (bar > last) {
        exit.price = bars_.close[last].to_double();
        exit.side = bars_.close[last] > bars_.close[row] ? 1 : bars_.close[last] < bars_.close[row] ? -1 : 0;
        return exit;
    }
    const double open = bars_.open[bar].to_double();
    const bool up = bars_.high[bar].to_double() >= high, down = bars_.low[bar].to_double() <= low;
    if (open >= high || open <= low) {
        exit.side = open >= high ? 1 : -1;
        exit.price = open;
    } else if (up && down) {
        exit.side = high - open < open - low ? 1 : high - open > open - low ? -1 : 0;
        exit.price = exit.side > 0 ? high : low;
    } else {
        exit.side = up ? 1 : -1;
        exit.price = up ? high : low;
    }
    return exit;
}

Touch first_close_touch(std::span<const double> close, std::size_t start, double up, double down,
                        std::size_t bars) {
    CHECK(start < close.size());
    const std::size_t last = std::min(close.size() - 1, start + bars);
    for (std::size_t i = start + 1; i <= last; ++i) {
        const double change = close[i] / close[start] - 1.0;
        if (change >= up) return {static_cast<std::uint32_t>(i), 1};
        if (change <= -down) return {static_cast<std::uint32_t>(i), -1};
    }
    return {static_cast<std::uint32_t>(last), 0};
}

TrendScan trend_scan(std::span<const double> close, std::size_t start, int shortest, int longest) {
    TrendScan best;
    for (int window = std::max(shortest, 3); window <= longest; ++window) {
        if (start + static_cast<std::size_t>(window) > close.size()) break;
        const double mean_x = 0.5 * (window - 1);
        double mean_y = 0;
        for (int i = 0; i < window; ++i)
            mean_y += std::log(close[start + static_cast<std::size_t>(i)]) / window;
        double sxx = 0, sxy = 0, syy = 0;
        for (int i = 0; i < window; ++i) {
            const double dx = i - mean_x, dy = std::log(close[start + static_cast<std::size_t>(i)]) - mean_y;
            sxx += dx * dx;
            sxy += dx * dy;
            syy += dy * dy;
        }
        const double slope = sxy / sxx;
        const double residual = std::max(syy - slope * sxy, 0.0) / (window - 2);
        const double t = slope / std::sqrt(residual / sxx);
        if (best.window == 0 || std::abs(t) > std::abs(best.t)) best = {window, t};
    }
    return best;
}

}  // namespace aitrading::models

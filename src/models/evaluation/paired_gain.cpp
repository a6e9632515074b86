#include "models/evaluation/paired_gain.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "models/evaluation/bootstrap.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr int resamples = 1000;
constexpr std::size_t fewest_rows = 8;  ///< below, no block length can be told

double loss_of(float y, double p) { return -std::log(std::clamp(y > 0.5F ? p : 1 - p, 1e-15, 1.0)); }

}  // namespace

PairedGain paired_gain(std::span<const float> y, std::span<const double> before, std::span<const double> after, int horizon, std::uint64_t seed) {
    CHECK(y.size() == before.size() && y.size() == after.size());
    PairedGain out;
    std::vector<double> difference;
    difference.reserve(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (std::isnan(y[i])) continue;
        const double first = loss_of(y[i], before[i]), second = loss_of(y[i], after[i]);
        out.before += first;
        out.after += second;
        difference.push_back(first - second);
    }
    if (difference.empty()) return out;
    const auto n = static_cast<double>(difference.size());
    out.n = static_cast<std::int64_t>(difference.size());
    out.before /= n;
    out.after /= n;
    out.gain = mean(difference);
    out.low = out.high = out.gain;
    const auto [least, most] = std::ranges::minmax(difference);
    if (least == most) return out;  // the same model twice: nothing to resample
    if (difference.size() < fewest_rows) {
        out.low = least;
        out.high = most;
        return out;
    }
    const double block = std::clamp(optimal_block_length(difference).stationary, static_cast<double>(std::max(horizon, 1)), std::max(n / 2, 1.0 * std::max(horizon, 1)));
    const std::vector<double> means = stationary_bootstrap_means(difference, block, resamples, seed);
    out.low = quantile(means, 0.025);
    out.high = quantile(means, 0.975);
    return out;
}

}  // namespace aitrading::models

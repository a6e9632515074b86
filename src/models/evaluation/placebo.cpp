#include "models/evaluation/placebo.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/random.hpp"

namespace aitrading::models {

LabelSet shuffled_in_blocks(const LabelSet& labels, std::size_t block, std::uint64_t seed) {
    CHECK(block >= 1);
    std::vector<std::size_t> order((labels.size() + block - 1) / block);
    std::iota(order.begin(), order.end(), std::size_t{0});
    SplitMix64 random(seed);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.next_below(i)]);
    LabelSet out = labels;
    std::size_t next = 0;
    for (std::size_t b : order)
        for (std::size_t i = b * block; i < std::min((b + 1) * block, labels.size()); ++i, ++next) {
            out.y[next] = labels.y[i];
            out.target[next] = labels.target[i];
        }
    return out;
}

FeatureMatrix reversed_in_time(const FeatureMatrix& features) {
    FeatureMatrix out = features;
    std::fill(out.values.begin(), out.values.end(), std::numeric_limits<double>::quiet_NaN());
    const std::size_t width = features.columns(), part = features.rows() / 3;
    for (std::size_t i = 0; i < 3 * part; ++i) {
        const std::size_t source = (i / part + 2) % 3;
        const auto from = features.row(source * part + (part - 1 - i % part));
        std::copy(from.begin(), from.end(), out.values.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
    return out;
}

FeatureMatrix shifted_one_bar_ahead(const FeatureMatrix& features) {
    FeatureMatrix out = features;
    const auto width = static_cast<std::ptrdiff_t>(features.columns());
    if (features.rows() == 0) return out;
    std::copy(features.values.begin() + width, features.values.end(), out.values.begin());
    std::fill(out.values.end() - width, out.values.end(), std::numeric_limits<double>::quiet_NaN());
    return out;
}

Result<void> apply_placebo(std::string_view name, FeatureMatrix& features, LabelSet& labels, std::uint64_t seed) {
    constexpr int shortest_block = 20;
    if (name.empty()) return {};
    if (name == "shuffled") {
        labels = shuffled_in_blocks(labels, static_cast<std::size_t>(std::max(labels.horizon_bars, shortest_block)), seed);
    } else if (name == "reversed") {
        features = reversed_in_time(features);
    } else if (name == "leak") {
        features = shifted_one_bar_ahead(features);
    } else {
        return fail(ErrorCode::usage, fmt::format("\"{}\" is no placebo; use shuffled, reversed or leak", name));
    }
    return {};
}

BarColumns null_market(const SeriesKey& key, std::size_t count, double volatility, std::uint64_t seed) {
    constexpr double arch = 0.05, garch = 0.94;
    constexpr int steps = 4;
    const std::int64_t length = std::max(duration_nanos(key.timeframe), nanos_per_minute);
    BarColumns bars;
    bars.key = key;
    bars.reserve(count);
    SplitMix64 random(seed);
    double variance = 1, log_price = 0;  // of the bar, in units of `volatility` squared
    std::int64_t time = from_civil({2010, 1, 4}).value;
    for (std::size_t i = 0; i < count; ++i, time += length) {
        const double open = log_price;
        double high = open, low = open;
        for (int s = 0; s < steps; ++s) {
            log_price += volatility * std::sqrt(variance / steps) * random.next_normal();
            high = std::max(high, log_price);
            low = std::min(low, log_price);
        }
        const double shock = (log_price - open) / volatility;
        variance = (1 - arch - garch) + arch * shock * shock + garch * variance;
        bars.append({UnixNanos{time}, Price::from_double(std::exp(open)), Price::from_double(std::exp(high)),
                     Price::from_double(std::exp(low)), Price::from_double(std::exp(log_price)),
                     Quantity::from_double(100)});
    }
    return bars;
}

}  // namespace aitrading::models

#include "models/evaluation/trailing_median.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace aitrading::models {

RankedMedian::RankedMedian(std::span<const double> universe) : rank_(universe.size()) {
    std::vector<std::uint32_t> order(universe.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return universe[a] < universe[b]; });
    sorted_.reserve(universe.size());
    for (std::uint32_t i : order) {
        rank_[i] = static_cast<std::uint32_t>(sorted_.size());
        sorted_.push_back(universe[i]);
    }
    tree_.assign(universe.size() + 1, 0);
    while (top_ * 2 <= universe.size()) top_ *= 2;
}

void RankedMedian::change(std::size_t i, int by) {
    for (std::size_t k = rank_[i] + 1; k < tree_.size(); k += k & (~k + 1)) tree_[k] += by;
    size_ += static_cast<std::size_t>(by);
}

double RankedMedian::kth(std::size_t k) const {
    std::size_t position = 0;
    for (std::size_t step = top_; step > 0; step /= 2) {
        const std::size_t next = position + step;
        if (next >= tree_.size() || static_cast<std::size_t>(tree_[next]) > k) continue;
        position = next;
        k -= static_cast<std::size_t>(tree_[next]);
    }
    return sorted_[position];
}

double RankedMedian::median() const {
    CHECK(size_ > 0);
    const double upper = kth(size_ / 2);
    return size_ % 2 == 1 ? upper : 0.5 * (kth(size_ / 2 - 1) + upper);
}

std::vector<double> trailing_median(std::span<const double> values, std::span<const UnixNanos> time,
                                    std::int64_t days, std::size_t minimum) {
    CHECK(values.size() == time.size() && minimum > 0);
    std::vector<double> finite;
    std::vector<std::size_t> place(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) continue;
        place[i] = finite.size();
        finite.push_back(values[i]);
    }
    RankedMedian window(finite);
    std::vector<double> out(values.size(), std::numeric_limits<double>::quiet_NaN());
    std::size_t oldest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isfinite(values[i])) window.add(place[i]);
        for (; time[oldest].value <= time[i].value - days * nanos_per_day; ++oldest)
            if (std::isfinite(values[oldest])) window.remove(place[oldest]);
        if (window.size() >= minimum) out[i] = window.median();
    }
    return out;
}

}  // namespace aitrading::models

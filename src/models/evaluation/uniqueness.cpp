#include <algorithm>

#include "base/check.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models {
namespace {

/// Labels active at each bar, by differences.
std::vector<std::int64_t> concurrency(std::span<const std::uint32_t> start,
                                      std::span<const std::uint32_t> end) {
    std::uint32_t last = 0;
    for (std::uint32_t e : end) last = std::max(last, e);
    std::vector<std::int64_t> active(static_cast<std::size_t>(last) + 2, 0);
    for (std::size_t i = 0; i < start.size(); ++i) {
        CHECK(start[i] <= end[i]);
        ++active[start[i]];
        --active[end[i] + 1];
    }
    for (std::size_t t = 1; t < active.size(); ++t) active[t] += active[t - 1];
    return active;
}

/// Mean over each span of 1 / active.
std::vector<double> mean_inverse(std::span<const std::uint32_t> start, std::span<const std::uint32_t> end,
                                 const std::vector<std::int64_t>& active) {
    std::vector<long double> sum(active.size() + 1, 0.0L);
    for (std::size_t t = 0; t < active.size(); ++t)
        sum[t + 1] = sum[t] + (active[t] > 0 ? 1.0L / static_cast<long double>(active[t]) : 0.0L);
    std::vector<double> out(start.size());
    for (std::size_t i = 0; i < start.size(); ++i)
        out[i] = static_cast<double>((sum[end[i] + 1] - sum[start[i]]) / (end[i] - start[i] + 1));
    return out;
}

}  // namespace

std::vector<double> average_uniqueness(std::span<const std::uint32_t> start,
                                       std::span<const std::uint32_t> end) {
    CHECK(start.size() == end.size());
    return mean_inverse(start, end, concurrency(start, end));
}

std::vector<double> sequential_draw_chances(std::span<const std::uint32_t> start,
                                            std::span<const std::uint32_t> end,
                                            std::span<const std::uint32_t> drawn) {
    CHECK(start.size() == end.size() && !start.empty());
    // The candidate itself counts once at every bar of its span, on top of what was drawn.
    std::vector<std::int64_t> active(static_cast<std::size_t>(*std::max_element(end.begin(), end.end())) + 2,
                                     1);
    for (std::uint32_t label : drawn)
        for (std::uint32_t t = start[label]; t <= end[label]; ++t) ++active[t];
    std::vector<double> chance = mean_inverse(start, end, active);
    double total = 0;
    for (double c : chance) total += c;
    for (double& c : chance) c /= total;
    return chance;
}

void weigh_by_uniqueness(LabelSet& labels) {
    std::vector<std::uint32_t> start(labels.row);
    for (std::size_t i = 0; i < start.size(); ++i) {
        CHECK(labels.end[i] > labels.row[i]);
        ++start[i];  // the close of `row` is known; the outcome lies in the bars after it
    }
    labels.weight = average_uniqueness(start, labels.end);
    double total = 0;
    for (double w : labels.weight) total += w;
    for (double& w : labels.weight) w *= static_cast<double>(labels.weight.size()) / total;
}

}  // namespace aitrading::models

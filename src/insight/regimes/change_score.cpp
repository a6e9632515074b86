#include "insight/regimes/change_score.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/check.hpp"

namespace aitrading::insight {

ChangeScore score_changes(std::span<const int> truth, std::span<const int> labels) {
    CHECK(truth.size() == labels.size() && !truth.empty());
    constexpr double never = std::numeric_limits<double>::infinity();
    std::vector<double> delays;
    double changes = 0, right = 0;
    std::size_t began = 0;
    bool found = labels[0] == truth[0], seen_from_start = false;
    const auto close_stay = [&] {
        if (seen_from_start && !found) delays.push_back(never);
    };
    for (std::size_t t = 1; t < truth.size(); ++t) {
        const bool changed = labels[t] != labels[t - 1];
        if (truth[t] != truth[t - 1]) {
            close_stay();
            seen_from_start = true;
            found = false;
            began = t;
        }
        changes += changed ? 1 : 0;
        if (found || labels[t] != truth[t]) continue;
        found = true;
        right += changed ? 1 : 0;
        if (seen_from_start) delays.push_back(static_cast<double>(t - began));
    }
    close_stay();
    const double thousands = static_cast<double>(truth.size()) / 1000, stays = static_cast<double>(delays.size());
    ChangeScore out{.true_per_1000 = stays / thousands, .labels_per_1000 = changes / thousands, .false_per_1000 = (changes - right) / thousands};
    if (delays.empty()) return out;
    out.missed = static_cast<double>(std::ranges::count(delays, never)) / stays;
    const auto middle = delays.begin() + static_cast<std::ptrdiff_t>((delays.size() - 1) / 2);
    std::ranges::nth_element(delays, middle);
    out.median_delay = *middle;
    return out;
}

double adjusted_rand_index(std::span<const int> a, std::span<const int> b, std::size_t n) {
    CHECK(a.size() == b.size() && !a.empty());
    std::vector<double> both(n * n, 0.0), of_a(n, 0.0), of_b(n, 0.0);
    for (std::size_t t = 0; t < a.size(); ++t) {
        const auto i = static_cast<std::size_t>(a[t]), j = static_cast<std::size_t>(b[t]);
        CHECK(i < n && j < n);
        both[i * n + j] += 1;
        of_a[i] += 1;
        of_b[j] += 1;
    }
    const auto pairs = [](std::span<const double> counts) {
        double sum = 0;
        for (const double c : counts) sum += c * (c - 1) / 2;
        return sum;
    };
    const double rows = static_cast<double>(a.size()), all = rows * (rows - 1) / 2;
    const double expected = all > 0 ? pairs(of_a) * pairs(of_b) / all : 0, most = (pairs(of_a) + pairs(of_b)) / 2;
    return most > expected ? (pairs(both) - expected) / (most - expected) : 1;
}

}  // namespace aitrading::insight

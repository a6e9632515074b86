#include "insight/correlation/market_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// Groups that still stand and their mutual distances, each group in the slot of one of its members.
struct Groups {
    std::vector<double> distance;
    std::vector<std::size_t> name, members;
    std::vector<char> stands;

    Groups(std::span<const double> given, std::size_t size)
        : distance(given.begin(), given.end()), name(size), members(size, 1), stands(size, 1) {
        std::iota(name.begin(), name.end(), std::size_t{0});
    }
    std::pair<std::size_t, std::size_t> nearest() const {
        std::pair best{none, none};
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < name.size(); ++a) {
            if (!stands[a]) continue;
            for (std::size_t b = a + 1; b < name.size(); ++b)
                if (stands[b] && distance[a * name.size() + b] < least) least = distance[a * name.size() + b], best = {a, b};
        }
        return best;
    }
    /// b joins a; distances become the means over all pairs of members.
    void join(std::size_t a, std::size_t b, std::size_t new_name) {
        const std::size_t size = name.size();
        const auto weight_a = static_cast<double>(members[a]), weight_b = static_cast<double>(members[b]);
        for (std::size_t c = 0; c < size; ++c) {
            if (!stands[c] || c == a || c == b) continue;
            const double mean = (weight_a * distance[a * size + c] + weight_b * distance[b * size + c]) / (weight_a + weight_b);
            distance[a * size + c] = distance[c * size + a] = mean;
        }
        members[a] += members[b];
        name[a] = new_name;
        stands[b] = 0;
    }
};

}  // namespace

Result<std::vector<double>> correlation_distance(std::span<const double> correlation, std::size_t size) {
    CHECK(correlation.size() == size * size);
    std::vector<double> out(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) {
            if (i == j) continue;
            const double rho = correlation[i * size + j];
            if (!(std::abs(rho) <= 1 + 1e-9))
                return fail(ErrorCode::bad_input, fmt::format("the correlation of series {} and {} is {}; a tree needs every pair within -1..1",
                                                              i, j, rho));
            out[i * size + j] = std::sqrt(std::max(0.0, 2 * (1 - rho)));
        }
    return out;
}

std::vector<Merge> average_linkage(std::span<const double> distance, std::size_t size) {
    CHECK(distance.size() == size * size);
    Groups groups(distance, size);
    std::vector<Merge> out;
    for (std::size_t k = 0; k + 1 < size; ++k) {
        const auto [a, b] = groups.nearest();
        const auto [first, second] = std::minmax(groups.name[a], groups.name[b]);
        out.push_back({first, second, groups.distance[a * size + b], groups.members[a] + groups.members[b]});
        groups.join(a, b, size + k);
    }
    return out;
}

std::vector<std::size_t> leaf_order(std::span<const Merge> merges) {
    const std::size_t size = merges.size() + 1;
    std::vector<std::size_t> out, open{size + merges.size() - 1};
    if (merges.empty()) return {0};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (at < size) {
            out.push_back(at);
            continue;
        }
        open.push_back(merges[at - size].second);
        open.push_back(merges[at - size].first);
    }
    return out;
}

std::vector<std::size_t> clusters_at(std::span<const Merge> merges, double distance_max) {
    const std::size_t size = merges.size() + 1;
    std::vector<std::size_t> group(size + merges.size());
    std::iota(group.begin(), group.end(), std::size_t{0});
    // Average linkage never merges nearer than before, so every merge below the limit stands on others below it.
    for (std::size_t k = merges.size(); k-- > 0;) {
        if (merges[k].distance > distance_max) continue;
        group[merges[k].first] = group[merges[k].second] = group[size + k];
    }
    std::vector<std::size_t> number(group.size(), none), out(size);
    std::size_t next = 0;
    for (const std::size_t leaf : leaf_order(merges)) {
        if (number[group[leaf]] == none) number[group[leaf]] = next++;
        out[leaf] = number[group[leaf]];
    }
    return out;
}

std::vector<TreeEdge> spanning_tree(std::span<const double> distance, std::size_t size) {
    CHECK(distance.size() == size * size);
    std::vector<TreeEdge> out;
    if (size == 0) return out;
    std::vector<double> nearest(size, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> to(size, 0);
    std::vector<char> inside(size, 0);
    std::size_t last = 0;
    inside[0] = 1;
    for (std::size_t step = 1; step < size; ++step) {
        std::size_t best = none;
        for (std::size_t j = 0; j < size; ++j) {
            if (inside[j]) continue;
            if (distance[last * size + j] < nearest[j]) nearest[j] = distance[last * size + j], to[j] = last;
            if (best == none || nearest[j] < nearest[best]) best = j;
        }
        inside[best] = 1;
        last = best;
        const double d = nearest[best];
        out.push_back({std::min(best, to[best]), std::max(best, to[best]), d, 1 - d * d / 2});
    }
    std::ranges::sort(out, {}, [](const TreeEdge& e) { return std::tuple(e.distance, e.first, e.second); });
    return out;
}

}  // namespace aitrading::insight

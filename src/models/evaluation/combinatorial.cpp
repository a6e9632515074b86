#include <algorithm>

#include <fmt/format.h>

#include "models/evaluation/splits.hpp"

namespace aitrading::models {
namespace {

struct Block {
    std::int64_t first_row, last_end;
};

/// The next choice in lexicographic order; false after the last one.
bool next_choice(std::vector<int>& chosen, int folds) {
    const int count = static_cast<int>(chosen.size());
    int i = count - 1;
    while (i >= 0 && chosen[static_cast<std::size_t>(i)] == folds - count + i) --i;
    if (i < 0) return false;
    ++chosen[static_cast<std::size_t>(i)];
    for (int k = i + 1; k < count; ++k)
        chosen[static_cast<std::size_t>(k)] = chosen[static_cast<std::size_t>(k - 1)] + 1;
    return true;
}

double choices(int n, int k) {
    double out = 1;
    for (int i = 1; i <= k; ++i) out = out * (n - k + i) / i;
    return out;
}

/// The rows that the test groups occupy; neighbouring groups join to one block.
std::vector<Block> test_blocks(const LabelSet& labels, const CombinatorialSplits& c,
                               const std::vector<int>& groups) {
    std::vector<Block> blocks;
    int previous = -2;
    for (int g : groups) {
        const auto [from, to] = c.bounds[static_cast<std::size_t>(g)];
        const std::int64_t last = *std::max_element(labels.end.begin() + from,
                                                    labels.end.begin() + static_cast<std::ptrdiff_t>(to));
        if (g != previous + 1) {
            blocks.push_back({labels.row[from], last});
        } else {
            blocks.back().last_end = std::max(blocks.back().last_end, last);
        }
        previous = g;
    }
    return blocks;
}

Split split_of(const LabelSet& labels, const CombinatorialSplits& c, const std::vector<int>& groups,
               int embargo) {
    Split split;
    const auto blocks = test_blocks(labels, c, groups);
    for (std::size_t g = 0; g < c.bounds.size(); ++g) {
        const bool tested = std::find(groups.begin(), groups.end(), static_cast<int>(g)) != groups.end();
        for (std::uint32_t i = c.bounds[g].first; i < c.bounds[g].second; ++i) {
            if (tested) {
                split.test.push_back(i);
                continue;
            }
            const bool clear = std::all_of(blocks.begin(), blocks.end(), [&](const Block& b) {
                return labels.end[i] < b.first_row || labels.row[i] > b.last_end + embargo;
            });
            if (clear) split.train.push_back(i);
        }
    }
    return split;
}

}  // namespace

Result<CombinatorialSplits> combinatorial(const LabelSet& labels, int folds, int test_folds,
                                          int embargo_bars) {
    if (test_folds < 1 || folds <= test_folds || embargo_bars < 0 || choices(folds, test_folds) > 100'000)
        return fail(ErrorCode::usage,
                    fmt::format("{} of {} folds with an embargo of {} bars is no combinatorial "
                                "split: choose 1 <= test folds < folds, at most 100,000 splits",
                                test_folds, folds, embargo_bars));
    if (labels.size() < static_cast<std::size_t>(folds))
        return fail(ErrorCode::bad_input,
                    fmt::format("{} labels are too few for {} folds", labels.size(), folds));
    CombinatorialSplits out;
    for (std::size_t g = 0; g < static_cast<std::size_t>(folds); ++g)
        out.bounds.emplace_back(labels.size() * g / static_cast<std::size_t>(folds),
                                labels.size() * (g + 1) / static_cast<std::size_t>(folds));
    std::vector<int> chosen, seen(static_cast<std::size_t>(folds), 0);
    for (int i = 0; i < test_folds; ++i) chosen.push_back(i);
    do {
        Split split = split_of(labels, out, chosen, embargo_bars);
        split.fold = static_cast<int>(out.splits.size());
        out.splits.push_back(std::move(split));
        out.groups.push_back(chosen);
        std::vector<int> path;
        path.reserve(chosen.size());
        for (int g : chosen) path.push_back(seen[static_cast<std::size_t>(g)]++);
        out.path.push_back(std::move(path));
    } while (next_choice(chosen, folds));
    out.paths = seen[0];
    return out;
}

}  // namespace aitrading::models

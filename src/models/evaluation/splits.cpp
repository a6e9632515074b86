#include "models/evaluation/splits.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

/// Labels of [0, limit) whose last bar lies more than `embargo` bars before `row`.
std::vector<std::uint32_t> known_before(const LabelSet& labels, std::size_t limit, std::uint32_t row,
                                        int embargo) {
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < limit; ++i)
        if (static_cast<std::int64_t>(labels.end[i]) + embargo < row)
            out.push_back(static_cast<std::uint32_t>(i));
    return out;
}

std::size_t count_known(const LabelSet& labels, std::size_t limit, std::uint32_t row, int embargo) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < limit; ++i)
        count += static_cast<std::int64_t>(labels.end[i]) + embargo < row ? 1 : 0;
    return count;
}

/// First label that may open the test span: enough labels are known before it. labels.size() where there is
/// none. The count only grows with the position, so it is found by halving.
std::size_t earliest_start(const LabelSet& labels, std::size_t at_least, const WalkForwardOptions& o) {
    std::size_t low = std::max<std::size_t>(at_least, 1), high = labels.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (count_known(labels, middle, labels.row[middle], o.embargo_bars) >= o.min_train) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

std::vector<std::size_t> equal_bounds(std::size_t from, std::size_t to, int blocks) {
    std::vector<std::size_t> bounds;
    for (int k = 0; k <= blocks; ++k)
        bounds.push_back(from + (to - from) * static_cast<std::size_t>(k) / static_cast<std::size_t>(blocks));
    return bounds;
}

/// Blocks of `refit_rows` bars from the first tested row on.
std::vector<std::size_t> refit_bounds(const LabelSet& labels, std::size_t from, std::size_t refit_rows) {
    std::vector<std::size_t> bounds{from};
    std::size_t next_row = labels.row[from] + refit_rows;
    for (std::size_t i = from; i < labels.size(); ++i) {
        if (labels.row[i] < next_row) continue;
        bounds.push_back(i);
        next_row += ((labels.row[i] - next_row) / refit_rows + 1) * refit_rows;
    }
    bounds.push_back(labels.size());
    return bounds;
}

/// Label indices at which the test blocks begin, and the end of the last.
Result<std::vector<std::size_t>> block_bounds(const LabelSet& labels, std::span<const UnixNanos> time,
                                              const WalkForwardOptions& o) {
    const std::size_t n = labels.size();
    const auto folds = static_cast<std::size_t>(o.folds);
    if (o.test_from) {
        const auto first = std::partition_point(labels.row.begin(), labels.row.end(),
                                                [&](std::uint32_t row) { return time[row] < *o.test_from; });
        const auto from = static_cast<std::size_t>(first - labels.row.begin());
        if (from == n)
            return fail(ErrorCode::bad_input,
                        fmt::format("no label at or after {}: the last is at {}", to_iso8601(*o.test_from),
                                    to_iso8601(time[labels.row.back()])));
        if (o.refit_rows > 0) return refit_bounds(labels, from, o.refit_rows);
        return equal_bounds(from, n, static_cast<int>(std::min(folds, n - from)));
    }
    const std::size_t tested = o.test_rows > 0 ? folds * o.test_rows : n / (folds + 1) * folds;
    if (tested >= n || tested < folds)
        return fail(ErrorCode::bad_input,
                    fmt::format("{} labels are too few for {} folds of {} and a training set", n, folds,
                                std::max<std::size_t>(o.test_rows, 1)));
    std::size_t from = n - tested;
    if (o.test_rows == 0) from = std::min(earliest_start(labels, from, o), n - folds);
    return equal_bounds(from, n, o.folds);
}

}  // namespace

Result<std::vector<Split>> walk_forward(const LabelSet& labels, std::span<const UnixNanos> time,
                                        const WalkForwardOptions& o) {
    if (o.folds < 1 || o.embargo_bars < 0)
        return fail(ErrorCode::usage,
                    fmt::format("walk-forward needs at least one fold and an embargo of 0 or more "
                                "bars, not {} and {}",
                                o.folds, o.embargo_bars));
    if (labels.size() == 0) return fail(ErrorCode::bad_input, "there is no labelled bar to split");
    CHECK(labels.row.back() < time.size());
    TRY(const std::vector<std::size_t> bounds, block_bounds(labels, time, o));
    std::vector<Split> splits;
    for (std::size_t k = 0; k + 1 < bounds.size(); ++k) {
        Split split;
        split.fold = static_cast<int>(k);
        split.train = known_before(labels, bounds[k], labels.row[bounds[k]], o.embargo_bars);
        if (split.train.size() < std::max<std::size_t>(o.min_train, 1))
            return fail(
                ErrorCode::bad_input,
                fmt::format("fold {} would train on {} labels before {}; at least {} are needed: test later, "
                            "take fewer folds or a smaller embargo than {} bars",
                            k, split.train.size(), to_iso8601(time[labels.row[bounds[k]]]), o.min_train,
                            o.embargo_bars));
        if (!o.expanding && !splits.empty() && split.train.size() > splits[0].train.size())
            split.train.erase(split.train.begin(),
                              split.train.end() - static_cast<std::ptrdiff_t>(splits[0].train.size()));
        for (std::size_t i = bounds[k]; i < bounds[k + 1]; ++i)
            split.test.push_back(static_cast<std::uint32_t>(i));
        splits.push_back(std::move(split));
    }
    return splits;
}

Split purged_tail(const LabelSet& labels, std::span<const std::uint32_t> train, double share,
                  int embargo_bars) {
    CHECK(share > 0 && share < 1);
    Split split;
    const auto held = static_cast<std::size_t>(std::lround(share * static_cast<double>(train.size())));
    const std::size_t cut = train.size() - held;
    split.test.assign(train.begin() + static_cast<std::ptrdiff_t>(cut), train.end());
    if (split.test.empty()) {
        split.train.assign(train.begin(), train.end());
        return split;
    }
    const std::uint32_t first = labels.row[split.test.front()];
    for (std::size_t i = 0; i < cut; ++i)
        if (static_cast<std::int64_t>(labels.end[train[i]]) + embargo_bars < first)
            split.train.push_back(train[i]);
    return split;
}

int default_embargo_bars(std::size_t bars, int longest_feature_window) {
    return std::max(longest_feature_window, static_cast<int>((bars + 99) / 100));
}

}  // namespace aitrading::models

#include "models/ensemble/venn_abers.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

struct Point {
    double x = 0, y = 0;
};
double slope(Point a, Point b) {
    return (b.y - a.y) / (b.x - a.x);
}
/// True where a, b, c do not turn left: b is no corner of the greatest convex minorant. Exact: counts below
/// 2^26.
bool no_left_turn(Point a, Point b, Point c) {
    return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) <= 0;
}

/// For each distinct score i the isotonic value there after adding one observation of label 1 at it.
/// The cumulative sum diagram starts with the added step (1,1); the loop carries that step one place to the
/// right and keeps the corners of the greatest convex minorant that lie ahead.
std::vector<double> values_with_added_one(const std::vector<double>& count, const std::vector<double>& sum) {
    const std::size_t n = count.size();
    std::vector<Point> p(n + 2);  // p[i + 1] is P_i, p[0] is P_{-1}
    p[0] = {-1, -1};
    for (std::size_t i = 0; i < n; ++i) p[i + 2] = {p[i + 1].x + count[i], p[i + 1].y + sum[i]};
    std::vector<Point> corners{p[0], p[1]};
    for (std::size_t i = 1; i <= n; ++i) {
        while (corners.size() > 1 && no_left_turn(corners[corners.size() - 2], corners.back(), p[i + 1]))
            corners.pop_back();
        corners.push_back(p[i + 1]);
    }
    std::ranges::reverse(corners);
    std::vector<double> out(n);
    for (std::size_t i = 1; i <= n; ++i) {
        const Point top = corners.back(), next = corners[corners.size() - 2];
        out[i - 1] = slope(top, next);
        p[i] = {p[i - 1].x + p[i + 1].x - p[i].x, p[i - 1].y + p[i + 1].y - p[i].y};
        // At or above the line from top to next: the minorant stays as it is.
        const bool below = (next.x - top.x) * (p[i].y - top.y) - (next.y - top.y) * (p[i].x - top.x) < 0;
        if (!below) continue;
        corners.pop_back();
        while (corners.size() > 1 && no_left_turn(p[i], corners.back(), corners[corners.size() - 2]))
            corners.pop_back();
        corners.push_back(p[i]);
    }
    return out;
}

}  // namespace

VennAbers::VennAbers(ScoredLabels data) {
    CHECK(data.y.size() == data.size());
    std::vector<std::size_t> order(data.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return data.score[i]; });
    std::vector<double> count, sum;
    for (const std::size_t i : order) {
        if (score_.empty() || data.score[i] != score_.back()) {
            score_.push_back(data.score[i]);
            count.push_back(0);
            sum.push_back(0);
        }
        count.back() += 1;
        sum.back() += data.y[i] > 0.5F ? 1 : 0;
    }
    high_ = values_with_added_one(count, sum);
    // With an added 0 the mirror image has an added 1: scores descending, labels swapped.
    std::vector<double> mirrored_count(count.rbegin(), count.rend()), mirrored_sum(count.size());
    for (std::size_t i = 0; i < count.size(); ++i)
        mirrored_sum[i] = mirrored_count[i] - sum[count.size() - 1 - i];
    low_ = values_with_added_one(mirrored_count, mirrored_sum);
    std::ranges::reverse(low_);
    for (double& v : low_) v = 1 - v;
}

VennAbersInterval VennAbers::query(double score) const {
    VennAbersInterval out;
    // An added 1 pools with the next score at or above it, an added 0 with the next at or below.
    const auto above = std::ranges::lower_bound(score_, score);
    if (above != score_.end()) out.high = high_[static_cast<std::size_t>(above - score_.begin())];
    const auto after = std::ranges::upper_bound(score_, score);
    if (after != score_.begin()) out.low = low_[static_cast<std::size_t>(after - score_.begin()) - 1];
    out.merged = out.high / (1 - out.low + out.high);
    return out;
}

void VennAbers::write(ByteWriter& out) const {
    out.put_all(score_);
    out.put_all(low_);
    out.put_all(high_);
}

VennAbers VennAbers::read(ByteReader& in) {
    VennAbers v;
    v.score_ = in.get_all<double>();
    v.low_ = in.get_all<double>();
    v.high_ = in.get_all<double>();
    return v;
}

}  // namespace aitrading::models

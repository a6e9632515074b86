#include "insight/correlation/frame_correlations.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "insight/correlation/aligned_returns.hpp"
#include "insight/correlation/break_path.hpp"

namespace aitrading::insight {
namespace {

constexpr std::int64_t quarter = 15 * nanos_per_minute;

/// Three M15 series, five days a week, the last with gaps and a session of its own.
std::vector<CrossSeries> week_days(std::size_t days, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<CrossSeries> out{{"A", "", {}, {}}, {"B", "", {}, {}}, {"C", "", {}, {}}};
    std::vector<double> level(3, 100);
    for (std::int64_t k = 1; k <= static_cast<std::int64_t>(96 * days); ++k) {
        const std::int64_t day = (k - 1) / 96, of_day = (k - 1) % 96;
        if (day % 7 > 4) continue;
        const double shared = random.next_normal();
        for (std::size_t i = 0; i < 3; ++i) {
            level[i] *= std::exp(1e-3 * (shared + random.next_normal()));
            if (i == 2 && (of_day < 30 || of_day > 80 || random.next_uniform() < 0.1)) continue;
            out[i].known.push_back({k * quarter});
            out[i].level.push_back(level[i]);
        }
    }
    return out;
}

FrameOptions small() {
    return {.frames = {{Timeframe::m15, {.window = 50, .rows_min = 20}}, {Timeframe::h1, {.window = 40, .rows_min = 12}},
                       {Timeframe::h4, {.window = 30, .rows_min = 10}}, {Timeframe::d1, {.window = 12, .rows_min = 10}}}};
}

/// Correlation of the last `window` bars of `length` by definition: closes at the ends of bars, log returns.
double by_closes(const CrossSeries& a, const CrossSeries& b, std::int64_t length, std::size_t window, std::int64_t now) {
    const auto bars = [&](const CrossSeries& s) {
        CrossSeries out{s.name, "", {}, {}};
        for (std::size_t i = 0; i < s.size() && s.known[i].value <= now; ++i) {
            const std::int64_t end = (s.known[i].value + length - 1) / length * length;
            if (end > now) break;
            if (!out.known.empty() && out.known.back().value == end) out.known.pop_back(), out.level.pop_back();
            out.known.push_back({end});
            out.level.push_back(s.level[i]);
        }
        return out;
    };
    const AlignedReturns r = *aligned_returns(std::vector{bars(a), bars(b)});
    RollingCorrelation rolling = *RollingCorrelation::of(2, {.window = window});
    for (std::size_t t = 0; t < r.rows(); ++t) rolling.update(r.row(t));
    return rolling.pairs()[0];
}

TEST(frame_correlations, are_those_of_the_closed_bars_of_each_frame) {
    const std::vector<CrossSeries> series = week_days(40, 1);
    const AlignedReturns rows = *aligned_returns(series);
    FrameCorrelations frames = *FrameCorrelations::of(3, small());
    const std::size_t windows[] = {50, 40, 30, 12};
    std::size_t compared = 0;
    for (std::size_t t = 0; t < rows.rows(); ++t) {
        frames.update(rows.known[t], rows.row(t));
        if (t % 211 != 0) continue;
        for (std::size_t f = 0; f < 4; ++f) {
            if (frames.why(f, 0, 1) != Missing::none) continue;
            const std::int64_t length = duration_nanos(frames.frame(f));
            EXPECT_LE(frames.closed(f).value, rows.known[t].value);
            EXPECT_GT(frames.closed(f).value, rows.known[t].value - length - 2 * nanos_per_day);
            const double want = by_closes(series[0], series[1], length, windows[f], rows.known[t].value);
            if (std::isnan(want)) continue;  // the definition above asks for a full window
            EXPECT_NEAR(frames.pairs(f)[0], want, 1e-12) << t << ' ' << f;
            ++compared;
        }
    }
    EXPECT_GT(compared, 30U);
}

TEST(frame_correlations, disagree_only_when_each_frame_is_known) {
    const AlignedReturns rows = *aligned_returns(week_days(40, 2));
    FrameCorrelations frames = *FrameCorrelations::of(3, small());
    bool known = false;
    for (std::size_t t = 0; t < rows.rows(); ++t) {
        frames.update(rows.known[t], rows.row(t));
        const auto d = frames.disagreement(1, 0);
        bool each = true;
        double least = 2, greatest = -2;
        for (std::size_t f = 0; f < 4; ++f) {
            each = each && frames.why(f, 0, 1) == Missing::none;
            least = std::min(least, frames.pairs(f)[0]);
            greatest = std::max(greatest, frames.pairs(f)[0]);
        }
        EXPECT_EQ(std::isnan(d.spread), !each);
        EXPECT_EQ(std::isnan(d.fast_minus_slow), !each);
        if (each) {
            EXPECT_EQ(d.spread, greatest - least);
        }
        known = known || each;
    }
    EXPECT_TRUE(known);
}

TEST(frame_correlations, do_not_change_when_the_future_is_cut) {
    const std::vector<CrossSeries> series = week_days(30, 3);
    const AlignedReturns rows = *aligned_returns(series);
    SplitMix64 random(5);
    for (int k = 0; k < 15; ++k) {
        const std::int64_t at = rows.known[300 + random.next_below(rows.rows() - 301)].value;
        std::vector<CrossSeries> cut = series;
        for (CrossSeries& s : cut)
            while (s.known.back().value > at) s.known.pop_back(), s.level.pop_back();
        const AlignedReturns prefix = *aligned_returns(cut);
        FrameCorrelations full = *FrameCorrelations::of(3, small()), part = *FrameCorrelations::of(3, small());
        for (std::size_t t = 0; t < rows.rows() && rows.known[t].value <= at; ++t) full.update(rows.known[t], rows.row(t));
        for (std::size_t t = 0; t < prefix.rows(); ++t) part.update(prefix.known[t], prefix.row(t));
        for (std::size_t f = 0; f < 4; ++f) {
            EXPECT_EQ(full.closed(f), part.closed(f));
            for (std::size_t p = 0; p < 3; ++p)
                EXPECT_TRUE(full.pairs(f)[p] == part.pairs(f)[p] || (std::isnan(full.pairs(f)[p]) && std::isnan(part.pairs(f)[p])));
        }
    }
}

TEST(frame_correlations, refuse_frames_that_the_base_does_not_make) {
    FrameOptions options = small();
    options.base = Timeframe::h1;
    EXPECT_NE(FrameCorrelations::of(2, options).error().text.find("M15 bars cannot be built from H1"), std::string::npos);
    options.frames = {{Timeframe::w1, {}}};
    EXPECT_EQ(FrameCorrelations::of(2, options).error().code, ErrorCode::usage);
    options.frames = {{Timeframe::h4, {}}, {Timeframe::h4, {}}};
    EXPECT_NE(FrameCorrelations::of(2, options).error().text.find("twice"), std::string::npos);
    options.frames.clear();
    EXPECT_EQ(FrameCorrelations::of(2, options).error().code, ErrorCode::usage);
}

TEST(break_path, tells_a_break_soon_and_never_from_the_future) {
    SplitMix64 random(7);
    std::vector<double> x, y;
    for (int t = 0; t < 900; ++t) {
        const double rho = t < 500 ? 0.8 : 0.0, a = random.next_normal();
        x.push_back(t == 50 ? NAN : a);
        y.push_back(rho * a + std::sqrt(1 - rho * rho) * random.next_normal());
    }
    const BreakWindows windows{.before = 120, .after = 60, .cusum = 180, .every = 3};
    const std::vector<BreakRow> full = *break_path(x, y, windows);
    ASSERT_EQ(full.front().row, 179U);
    for (const BreakRow& row : full)
        if (row.row >= 540 && row.row < 560) {
            EXPECT_LT(row.p_robust, 1e-4) << row.row;
            EXPECT_LT(row.p_cusum, 1e-2) << row.row;
            EXPECT_NEAR(static_cast<double>(row.cusum_row), 500, 15);
        }
    for (const std::size_t cut : {200U, 333U, 650U}) {
        const std::vector<BreakRow> part = *break_path(std::span(x).first(cut), std::span(y).first(cut), windows);
        ASSERT_FALSE(part.empty());
        for (std::size_t k = 0; k < part.size(); ++k) {
            EXPECT_EQ(part[k].row, full[k].row);
            EXPECT_EQ(part[k].p_robust, full[k].p_robust);
            EXPECT_EQ(part[k].p_adjusted, full[k].p_adjusted);
            EXPECT_EQ(part[k].p_cusum, full[k].p_cusum);
        }
    }
    std::fill(y.begin() + 600, y.end(), 0.25);  // the symbol's price stands still
    EXPECT_TRUE(std::isnan(break_path(x, y, windows)->back().p_fisher));
    EXPECT_EQ(break_path(x, y, {.after = 5}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::insight

#include "models/evaluation/labels.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "models/evaluation/tests/random_bars.hpp"
#include "models/evaluation/trailing_median.hpp"
#include "models/evaluation/volatility.hpp"

namespace aitrading::models {
namespace {

TEST(Labels, next_bar_leaves_out_bars_without_a_move_and_counts_them) {
    const BarColumns bars = random_bars(3000, 1);
    const auto labels = make_labels("next_bar", bars);
    ASSERT_TRUE(labels);
    std::int64_t still = 0;
    for (std::size_t i = 0; i + 1 < bars.size(); ++i) still += bars.close[i] == bars.close[i + 1] ? 1 : 0;
    EXPECT_GT(still, 20);
    EXPECT_EQ(labels->left_out, still);
    EXPECT_EQ(labels->size() + static_cast<std::size_t>(still), bars.size() - 1);
    for (std::size_t k = 0; k < labels->size(); ++k) {
        const std::size_t i = labels->row[k];
        ASSERT_EQ(labels->end[k], i + 1);
        ASSERT_EQ(labels->y[k], bars.close[i + 1] > bars.close[i] ? 1.0F : 0.0F);
        ASSERT_NEAR(labels->target[k], 1e4 * (bars.close[i + 1].to_double() / bars.close[i].to_double() - 1),
                    1e-9);
        ASSERT_NEAR(labels->weight[k], 1.0, 1e-9);  // spans do not overlap: all alike
    }
    EXPECT_TRUE(labels->directional);
    EXPECT_FALSE(labels->volatility);
}

/// Straight from the definition, with a sort for every median.
TEST(Labels, volatility_agrees_with_the_definition_computed_the_slow_way) {
    const BarColumns bars = random_bars(9500, 2);  // longer than a year of hours
    const int n = 24;
    const auto labels = make_labels("volatility(24)", bars);
    ASSERT_TRUE(labels) << labels.error().text;
    std::vector<double> r(bars.size(), 0.0), rv(bars.size(), NAN);
    for (std::size_t i = 1; i < bars.size(); ++i)
        r[i] = std::log(bars.close[i].to_double() / bars.close[i - 1].to_double());
    for (std::size_t i = n; i < bars.size(); ++i) {
        double sum = 0;
        for (std::size_t k = i + 1 - n; k <= i; ++k) sum += r[k] * r[k];
        rv[i] = std::sqrt(sum / n);
    }
    std::size_t checked = 0, dropped_old = 0;
    for (std::size_t k = 0; k < labels->size(); k += 131) {
        const std::size_t t = labels->row[k];
        std::vector<double> window;
        for (std::size_t s = n; s <= t; ++s) {
            if (bars.time[s].value > bars.time[t].value - 365 * nanos_per_day)
                window.push_back(rv[s]);
            else
                ++dropped_old;
        }
        std::sort(window.begin(), window.end());
        const std::size_t m = window.size();
        const double median = m % 2 == 1 ? window[m / 2] : 0.5 * (window[m / 2 - 1] + window[m / 2]);
        if (std::abs(rv[t + n] - median) < 1e-12) continue;
        EXPECT_EQ(labels->y[k], rv[t + n] > median ? 1.0F : 0.0F) << t;
        EXPECT_NEAR(labels->target[k], std::log(rv[t + n]), 1e-9);
        EXPECT_EQ(labels->end[k], t + n);
        ++checked;
    }
    EXPECT_GT(checked, 50U);
    EXPECT_GT(dropped_old, 0U);
    EXPECT_EQ(labels->row.front(), 24U + 120U - 1U);  // 5 n = 120 values of RV
    EXPECT_EQ(labels->row.back(), bars.size() - 1 - 24);
    EXPECT_TRUE(labels->volatility);
}

TEST(Labels, large_move_is_the_volatility_of_one_bar) {
    const BarColumns bars = random_bars(2000, 3);
    const auto large = make_labels("large_move", bars), one = make_labels("volatility(1)", bars);
    ASSERT_TRUE(large && one);
    EXPECT_EQ(large->row, one->row);
    EXPECT_EQ(large->y, one->y);
    for (double target : large->target) EXPECT_TRUE(std::isfinite(target));
}

struct SlowExit {
    std::size_t bar;
    int side;
};
SlowExit slow_exit(const BarColumns& bars, std::size_t t, double high, double low, std::size_t within) {
    for (std::size_t i = t + 1; i <= t + within; ++i) {
        const double o = bars.open[i].to_double(), h = bars.high[i].to_double(), l = bars.low[i].to_double();
        if (o >= high) return {i, 1};
        if (o <= low) return {i, -1};
        if (h >= high && l <= low) return {i, high - o < o - low ? 1 : (high - o > o - low ? -1 : 0)};
        if (h >= high) return {i, 1};
        if (l <= low) return {i, -1};
    }
    const auto last = bars.close[t + within];
    return {t + within, last > bars.close[t] ? 1 : (last < bars.close[t] ? -1 : 0)};
}

TEST(Labels, triple_barrier_agrees_with_a_walk_bar_by_bar) {
    const BarColumns bars = random_bars(1500, 4);
    const auto atr = wilder_atr(bars, 14);
    for (const auto& [spec, up, down, within] : {std::tuple{"triple_barrier(2,2,24)", 2.0, 2.0, 24},
                                                 std::tuple{"triple_barrier(0.5, 1, 10)", 0.5, 1.0, 10},
                                                 std::tuple{"triple_barrier(6,6,3)", 6.0, 6.0, 3}}) {
        const auto labels = make_labels(spec, bars);
        ASSERT_TRUE(labels) << labels.error().text;
        std::size_t k = 0;
        std::int64_t left_out = 0;
        for (std::size_t t = 14; t + static_cast<std::size_t>(within) < bars.size(); ++t) {
            const double c = bars.close[t].to_double();
            const SlowExit exit =
                slow_exit(bars, t, c + up * atr[t], c - down * atr[t], static_cast<std::size_t>(within));
            if (exit.side == 0) {
                ++left_out;
                continue;
            }
            ASSERT_LT(k, labels->size());
            ASSERT_EQ(labels->row[k], t);
            ASSERT_EQ(labels->end[k], exit.bar);
            ASSERT_EQ(labels->y[k], exit.side > 0 ? 1.0F : 0.0F);
            ++k;
        }
        EXPECT_EQ(k, labels->size());
        EXPECT_EQ(labels->left_out, left_out);
    }
}

/// A label may look forward to its `end` and no further; whatever it compares with must be known at its row.
TEST(Labels, do_not_change_when_bars_after_their_end_are_cut) {
    const BarColumns bars = random_bars(2500, 5);
    for (const char* spec : {"next_bar", "large_move", "volatility(12)", "triple_barrier(1,2,8)"}) {
        const auto whole = make_labels(spec, bars);
        ASSERT_TRUE(whole);
        for (std::size_t cut : {900U, 1501U, 2222U}) {
            const auto part = make_labels(spec, bars.slice(0, cut));
            ASSERT_TRUE(part);
            ASSERT_LT(part->size(), whole->size());
            for (std::size_t k = 0; k < part->size(); ++k) {
                ASSERT_EQ(part->row[k], whole->row[k]) << spec;
                ASSERT_LT(part->end[k], cut);
                ASSERT_EQ(part->end[k], whole->end[k]);
                ASSERT_EQ(part->y[k], whole->y[k]);
                ASSERT_EQ(part->target[k], whole->target[k]);
            }
        }
    }
}

TEST(Labels, weights_follow_overlap_and_average_one) {
    const auto labels = make_labels("triple_barrier(1,1,30)", random_bars(2000, 6));
    ASSERT_TRUE(labels);
    double total = 0, shortest = 0, longest = 0;
    for (std::size_t k = 0; k < labels->size(); ++k) {
        total += labels->weight[k];
        const auto span = labels->end[k] - labels->row[k];
        if (span == 1) shortest = std::max(shortest, labels->weight[k]);
        if (span > 12) longest = std::max(longest, labels->weight[k]);
        EXPECT_GT(labels->weight[k], 0);
    }
    EXPECT_NEAR(total / static_cast<double>(labels->size()), 1.0, 1e-12);
    EXPECT_GT(shortest, longest);
}

TEST(Labels, refuses_unknown_specs_and_unusable_bars) {
    const BarColumns bars = random_bars(300, 7);
    for (const char* spec : {"", "next", "volatility", "volatility()", "volatility(0)", "volatility(1.5)",
                             "volatility(x)", "triple_barrier(1,1)", "triple_barrier(0,1,5)",
                             "triple_barrier(1,1,5", "volatility(1,2)", "next_bar(1)", "volatility(nan)"})
        EXPECT_EQ(make_labels(spec, bars).error().code, ErrorCode::usage) << spec;
    BarColumns negative = bars;
    negative.close[17] = Price{-1};
    const auto refused = make_labels("next_bar", negative);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    EXPECT_NE(refused.error().text.find("row 17"), std::string::npos);
    EXPECT_EQ(make_labels("volatility(120)", bars).error().code, ErrorCode::bad_input);
    EXPECT_EQ(make_labels("next_bar", BarColumns{}).error().code, ErrorCode::bad_input);
    BarColumns flat = bars;
    for (auto* column : {&flat.open, &flat.high, &flat.low, &flat.close})
        std::fill(column->begin(), column->end(), Price::from_double(1.1));
    for (const char* spec : {"next_bar", "triple_barrier(1,1,5)"})
        EXPECT_EQ(make_labels(spec, flat).error().code, ErrorCode::bad_input) << spec;
    const auto still = make_labels("volatility(5)", flat);  // a dead feed has a low, finite volatility
    ASSERT_TRUE(still);
    for (double target : still->target) EXPECT_TRUE(std::isfinite(target));
}

TEST(TrailingMedian, is_the_median_of_the_members) {
    SplitMix64 random(9);
    std::vector<double> values;
    values.reserve(400);
    for (int i = 0; i < 400; ++i) values.push_back(std::round(20 * random.next_normal()));
    RankedMedian ranked(values);
    std::vector<double> members;
    std::vector<bool> in(values.size(), false);
    for (int step = 0; step < 4000; ++step) {
        const std::size_t i = random.next_below(values.size());
        in[i] ? ranked.remove(i) : ranked.add(i);
        in[i] = !in[i];
        members.clear();
        for (std::size_t k = 0; k < values.size(); ++k)
            if (in[k]) members.push_back(values[k]);
        ASSERT_EQ(ranked.size(), members.size());
        if (members.empty()) continue;
        std::sort(members.begin(), members.end());
        const std::size_t m = members.size();
        ASSERT_EQ(ranked.median(), m % 2 == 1 ? members[m / 2] : 0.5 * (members[m / 2 - 1] + members[m / 2]));
    }
}

}  // namespace
}  // namespace aitrading::models

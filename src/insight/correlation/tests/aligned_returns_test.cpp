#include "insight/correlation/aligned_returns.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::insight {
namespace {

constexpr std::int64_t hour = nanos_per_hour;

CrossSeries series(std::string name, const std::vector<std::int64_t>& hours, std::vector<double> level) {
    CrossSeries out{std::move(name), "test", {}, std::move(level)};
    for (const std::int64_t h : hours) out.known.push_back({h * hour});
    return out;
}

double step(double from, double to) { return std::log(to) - std::log(from); }

TEST(aligned_returns, puts_a_return_over_missed_rows_at_the_row_that_ends_it) {
    const std::vector<CrossSeries> two{series("A", {1, 2, 3, 4, 5}, {10, 11, 12, 13, 14}), series("B", {1, 2, 5}, {5, 6, 9})};
    const AlignedReturns any = *aligned_returns(two);
    ASSERT_EQ(any.rows(), 4U);
    EXPECT_EQ(any.known[0].value, 2 * hour);
    EXPECT_EQ(any.row(0)[1], step(5, 6));
    EXPECT_TRUE(std::isnan(any.row(1)[1]));
    EXPECT_TRUE(std::isnan(any.row(2)[1]));
    EXPECT_EQ(any.row(3)[1], step(6, 9));
    EXPECT_EQ(any.coverage[1].across_gaps, 1U);
    EXPECT_EQ(any.coverage[1].missing, 2U);
    EXPECT_EQ(any.coverage[1].returns, 2U);

    const AlignedReturns strict = *aligned_returns(two, {.keep_returns_across_gaps = false});
    EXPECT_TRUE(std::isnan(strict.row(3)[1]));
    EXPECT_EQ(strict.coverage[1].across_gaps, 1U);

    const AlignedReturns all = *aligned_returns(two, {.rule = GridRule::all});
    ASSERT_EQ(all.rows(), 2U);
    EXPECT_EQ(all.row(1)[0], step(11, 14));
    EXPECT_EQ(all.row(1)[1], step(6, 9));
    EXPECT_EQ(all.coverage[0].not_common, 2U);
    EXPECT_NE(all.rule, any.rule);
}

TEST(aligned_returns, tells_a_symbol_that_stopped) {
    const auto out = *aligned_returns(std::vector{series("A", {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6}), series("B", {1, 2, 3}, {1, 2, 3})});
    EXPECT_EQ(out.coverage[0].missing_at_end, 0U);
    EXPECT_EQ(out.coverage[1].missing_at_end, 3U);
    EXPECT_EQ(out.coverage[1].last.value, 3 * hour);
    for (std::size_t i = 2; i < 5; ++i) EXPECT_TRUE(std::isnan(out.row(i)[1]));  // never carried on
}

TEST(aligned_returns, brings_clocks_that_differ_onto_one_step_without_the_future) {
    CrossSeries late = series("B", {1, 2, 3}, {5, 6, 7});
    for (UnixNanos& at : late.known) at.value -= 7 * nanos_per_minute;  // closes at :53, and once more at 1:58
    late.known.insert(late.known.begin() + 2, {2 * hour - 2 * nanos_per_minute});
    late.level.insert(late.level.begin() + 2, 6.5);
    const std::vector<CrossSeries> two{series("A", {1, 2, 3}, {10, 11, 12}), late};
    const AlignedReturns exact = *aligned_returns(two);
    for (std::size_t i = 0; i < exact.rows(); ++i) EXPECT_NE(std::isnan(exact.row(i)[0]), std::isnan(exact.row(i)[1]));
    EXPECT_EQ(exact.complete, 0U);  // told: these clocks never meet
    const AlignedReturns hourly = *aligned_returns(two, {.step_nanos = hour});
    ASSERT_EQ(hourly.rows(), 2U);
    EXPECT_EQ(hourly.row(0)[1], step(5, 6.5));
    EXPECT_EQ(hourly.row(1)[1], step(6.5, 7));
    EXPECT_EQ(hourly.coverage[1].superseded, 1U);
    EXPECT_EQ(hourly.complete, 2U);
    for (const UnixNanos at : hourly.known) EXPECT_EQ(at.value % hour, 0);
}

TEST(aligned_returns, leaves_bad_levels_out_and_counts_them) {
    const auto out = *aligned_returns(std::vector{series("A", {1, 2, 3, 4, 5}, {1, NAN, -2, 0, 5}), series("B", {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5})});
    EXPECT_EQ(out.coverage[0].bad, 3U);
    EXPECT_EQ(out.coverage[0].returns, 1U);
    EXPECT_EQ(out.row(3)[0], step(1, 5));
}

TEST(aligned_returns, uses_the_close_before_the_range_as_the_price_that_is_left) {
    const std::vector<CrossSeries> two{series("A", {1, 2, 3, 4}, {1, 2, 3, 4}), series("B", {1, 2, 3, 4}, {1, 3, 5, 7})};
    const auto out = *aligned_returns(two, {.range = {{3 * hour}, {4 * hour}}});
    ASSERT_EQ(out.rows(), 1U);
    EXPECT_EQ(out.row(0)[1], step(3, 5));
    EXPECT_EQ(out.coverage[0].outside, 3U);
}

TEST(aligned_returns, names_what_it_refuses) {
    const CrossSeries good = series("A", {1, 2}, {1, 2});
    EXPECT_EQ(aligned_returns(std::vector{good}).error().code, ErrorCode::usage);
    EXPECT_EQ(aligned_returns(std::vector{good, good}).error().code, ErrorCode::usage);
    const auto unsorted = aligned_returns(std::vector{good, series("B", {2, 1}, {1, 2})});
    EXPECT_EQ(unsorted.error().code, ErrorCode::bad_input);
    EXPECT_NE(unsorted.error().text.find("B: the close of row 1"), std::string::npos);
    EXPECT_NE(aligned_returns(std::vector{good, series("C", {1}, {NAN})}).error().text.find("C: no usable close"), std::string::npos);
}

/// Three series with sessions and gaps of their own; one stops.
std::vector<CrossSeries> uneven(std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<CrossSeries> out{series("A", {}, {}), series("B", {}, {}), series("C", {}, {})};
    for (std::int64_t h = 0; h < 400; ++h)
        for (std::size_t j = 0; j < 3; ++j) {
            if (random.next_uniform() < 0.2 || (j == 2 && h > 250) || (j == 1 && h % 24 > 8)) continue;
            out[j].known.push_back({h * hour + static_cast<std::int64_t>(j) * nanos_per_minute * (h % 2)});
            out[j].level.push_back(std::exp(0.01 * random.next_normal()));
        }
    return out;
}

TEST(aligned_returns, rows_do_not_change_when_the_future_is_cut) {
    SplitMix64 random(11);
    const std::vector<CrossSeries> whole = uneven(5);
    for (const AlignOptions& options : {AlignOptions{}, AlignOptions{.rule = GridRule::all, .step_nanos = hour},
                                        AlignOptions{.step_nanos = 2 * hour, .keep_returns_across_gaps = false}}) {
        const AlignedReturns full = *aligned_returns(whole, options);
        for (int cut = 0; cut < 30; ++cut) {
            const std::int64_t at = hour * static_cast<std::int64_t>(40 + random.next_below(350));
            std::vector<CrossSeries> part = whole;
            for (CrossSeries& s : part)
                while (s.known.back().value > at) s.known.pop_back(), s.level.pop_back();
            const AlignedReturns prefix = *aligned_returns(part, options);
            std::size_t rows = 0;
            for (; rows < full.rows() && full.known[rows].value <= at; ++rows) {
                ASSERT_LT(rows, prefix.rows());
                EXPECT_EQ(prefix.known[rows], full.known[rows]);
                for (std::size_t j = 0; j < 3; ++j)
                    EXPECT_TRUE(prefix.row(rows)[j] == full.row(rows)[j] || (std::isnan(prefix.row(rows)[j]) && std::isnan(full.row(rows)[j])));
            }
            EXPECT_GT(rows, 0U);
        }
    }
}

}  // namespace
}  // namespace aitrading::insight

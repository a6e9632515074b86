#include "insight/correlation/rolling_correlation.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/tests/golden.hpp"

namespace aitrading::insight {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The definition, two passes in long double over the rows that have both.
double by_definition(MatrixView x, std::size_t end, std::size_t window, std::size_t i, std::size_t j) {
    long double n = 0, mi = 0, mj = 0, ii = 0, jj = 0, ij = 0;
    const std::size_t begin = end + 1 > window ? end + 1 - window : 0;
    const auto both = [&](std::size_t t) { return std::isfinite(x.row(t)[i]) && std::isfinite(x.row(t)[j]); };
    for (std::size_t t = begin; t <= end; ++t)
        if (both(t)) n += 1, mi += x.row(t)[i], mj += x.row(t)[j];
    mi /= n, mj /= n;
    for (std::size_t t = begin; t <= end; ++t) {
        if (!both(t)) continue;
        const long double a = x.row(t)[i] - mi, b = x.row(t)[j] - mj;
        ii += a * a, jj += b * b, ij += a * b;
    }
    return static_cast<double>(ij / std::sqrt(ii * jj));
}

std::vector<double> correlated(std::uint64_t seed, std::size_t rows, std::size_t series, double missing = 0) {
    SplitMix64 random(seed);
    std::vector<double> out;
    for (std::size_t t = 0; t < rows; ++t) {
        const double shared = random.next_normal();
        for (std::size_t i = 0; i < series; ++i) {
            const double value = 1e-3 * (0.1 * static_cast<double>(i) * shared + random.next_normal());
            out.push_back(random.next_uniform() < missing ? nan : value);
        }
    }
    return out;
}

/// Runs over all rows and compares each available pair with the definition; returns how many were.
std::size_t compare(const std::vector<double>& values, std::size_t series, const RollingOptions& options, double tolerance) {
    const MatrixView x{values.data(), values.size() / series, series, series};
    RollingCorrelation rolling = *RollingCorrelation::of(series, options);
    std::size_t compared = 0;
    for (std::size_t t = 0; t < x.rows; ++t) {
        rolling.update(x.row(t));
        for (std::size_t i = 1; i < series; ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const double value = rolling.pairs()[pair_index(i, j)];
                EXPECT_EQ(std::isnan(value), rolling.why(i, j) != Missing::none);
                if (std::isnan(value)) continue;
                ++compared;
                EXPECT_NEAR(value, by_definition(x, t, options.window, i, j), tolerance) << t << ' ' << i << ' ' << j;
            }
        if (testing::Test::HasFailure()) break;
    }
    return compared;
}

TEST(rolling_correlation, is_the_definition_on_every_row) {
    EXPECT_EQ(compare(correlated(1, 700, 5), 5, {.window = 60}, 1e-13), (700 - 59) * 10U);
    EXPECT_EQ(compare(correlated(2, 300, 3), 3, {.window = 60, .rows_min = 20}, 1e-13), (300 - 19) * 3U);
}

TEST(rolling_correlation, uses_the_rows_that_have_both) {
    EXPECT_GT(compare(correlated(3, 700, 5, 0.2), 5, {.window = 60, .rows_min = 25}, 1e-12), 5000U);
}

TEST(rolling_correlation, agrees_with_pandas) {
    const auto g = testing_golden::golden("rolling");
    const std::vector<double> x = testing_golden::flat(g["x"]);
    const std::size_t series = g["x"][0].size(), rows = g["x"].size();
    const auto check = [&](const char* name, const RollingOptions& options) {
        std::vector<double> out(rows * pair_count(series));
        ASSERT_TRUE(rolling_correlations({x.data(), rows, series, series}, options, out));
        const std::vector<double> want = testing_golden::flat(g[name]);
        ASSERT_EQ(want.size(), out.size());
        for (std::size_t k = 0; k < out.size(); ++k) {
            ASSERT_EQ(std::isnan(out[k]), std::isnan(want[k])) << name << ' ' << k;
            if (std::isnan(out[k])) continue;
            EXPECT_NEAR(out[k], want[k], 1e-9) << name << " " << k;
        }
    };
    check("window_30_min_12", {.window = 30, .rows_min = 12});
    check("window_50", {.window = 50});
}

TEST(rolling_correlation, keeps_its_digits_when_levels_wander_and_outliers_come_and_go) {
    std::vector<double> x = correlated(4, 2000, 3);
    for (std::size_t t = 0; t < 2000; ++t)
        for (std::size_t i = 0; i < 3; ++i) x[3 * t + i] += 1000 + static_cast<double>(t) * 1e-3;  // a level, not a return
    EXPECT_GT(compare(x, 3, {.window = 50}, 1e-9), 5000U);
    // An outlier in each phase of the window: whichever set of sums it met, nothing of it stays once it has left.
    constexpr std::size_t window = 40, rows = 41 * 101;
    std::vector<double> y = correlated(5, rows, 3);
    constexpr double sizes[] = {1e9, -1e12, 300, -1e5};  // by the last two digits go and the rest looks healthy
    const auto outlier = [](std::size_t t) { return t >= 100 && t % 101 == 0; };
    for (std::size_t t = 0; t < rows; ++t)
        if (outlier(t)) y[3 * t + t % 3] = sizes[t % 4];
    const MatrixView view{y.data(), rows, 3, 3};
    RollingCorrelation rolling = *RollingCorrelation::of(3, {.window = window});
    std::size_t since = window;
    for (std::size_t t = 0; t < rows; ++t) {
        rolling.update(view.row(t));
        since = outlier(t) ? 0 : since + 1;
        if (t + 1 < window || since < window) continue;
        for (std::size_t i = 1; i < 3; ++i)
            for (std::size_t j = 0; j < i; ++j)
                ASSERT_NEAR(rolling.pairs()[pair_index(i, j)], by_definition(view, t, window, i, j), 1e-10) << t;
    }
}

TEST(rolling_correlation, keeps_its_digits_when_levels_jump) {
    constexpr std::size_t window = 40, rows = 41 * 97;
    std::vector<double> x = correlated(6, rows, 2);
    for (std::size_t t = 0; t < rows; ++t) x[2 * t] += 1e3 * static_cast<double>(t / 97 % 5);  // a million deviations
    const MatrixView view{x.data(), rows, 2, 2};
    RollingCorrelation rolling = *RollingCorrelation::of(2, {.window = window});
    for (std::size_t t = 0; t < rows; ++t) {
        rolling.update(view.row(t));
        if (t % 97 < window) continue;  // the jump is in the window, and all there is
        ASSERT_NEAR(rolling.pairs()[0], by_definition(view, t, window, 1, 0), 1e-9) << t;
    }
}

TEST(rolling_correlation, does_not_drift_over_a_million_rows) {
    constexpr std::size_t rows = 1'000'000;
    SplitMix64 random(6);
    RollingCorrelation rolling = *RollingCorrelation::of(2, {.window = 100});
    std::vector<double> tail;
    double scale = 1;
    for (std::size_t t = 0; t < rows; ++t) {
        scale = t % 5000 < 100 ? 1e3 : 1;  // storms whose rounding would stay for ever
        const double a = random.next_normal(), b = 0.5 * a + random.next_normal();
        const double row[2] = {scale * a, scale * b};
        rolling.update(row);
        if (t >= rows - 100) tail.insert(tail.end(), row, row + 2);
    }
    EXPECT_NEAR(rolling.pairs()[0], by_definition({tail.data(), 100, 2, 2}, 99, 100, 1, 0), 1e-12);
}

TEST(rolling_correlation, says_why_a_pair_is_not_available) {
    RollingCorrelation rolling = *RollingCorrelation::of(4, {.window = 20, .rows_min = 10});
    SplitMix64 random(7);
    const auto row = [&](bool stopped, bool quiet) {
        const double a = random.next_normal();
        const double values[4] = {a, a + random.next_normal(), stopped ? nan : random.next_normal(), quiet ? 0.1 : random.next_normal()};
        rolling.update(values);
    };
    for (int t = 0; t < 9; ++t) row(false, false);
    EXPECT_EQ(rolling.why(0, 1), Missing::too_few);
    for (int t = 0; t < 30; ++t) row(false, false);
    for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(rolling.why(i, 0), Missing::none);
    for (int t = 0; t < 11; ++t) row(true, true);
    EXPECT_EQ(rolling.why(2, 0), Missing::too_few);  // the symbol stopped: told, and not carried on
    EXPECT_TRUE(std::isnan(rolling.pairs()[pair_index(2, 0)]));
    EXPECT_EQ(rolling.rows(2, 0), 9U);
    EXPECT_EQ(rolling.why(3, 0), Missing::none);
    for (int t = 0; t < 9; ++t) row(false, true);
    EXPECT_EQ(rolling.why(3, 0), Missing::constant);
    EXPECT_EQ(rolling.why(1, 0), Missing::none);
    std::vector<double> all(16);
    rolling.matrix(all);
    EXPECT_EQ(all[0], 1);
    EXPECT_TRUE(std::isnan(all[15]));
    EXPECT_EQ(all[1], all[4]);
    EXPECT_EQ(reason(Missing::constant), "not available: one series did not move");
}

TEST(rolling_correlation, starts_series_that_appear_late_at_their_own_levels) {
    SplitMix64 random(9);
    std::vector<double> x;
    for (std::size_t t = 0; t < 900; ++t) {
        const double a = random.next_normal();
        const auto level = [&](std::size_t from) { return t < from ? nan : 1e7 + 1e-2 * (a + random.next_normal()); };
        x.insert(x.end(), {a, level(500), level(510)});
    }
    // Each pair from its third row on: 900 - 2, and as many since the later of the two.
    EXPECT_EQ(compare(x, 3, {.window = 400, .rows_min = 3}, 1e-5), 398U + 388U + 388U);
}

TEST(rolling_correlation, infinite_values_are_missing_and_options_are_checked) {
    RollingCorrelation rolling = *RollingCorrelation::of(2, {.window = 5, .rows_min = 4});
    for (int t = 0; t < 5; ++t) rolling.update(std::vector{t == 2 ? INFINITY : 1.0 * t, 1.0 * t * t});
    EXPECT_EQ(rolling.rows(0, 1), 4U);
    EXPECT_TRUE(std::isfinite(rolling.pairs()[0]));
    EXPECT_EQ(RollingCorrelation::of(1, {}).error().code, ErrorCode::usage);
    EXPECT_EQ(RollingCorrelation::of(2, {.window = 2}).error().code, ErrorCode::usage);
    EXPECT_EQ(RollingCorrelation::of(2, {.window = 10, .rows_min = 11}).error().code, ErrorCode::usage);
}

TEST(rolling_correlation, rows_do_not_change_when_the_future_is_cut) {
    const std::vector<double> x = correlated(8, 400, 4, 0.1);
    const RollingOptions options{.window = 30, .rows_min = 10};
    std::vector<double> full(400 * 6);
    ASSERT_TRUE(rolling_correlations({x.data(), 400, 4, 4}, options, full));
    SplitMix64 random(1);
    for (int k = 0; k < 40; ++k) {
        const std::size_t cut = 1 + random.next_below(399);
        std::vector<double> part(cut * 6);
        ASSERT_TRUE(rolling_correlations({x.data(), cut, 4, 4}, options, part));
        for (std::size_t i = 0; i < part.size(); ++i)
            EXPECT_TRUE(part[i] == full[i] || (std::isnan(part[i]) && std::isnan(full[i])));
    }
}

}  // namespace
}  // namespace aitrading::insight

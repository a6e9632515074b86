#include "insight/correlation/correlation_guest.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "insight/correlation/rolling_correlation.hpp"
#include "insight/features/feature_set.hpp"

namespace aitrading::insight {
namespace {

/// Two walks of hours with a common part; the other one has no bar in every 37th hour.
struct Made {
    BarColumns bars, other;
};

Made made(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto unit = [&] { return static_cast<double>(random.next_below(1'000'001)) / 500'000 - 1; };
    Made out;
    out.bars.key = {"MADE", Timeframe::h1};
    out.other.key = {"OTHER", Timeframe::h1};
    double a = 1.2, b = 90;
    for (std::size_t i = 0; i < rows; ++i) {
        const double common = unit();
        a *= std::exp(1e-3 * (common + 0.5 * unit()));
        b *= std::exp(1e-3 * (common + 0.5 * unit()));
        const auto append = [&](BarColumns& to, double close) {
            const Price p = Price::from_double(close);
            to.append({{static_cast<std::int64_t>(i) * nanos_per_hour}, p, p, p, p, Quantity::from_double(1)});
        };
        append(out.bars, a);
        if (i % 37 != 36) append(out.other, b);
    }
    return out;
}

FeatureSet set_of(const Made& m) {
    auto markets = std::make_shared<std::vector<CrossSeries>>();
    markets->push_back(cross_series("other", m.other));
    FeatureOptions options = FeatureOptions::of(m.bars);
    options.guests.emplace_back(*correlation_guest(Timeframe::h1, markets));
    return FeatureSet(options);
}

bool same_bits(std::span<const double> a, std::span<const double> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST(correlation_guest, stands_behind_the_features_in_every_frame_of_the_bars_or_longer) {
    const FeatureSet set = set_of(made(10, 1));
    const std::vector<std::string> names = set.names();
    EXPECT_THAT(std::vector(names.end() - 5, names.end()),
                testing::ElementsAre("other_corr_h1", "other_corr_h4", "other_corr_d1", "other_corr_spread", "other_corr_fast_minus_slow"));
    ASSERT_FALSE(set.manifest().hash == FeatureSet(FeatureOptions::of(made(10, 1).bars)).manifest().hash);
}

TEST(correlation_guest, own_frame_is_the_correlation_of_returns_that_both_have) {
    const Made m = made(700, 2);
    const FeatureMatrix matrix = *set_of(m).compute(m.bars);
    RollingCorrelation expected = *RollingCorrelation::of(2, {.window = 120, .rows_min = 96});
    const double nan = std::nan("");
    double own = nan, other = nan;
    std::size_t next = 0;
    int compared = 0;
    for (std::size_t i = 0; i < m.bars.size(); ++i) {
        const double now = std::log(m.bars.close[i].to_double());
        double both[2] = {now - own, nan};
        own = now;
        if (next < m.other.size() && m.other.time[next] == m.bars.time[i]) {
            const double level = std::log(m.other.close[next++].to_double());
            both[1] = level - other;
            other = level;
        }
        const double value = expected.update(both)[0], column = matrix.row(i)[matrix.columns() - 5];
        ASSERT_EQ(std::isnan(value), std::isnan(column)) << i;
        if (std::isnan(value)) continue;
        EXPECT_NEAR(column, value, 1e-9) << i;
        ++compared;
    }
    EXPECT_GT(compared, 500);
    EXPECT_NEAR(matrix.row(699)[matrix.columns() - 5], 0.8, 0.12);  // 1 / (1 + .25)
}

TEST(correlation_guest, frames_disagree_by_what_their_columns_say) {
    const Made m = made(2400, 3);
    const FeatureMatrix matrix = *set_of(m).compute(m.bars);
    const auto row = matrix.row(2399).last(5);
    for (const double value : row) ASSERT_TRUE(std::isfinite(value));
    EXPECT_EQ(row[3], std::max({row[0], row[1], row[2]}) - std::min({row[0], row[1], row[2]}));
    EXPECT_EQ(row[4], row[0] - row[2]);
    EXPECT_TRUE(std::isnan(matrix.row(1000).last(5)[3]));  // 41 days are not the 48 that D1 asks for
}

TEST(correlation_guest, no_column_changes_when_either_series_is_cut_off) {
    const Made m = made(1800, 4);
    const FeatureMatrix whole = *set_of(m).compute(m.bars);
    SplitMix64 random(5);
    for (int trial = 0; trial < 10; ++trial) {
        const std::size_t last = 1 + random.next_below(m.bars.size() - 1);
        Made fewer{m.bars.slice(0, last), m.other};
        while (!fewer.other.time.empty() && fewer.other.time.back() > fewer.bars.time.back()) fewer.other = fewer.other.slice(0, fewer.other.size() - 1);
        ASSERT_TRUE(same_bits(set_of(fewer).compute(fewer.bars)->values, std::span(whole.values).first(last * whole.columns()))) << last;
    }
}

TEST(correlation_guest, a_market_that_stops_becomes_unknown) {
    Made m = made(1200, 6);
    m.other = m.other.slice(0, 600);
    const FeatureMatrix matrix = *set_of(m).compute(m.bars);
    EXPECT_TRUE(std::isfinite(matrix.row(600)[matrix.columns() - 5]));
    EXPECT_TRUE(std::isnan(matrix.row(1199)[matrix.columns() - 5]));
}

TEST(correlation_guest, needs_another_market_and_bars_of_at_most_a_day) {
    EXPECT_EQ(correlation_guest(Timeframe::h1, nullptr).error().code, ErrorCode::usage);
    auto markets = std::make_shared<std::vector<CrossSeries>>();
    EXPECT_EQ(correlation_guest(Timeframe::h1, markets).error().code, ErrorCode::usage);
    markets->push_back(cross_series("other", made(5, 7).other));
    EXPECT_EQ(correlation_guest(Timeframe::w1, markets).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::insight

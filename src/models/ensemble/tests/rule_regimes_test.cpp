#include "models/ensemble/rule_regimes.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "base/random.hpp"

#include "insight/regimes/release_times.hpp"  // before the features, as in rule_regimes.cpp

#include "insight/features/feature_set.hpp"

namespace aitrading::models {
namespace {

/// A walk whose volatility and drift change now and then, with volume and a spread.
BarColumns made_bars(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto unit = [&] { return static_cast<double>(random.next_below(1'000'001)) / 500'000 - 1; };
    BarColumns bars;
    bars.key = {"MADE", Timeframe::h1};
    double price = 1.2, scale = 1e-3, drift = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        if (i % 150 == 0) scale = 3e-4 * std::exp(unit() + 1), drift = 4e-4 * unit();
        const double open = price;
        price *= std::exp(drift + scale * (unit() + unit()));
        const double high = std::max(open, price) * (1 + scale * std::abs(unit())), low = std::min(open, price) * (1 - scale * std::abs(unit()));
        bars.append({{static_cast<std::int64_t>(i) * nanos_per_hour}, Price::from_double(open), Price::from_double(high), Price::from_double(low),
                     Price::from_double(price), Quantity::from_double(100 + 50 * unit())});
        bars.spread.push_back(Price::from_double(1e-4 * (1.5 + unit())));
    }
    return bars;
}

insight::FeatureSet set_of(const BarColumns& bars, int window = 48) {
    insight::FeatureOptions options = insight::FeatureOptions::of(bars);
    options.has_spread = true;
    options.guests.emplace_back(*rule_regime_guest(RuleRegimeOptions::of(bars, window)));
    return insight::FeatureSet(options);
}

bool same_bits(std::span<const double> a, std::span<const double> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST(rule_regimes, stand_behind_the_features_and_in_the_manifest) {
    const BarColumns bars = made_bars(1500, 1);
    const FeatureMatrix plain = *insight::compute_features(bars), wide = *set_of(bars).compute(bars);
    ASSERT_EQ(wide.columns(), plain.columns() + 15);
    EXPECT_EQ(wide.names[plain.columns()], "regime");
    EXPECT_EQ(wide.names[plain.columns() + 12], "regime_p_12");
    EXPECT_NE(wide.manifest_hash, plain.manifest_hash);
    EXPECT_NE(wide.manifest_hash, set_of(bars, 50).manifest().hash);
    for (std::size_t i = 0; i < bars.size(); ++i) ASSERT_TRUE(same_bits(wide.row(i).first(plain.columns()), plain.row(i)));
}

TEST(rule_regimes, no_column_changes_when_the_series_is_cut_off) {
    const BarColumns bars = made_bars(2600, 2);
    const insight::FeatureSet set = set_of(bars);
    const FeatureMatrix whole = *set.compute(bars);
    SplitMix64 random(3);
    for (int trial = 0; trial < 12; ++trial) {
        const std::size_t last = 1 + random.next_below(bars.size() - 1);
        const FeatureMatrix fewer = *set.compute(bars.slice(0, last));
        ASSERT_TRUE(same_bits(fewer.values, std::span(whole.values).first(last * whole.columns()))) << last;
    }
}

TEST(rule_regimes, a_copied_set_goes_on_alone) {
    const BarColumns bars = made_bars(1400, 4);
    const insight::FeatureSet fresh = set_of(bars);
    const FeatureMatrix batch = *fresh.compute(bars);
    const std::vector<double> spreads = insight::closing_spreads(bars);
    insight::FeatureSet stream = fresh;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (i == 1200) {
            insight::FeatureSet other = stream;  // its guest is its own: what it is told must not reach the first one
            other.update(bars.bar(0), 0.5);
            stream = insight::FeatureSet(stream);
        }
        ASSERT_TRUE(same_bits(stream.update(bars.bar(i), spreads[i]), batch.row(i))) << i;
    }
}

TEST(rule_regimes, columns_and_path_say_the_same) {
    const BarColumns bars = made_bars(2000, 5);
    const FeatureMatrix matrix = *set_of(bars).compute(bars);
    const RegimePath path = *rule_regimes(bars, RuleRegimeOptions::of(bars, 48));
    ASSERT_EQ(path.size(), bars.size());
    const std::size_t at = matrix.columns() - 15;
    std::size_t known = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto row = matrix.row(i).subspan(at, 13);
        ASSERT_EQ(std::isnan(row[0]), path.regime[i] == 0) << i;
        if (path.regime[i] == 0) continue;
        ++known;
        ASSERT_EQ(row[0], path.regime[i]);
        double sum = 0;
        for (std::size_t k = 0; k < 12; ++k) {
            ASSERT_EQ(row[1 + k], path.probability[i][k]);
            sum += row[1 + k];
        }
        ASSERT_NEAR(sum, 1, 1e-9);
        ASSERT_EQ(matrix.row(i)[matrix.columns() - 2], path.remaining[i]);
        ASSERT_GT(path.remaining[i], 0);
    }
    EXPECT_GT(known, 500U);
    EXPECT_EQ(path.not_available.size(), 1U);
}

/// A quiet walk with one move of five deviations at bar 1,800.
BarColumns one_move() {
    BarColumns bars = made_bars(1800, 7);
    for (int i = 0; i < 60; ++i) {
        Bar bar = bars.bar(1799);
        bar.time = {(1800 + i) * nanos_per_hour};
        const double close = bar.close.to_double() * (i >= 1 ? 1.05 : 1);
        bar.open = Price::from_double(i >= 2 ? close : bar.close.to_double());
        bar.close = Price::from_double(close * (1 + 1e-4 * (i % 3)));
        bar.high = std::max(bar.open, bar.close);
        bar.low = std::min(bar.open, bar.close);
        bars.append(bar);
        bars.spread.push_back(bars.spread.front());
    }
    return bars;
}

market::EconomicEvent release(std::int64_t hour) {
    market::EconomicEvent out;
    out.time = UnixNanos{hour * nanos_per_hour};
    out.currency = "USD";
    out.impact = market::Impact::high;
    return out;
}

TEST(rule_regimes, a_move_at_a_release_is_a_longer_shock_and_nothing_before_it_changes) {
    const BarColumns bars = one_move();
    auto options = RuleRegimeOptions::of(bars, 48);
    const RegimePath jump = *rule_regimes(bars, options);
    options.currencies = {"EUR", "USD"};
    const auto with = [&](std::int64_t hour) {
        options.releases = std::make_shared<const insight::ReleaseTimes>(std::vector{release(hour - 100), release(hour)}, market::EventFilter{});
        return *rule_regimes(bars, options);
    };
    const auto shocks = [](const RegimePath& path) { return std::count(path.shock.begin() + 1790, path.shock.end(), true); };
    ASSERT_TRUE(jump.shock[1801]);
    EXPECT_EQ(shocks(jump), 3);
    const RegimePath released = with(1801);
    EXPECT_EQ(shocks(released), 6);
    EXPECT_TRUE(released.not_available.empty());
    EXPECT_EQ(shocks(with(1790)), 3);  // the calendar reaches that far, but no figure was released at the move
    for (std::size_t i = 0; i < 1801; ++i) ASSERT_EQ(released.regime[i], jump.regime[i]);

    insight::FeatureOptions set = insight::FeatureOptions::of(bars);
    set.has_spread = true;
    options.releases = std::make_shared<const insight::ReleaseTimes>(std::vector{release(1801)}, market::EventFilter{});
    set.guests.emplace_back(*rule_regime_guest(options));
    const insight::FeatureSet features(set);
    const FeatureMatrix matrix = *features.compute(bars);
    for (std::size_t i = 0; i < bars.size(); ++i)
        ASSERT_TRUE(released.regime[i] == 0 || matrix.row(i).back() == (released.shock[i] ? 1 : 0)) << i;
    EXPECT_NE(features.manifest().hash, set_of(bars).manifest().hash);
}

TEST(rule_regimes, a_short_series_is_unknown_and_a_window_out_of_range_refused) {
    const BarColumns bars = made_bars(300, 6);
    const RegimePath path = *rule_regimes(bars, RuleRegimeOptions::of(bars));
    for (std::size_t i = 0; i < bars.size(); ++i) EXPECT_EQ(path.regime[i], 0);
    EXPECT_EQ(rule_regimes(bars, RuleRegimeOptions::of(bars, 7)).error().code, ErrorCode::usage);
    EXPECT_EQ(rule_regime_guest(RuleRegimeOptions::of(bars, 7)).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::models

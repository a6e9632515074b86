#include "insight/regimes/rules.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "insight/regimes/regime_statistics.hpp"

namespace aitrading::insight {
namespace {

/// A random walk of bars: drift and deviation in basis points a bar.
class Walk {
  public:
    explicit Walk(std::uint64_t seed) : random_(seed) {}
    Candle next(double drift, double deviation, double volume = 1000) {
        Candle bar;
        bar.open = price_;
        bar.high = bar.low = price_;
        for (int i = 0; i < 4; ++i) {
            price_ *= 1 + 1e-4 * (drift / 4 + deviation / 2 * random_.next_normal());
            bar.high = std::max(bar.high, price_);
            bar.low = std::min(bar.low, price_);
        }
        bar.close = price_;
        bar.volume = volume * std::exp(0.2 * random_.next_normal());
        return bar;
    }

  private:
    SplitMix64 random_;
    double price_ = 1.1;
};

std::vector<Candle> mixed(std::size_t bars, std::uint64_t seed) {
    Walk walk(seed);
    SplitMix64 random(seed + 1);
    std::vector<Candle> out;
    while (out.size() < bars) {
        const double drift = random.next_below(3) == 0 ? 6 * random.next_normal() : 0, deviation = std::exp(2 + random.next_normal());
        const double volume = 1000 * std::exp(random.next_normal());
        for (std::size_t i = 20 + random.next_below(150); i > 0 && out.size() < bars; --i) out.push_back(walk.next(drift, deviation, volume));
    }
    return out;
}

std::vector<RegimeReading> read(const std::vector<Candle>& bars, RuleOptions options = {}) {
    RegimeRules rules = *RegimeRules::of(options);
    std::vector<RegimeReading> out;
    out.reserve(bars.size());
    for (const Candle& bar : bars) out.push_back(rules.update(bar));
    return out;
}

/// Reads 2,000 usual bars, then the given ones, and gives the regimes of the latter.
template <class Next>
std::vector<RegimeReading> after_usual(std::size_t count, Next next, RegimeRules rules = *RegimeRules::of({})) {
    Walk walk(11);
    SplitMix64 random(5);
    double deviation = 10;
    for (int t = 0; t < 2000; ++t) {
        if (t % 100 == 0) deviation = 6 + 8 * random.next_uniform();
        rules.update(walk.next(0, deviation));
    }
    std::vector<RegimeReading> out;
    out.reserve(count);
    for (std::size_t t = 0; t < count; ++t) out.push_back(rules.update(next(walk, t)));
    return out;
}

std::size_t count(const std::vector<RegimeReading>& readings, Regime regime) {
    return static_cast<std::size_t>(std::ranges::count(readings, regime, &RegimeReading::regime));
}

TEST(regime_rules, know_nothing_before_the_reference_window_is_full) {
    const auto readings = read(mixed(1600, 1));
    const int warm_up = RegimeRules::of({})->warm_up();
    EXPECT_EQ(warm_up, 21 * 64);
    for (int t = 0; t < warm_up; ++t) ASSERT_EQ(readings[static_cast<std::size_t>(t)].regime, Regime::unknown);
    for (std::size_t t = static_cast<std::size_t>(warm_up); t < readings.size(); ++t) {
        ASSERT_NE(readings[t].regime, Regime::unknown);
        double sum = 0;
        for (const double p : readings[t].probability) {
            ASSERT_GE(p, 0);
            sum += p;
        }
        ASSERT_NEAR(sum, 1, 1e-12);
    }
}

TEST(regime_rules, change_nothing_before_a_cut) {
    std::vector<Candle> bars = mixed(4000, 2);
    const auto whole = read(bars);
    for (const std::size_t cut : {1500U, 2777U, 3999U}) {
        std::vector<Candle> other(bars.begin(), bars.begin() + static_cast<std::ptrdiff_t>(cut));
        Candle far = other.back();
        far.close = far.high = far.close * 2;
        other.push_back(far);
        const auto part = read(other);
        for (std::size_t t = 0; t < cut; ++t) {
            ASSERT_EQ(part[t].regime, whole[t].regime) << t;
            ASSERT_EQ(part[t].probability, whole[t].probability) << t;
        }
    }
}

TEST(regime_rules, dwell_three_bars_at_least) {
    for (const std::uint64_t seed : {3U, 4U, 5U}) {
        const auto readings = read(mixed(6000, seed));
        std::size_t began = 0;
        std::set<Regime> seen;
        for (std::size_t t = 1; t < readings.size(); ++t) {
            seen.insert(readings[t].regime);
            if (readings[t].regime == readings[t - 1].regime) continue;
            if (readings[t - 1].regime != Regime::unknown) {
                EXPECT_GE(t - began, 3U) << t;
            }
            began = t;
        }
        EXPECT_GE(seen.size(), 8U);
    }
}

TEST(regime_rules, tell_trends_by_strength_and_side) {
    const auto up = after_usual(150, [](Walk& w, std::size_t) { return w.next(10, 8); });
    EXPECT_GT(count(up, Regime::strong_trend_up), 60U);
    EXPECT_EQ(count(up, Regime::strong_trend_down) + count(up, Regime::weak_trend_down), 0U);
    const auto down = after_usual(150, [](Walk& w, std::size_t) { return w.next(-10, 8); });
    EXPECT_GT(count(down, Regime::strong_trend_down), 60U);
}

TEST(regime_rules, tell_volatile_and_quiet_markets) {
    // A mean that turns every other bar keeps trends away.
    const auto wild = after_usual(120, [](Walk& w, std::size_t t) { return w.next(t % 2 == 0 ? 20 : -20, 25, 1000); });
    EXPECT_GT(count(wild, Regime::volatile_market) + count(wild, Regime::crisis), 60U);
    const auto still = after_usual(150, [](Walk& w, std::size_t t) { return w.next(t % 2 == 0 ? 1 : -1, 2, 400); });
    EXPECT_GT(count(still, Regime::quiet), 60U);
}

TEST(regime_rules, tell_a_crisis_by_the_spread) {
    RegimeRules rules = *RegimeRules::of({.has_spread = true});
    Walk walk(7);
    SplitMix64 random(8);
    for (int t = 0; t < 2000; ++t) rules.update(walk.next(0, 10), 1e-4 * std::exp(0.2 * random.next_normal()));
    bool crisis = false;
    for (int t = 0; t < 60; ++t) crisis |= rules.update(walk.next(0, 60), 1e-3).regime == Regime::crisis;
    EXPECT_TRUE(crisis);
}

TEST(regime_rules, tell_a_breakout_and_let_it_expire) {
    const auto readings = after_usual(140, [](Walk& w, std::size_t t) {
        return t < 60 ? w.next(t % 2 == 0 ? 0.5 : -0.5, 2, 700) : w.next(t < 64 ? 12 : 3, 3, 4000);
    });
    std::size_t longest = 0, run = 0;
    for (const RegimeReading& r : readings) {
        run = r.regime == Regime::breakout_up ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    EXPECT_GE(longest, 3U);
    EXPECT_LE(longest, 64U / 4 + 1);
    EXPECT_EQ(count(readings, Regime::breakout_down), 0U);
}

TEST(regime_rules, flag_a_jump_and_freeze_for_three_bars) {
    const auto readings = after_usual(10, [](Walk& w, std::size_t t) { return t == 4 ? w.next(150, 10) : w.next(0, 10); });
    for (std::size_t t = 0; t < 10; ++t) EXPECT_EQ(readings[t].shock, t >= 4 && t < 7) << t;
    EXPECT_TRUE(readings[4].raw == Regime::volatile_market || readings[4].raw == Regime::crisis);
    EXPECT_FALSE(readings[4].calendar_known);
}

TEST(regime_rules, do_without_volume_and_survive_a_price_that_stops) {
    RegimeRules rules = *RegimeRules::of({.has_volume = false});
    Walk walk(9);
    for (int t = 0; t < 1500; ++t) rules.update(walk.next(0, 10, 0));
    EXPECT_TRUE(is_unknown(rules.features().volume_z));
    const Candle last = walk.next(0, 10, 0), stopped{last.close, last.close, last.close, last.close, 0};
    for (int t = 0; t < 1500; ++t) {
        const RegimeReading& r = rules.update(stopped);
        ASSERT_NE(r.regime, Regime::unknown);
        ASSERT_EQ(r.still, t >= 64) << t;
        ASSERT_TRUE(!r.still || t <= 70 || r.regime == Regime::quiet) << t;
        double sum = 0;
        for (const double p : r.probability) sum += p;
        ASSERT_NEAR(sum, 1, 1e-9);
    }
    EXPECT_FALSE(RegimeRules::of({.window = 5}));
}

TEST(regime_rules, pass_over_what_is_no_bar_and_say_so) {
    RegimeRules with = *RegimeRules::of({}), without = *RegimeRules::of({});
    Walk walk(21);
    const Candle bad[] = {{NAN, 1, 1, 1, 5, 0}, {1, INFINITY, 1, 1, 5, 0}, {1, 1, 0, 1, 5, 0}, {1, 1, 2, 1, 5, 0}, {1, 1, 1, 1, NAN, 0}};
    for (std::size_t t = 0; t < 1800; ++t) {
        const Candle bar = walk.next(0, 10);
        if (t % 7 == 0) {
            const Regime before = with.update(bad[t % 5]).regime;
            EXPECT_TRUE(with.update(bad[t % 5]).refused);
            EXPECT_EQ(before, without.update(bad[t % 5]).regime);
        }
        const RegimeReading a = with.update(bar), b = without.update(bar);
        ASSERT_FALSE(a.refused);
        ASSERT_EQ(a.regime, b.regime);
        ASSERT_EQ(a.probability, b.probability);
    }
}

TEST(regime_rules, stay_unknown_on_a_series_shorter_than_the_reference_window) {
    for (const RegimeReading& r : read(mixed(1344, 8))) {
        EXPECT_EQ(r.regime, Regime::unknown);
        EXPECT_EQ(r.probability, (std::array<double, regime_kinds>{}));
    }
}

TEST(regime_rules, fit_the_thresholds_of_trends_to_the_instrument_unless_told_not_to) {
    // Hours of a currency: a drift that an efficiency ratio of .5 over 64 bars never sees.
    std::vector<Candle> bars;
    bars.reserve(6000);
    Walk walk(31);
    for (int t = 0; t < 6000; ++t) bars.push_back(walk.next(t / 150 % 4 == 0 ? 1.5 : t / 150 % 4 == 2 ? -1.5 : 0, 10));
    const auto adaptive = read(bars), fixed = read(bars, {.adaptive = false});
    const auto strong = [](const auto& r) { return count(r, Regime::strong_trend_up) + count(r, Regime::strong_trend_down); };
    const auto weak = [](const auto& r) { return count(r, Regime::weak_trend_up) + count(r, Regime::weak_trend_down); };
    EXPECT_LT(2 * strong(fixed), strong(adaptive));
    EXPECT_GT(strong(adaptive), 100U);
    EXPECT_LT(weak(adaptive), weak(fixed));
}

/// The reading of a bar whose move lies between 4 deviations and the threshold of a jump alone, after 2,000 usual bars.
RegimeReading at_four_deviations(std::optional<bool> release) {
    Walk walk(11);
    RegimeRules rules = *RegimeRules::of({.window = 100});
    Candle bar;
    for (int t = 0; t < 2500; ++t) rules.update(bar = walk.next(0, 10));
    for (int i = 0; i < 1'200; ++i) {
        RegimeRules copy = rules;
        const double close = bar.close * (1 + 1e-4 * (20 + 0.05 * i));
        const RegimeReading reading = copy.update({bar.close, close, bar.close, close, 1000, 0}, {}, release);
        if (copy.features().move > 4.02 && !copy.features().jump) return reading;
    }
    ADD_FAILURE() << "no such move";
    return {};
}

TEST(regime_rules, take_a_release_with_a_move_for_a_shock) {
    EXPECT_FALSE(at_four_deviations({}).shock);
    EXPECT_FALSE(at_four_deviations({}).calendar_known);
    EXPECT_FALSE(at_four_deviations(false).shock);
    EXPECT_TRUE(at_four_deviations(false).calendar_known);
    EXPECT_TRUE(at_four_deviations(true).shock);
}

TEST(regime_rules, freeze_for_six_bars_where_the_move_came_with_a_release) {
    RegimeRules rules = *RegimeRules::of({});
    Walk walk(11);
    for (int t = 0; t < 2000; ++t) rules.update(walk.next(0, 10), {}, false);
    for (int t = 0; t < 10; ++t) {
        const RegimeReading& r = rules.update(t == 2 ? walk.next(150, 10) : walk.next(0, 10), {}, t == 2);
        EXPECT_EQ(r.shock, t >= 2 && t < 8) << t;
    }
}

TEST(regime_statistics, count_stays_and_moves) {
    using enum Regime;
    const Regime labels[] = {unknown, quiet, quiet, crisis, crisis, crisis, quiet};
    const RegimeStatistics s = regime_statistics(labels);
    EXPECT_EQ(s.known, 6);
    EXPECT_EQ(s.stays[6], 2);
    EXPECT_DOUBLE_EQ(s.mean_stay(6), 1.5);
    EXPECT_DOUBLE_EQ(s.transition(6, 11), 0.5);
    EXPECT_DOUBLE_EQ(s.transition(11, 11), 2.0 / 3);
    EXPECT_DOUBLE_EQ(s.transition(0, 1), 0);
}

}  // namespace
}  // namespace aitrading::insight

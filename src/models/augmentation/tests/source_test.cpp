#include <gtest/gtest.h>

#include <cmath>

#include "models/augmentation/distances.hpp"
#include "models/augmentation/realism.hpp"
#include "models/augmentation/stylised_facts.hpp"
#include "models/augmentation/surrogates.hpp"
#include "models/boosting/boosting.hpp"
#include "models/evaluation/statistics.hpp"
#include "walk.hpp"

namespace aitrading::models {
namespace {

/// Hourly bars whose noon is five times as wild as the other hours.
BarColumns daily_rhythm(std::size_t bars) {
    return walk_bars(bars, 9, [](const CivilTime& at) { return at.hour == 12 ? 1e-3 : 2e-4; });
}

struct Learnt {
    BarColumns bars;
    BarChannels channels;
    Conditions conditions;
    explicit Learnt(BarColumns b) : bars(std::move(b)), channels(*channels_of(bars)), conditions(conditions_of(bars, std::vector<int>(bars.size(), 1))) {}
    std::unique_ptr<BarSource> fit(const SourceKind& kind) const { return *kind.fit({channels, conditions}); }
};

TEST(BarChannels, become_the_same_bars_again) {
    BarColumns bars = walk_bars(400, 1);
    for (std::size_t i = 1; i < bars.size(); ++i) bars.open[i] = bars.close[i - 1];
    for (std::size_t i = 0; i < bars.size(); ++i) bars.spread.push_back(Price::from_double(1e-4 * static_cast<double>(1 + i % 3)));
    const auto channels = channels_of(bars);
    ASSERT_TRUE(channels);
    EXPECT_EQ(channels->names, (std::vector<std::string>{"return", "upper", "lower", "log_volume", "log_spread"}));
    const BarColumns again = bars_of(*channels, std::span(bars.time).subspan(1), bars);
    ASSERT_EQ(again.size(), bars.size());
    EXPECT_EQ(again.close, bars.close);
    EXPECT_EQ(again.high, bars.high);
    EXPECT_EQ(again.low, bars.low);
    EXPECT_EQ(again.volume, bars.volume);
    EXPECT_EQ(again.spread, bars.spread);
}

TEST(BarChannels, refuse_prices_without_a_logarithm) {
    BarColumns bars = walk_bars(20, 1);
    bars.low[7] = {};
    const auto channels = channels_of(bars);
    ASSERT_FALSE(channels);
    EXPECT_EQ(channels.error().code, ErrorCode::bad_input);
    EXPECT_NE(channels.error().text.find(to_iso8601(bars.time[7])), std::string::npos);
    EXPECT_EQ(channels_of(bars.slice(0, 1)).error().code, ErrorCode::bad_input);
}

TEST(Conditions, come_from_no_later_bar) {
    const BarColumns bars = walk_bars(600, 3);
    std::vector<int> regime(bars.size());
    for (std::size_t i = 0; i < regime.size(); ++i) regime[i] = static_cast<int>(i / 50 % 13);
    const Conditions whole = conditions_of(bars, regime);
    EXPECT_EQ(whole.rows(), bars.size() - 1);
    for (const std::size_t cut : {2U, 77U, 300U, 599U}) {
        const Conditions part = conditions_of(bars.slice(0, cut), std::span(regime).first(cut));
        const Conditions same = whole.slice(0, cut - 1);
        EXPECT_EQ(part.values, same.values) << cut;
        EXPECT_EQ(part.slot, same.slot) << cut;
    }
}

TEST(Sources, draw_the_same_bars_for_a_seed_and_others_for_another) {
    const Learnt l(daily_rhythm(3'000));
    for (const auto& kind : {block_bootstrap_source(), garch_source(), jitter_source()}) {
        const auto source = l.fit(*kind);
        const BarChannels a = source->draw(l.conditions, 1), b = source->draw(l.conditions, 1), c = source->draw(l.conditions, 2);
        EXPECT_EQ(a.values, b.values) << kind->name();
        EXPECT_NE(a.values, c.values) << kind->name();
        EXPECT_EQ(a.rows(), l.channels.rows());
        EXPECT_NEAR(standard_deviation(a.column(0)) / standard_deviation(l.channels.column(0)), 1, 0.25) << kind->name();
    }
}

TEST(Sources, keep_the_rhythm_of_the_day) {
    const Learnt l(daily_rhythm(4'000));
    for (const auto& kind : {block_bootstrap_source(), garch_source()}) {
        const auto drawn = l.fit(*kind)->draw(l.conditions, 4).column(0);
        double noon = 0, other = 0, noons = 0;
        for (std::size_t i = 0; i < drawn.size(); ++i) (l.conditions.slot[i] == 12 ? noon : other) += std::abs(drawn[i]), noons += l.conditions.slot[i] == 12;
        EXPECT_GT(noon / noons, 2.5 * other / (static_cast<double>(drawn.size()) - noons)) << kind->name();
    }
}

TEST(Sources, the_bootstrap_copies_and_its_memorisation_check_says_so) {
    const Learnt l(walk_bars(3'000, 5));
    const auto drawn = l.fit(*block_bootstrap_source())->draw(l.conditions, 4).column(0);
    const auto memory = memorisation(l.channels.column(0), channels_of(walk_bars(1'000, 6))->column(0), drawn);
    ASSERT_TRUE(memory);
    EXPECT_FALSE(memory->passed());
}

TEST(Garch, finds_the_parameters_that_drew_a_series) {
    SplitMix64 random(3);
    std::vector<double> r;
    double h = 1;
    for (int t = 0; t < 12'000; ++t) {
        const double e = std::sqrt(h) * random.next_normal();
        r.push_back(1e-4 * e);
        h = 0.05 + 0.10 * e * e + 0.85 * h;
    }
    const GarchFit g = fit_garch(r);
    EXPECT_NEAR(g.alpha, 0.10, 0.03);
    EXPECT_NEAR(g.beta, 0.85, 0.05);
    EXPECT_GT(g.degrees, 10);  // normal innovations
}

TEST(Realism, finds_jitter_near_and_a_generator_that_copies_guilty) {
    const Learnt l(daily_rhythm(6'000));
    RealismOptions options;
    options.learnt_share = 0.55;
    const auto bootstrap = block_bootstrap_source(), jitter = jitter_source();
    const std::vector<const SourceKind*> kinds{jitter.get(), bootstrap.get()};
    const auto judge = make_learner("lightgbm", "rounds=30");
    ASSERT_TRUE(judge);
    const auto realism = compare_sources(l.channels, l.conditions, kinds, **judge, options);
    ASSERT_TRUE(realism) << realism.error().text;
    EXPECT_EQ(realism->learnt + realism->held_out, l.channels.rows());
    EXPECT_LT(realism->sources[0].wasserstein, 0.05);
    EXPECT_LT(realism->sources[1].wasserstein, 0.1);
    EXPECT_LT(realism->sources[1].acf_abs_gap, 0.06);
    EXPECT_FALSE(realism->sources[1].memory.passed());
    EXPECT_FALSE(realism->sources[1].passed());
    const auto few = compare_sources(l.channels.slice(0, 900), l.conditions.slice(0, 900), kinds, **judge, options);
    EXPECT_EQ(few.error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models

#include "models/ensemble/conformal.hpp"

#include <cmath>
#include <deque>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "market/simulator/market.hpp"
#include "models/ensemble/interval_stream.hpp"
#include "models/ensemble/market_features.hpp"

namespace aitrading::models {
namespace {

TEST(conformal, split_quantile_equals_its_vector) {
    const std::vector<double> scores{0.0172, 0.0658, 0.1001, 0.1927, 0.2382, 0.3111, 0.3156,
                                     0.3764, 0.505,  0.5978, 0.6483, 0.6753, 0.9011, 0.9645,
                                     0.9831, 1.0736, 1.2908, 1.9262, 2.2975};
    EXPECT_EQ(split_conformal_quantile(scores, 0.1), 1.9262);
    EXPECT_EQ(split_conformal_quantile(scores, 0.2), 1.0736);
    EXPECT_EQ(split_conformal_quantile(scores, 0.5), 0.5978);
    EXPECT_TRUE(std::isinf(split_conformal_quantile(scores, 0.01)));
}

TEST(conformal, adaptive_alpha_equals_its_vector) {
    AdaptiveAlpha aci(0.1, 0.005);
    const std::vector<double> path{0.1,    0.0955, 0.096,  0.0915, 0.092,  0.0925, 0.088,
                                   0.0885, 0.089,  0.0895, 0.085,  0.0855, 0.086,  0.0865,
                                   0.087,  0.0875, 0.088,  0.0885, 0.089,  0.0895, 0.09};
    const std::vector<int> missed{1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (std::size_t i = 0; i < missed.size(); ++i) {
        EXPECT_NEAR(aci.alpha(), path[i], 1e-12);
        aci.observe(missed[i] == 1);
    }
    EXPECT_NEAR(aci.alpha(), path.back(), 1e-12);
    EXPECT_NEAR(aci.coverage_gap_bound(20), 9.05, 1e-12);
}

TEST(conformal, quantile_tracker_equals_its_vector) {
    QuantileTracker tracker(0.1, 0.1, 1.0);
    const std::vector<double> scores{1.6658, 0.4001, 0.5693, 1.9977, 0.6046, 2.1022,
                                     1.6556, 1.7158, 0.9155, 0.5425, 1.5587, 0.6215};
    const std::vector<double> q{1.0, 1.09, 1.08, 1.07, 1.16, 1.15, 1.24, 1.33, 1.42, 1.41, 1.4, 1.49, 1.48};
    for (std::size_t i = 0; i < scores.size(); ++i) {
        EXPECT_NEAR(tracker.quantile(), q[i], 1e-12);
        tracker.observe(scores[i]);
    }
    EXPECT_NEAR(tracker.quantile(), q.back(), 1e-12);
}

TEST(conformal, pid_equals_the_path_of_the_authors_loop) {
    std::ifstream in(AIT_ROOM_DIR "/tests/golden/conformal_pid.json");
    const auto file = nlohmann::json::parse(in);
    std::size_t infinite = 0;
    for (const auto& c : file["cases"]) {
        ConformalPid pid({.alpha = c["alpha"], .rate = c["rate"], .integral = c["integral"], .saturation = c["saturation"]}, c["start"]);
        for (std::size_t t = 0; t < c["scores"].size(); ++t) {
            const double golden = c["quantile"][t], own = pid.quantile();
            if (std::abs(golden) > 1e299) {
                ++infinite;
                EXPECT_TRUE(std::isinf(own) && (own > 0) == (golden > 0)) << t;
            } else {
                EXPECT_NEAR(own, golden, 1e-8 * std::max(1.0, std::abs(golden))) << t;
            }
            pid.observe(c["scores"][t].get<double>() > own, 1);
        }
    }
    EXPECT_GT(infinite, 0U) << "the integrator saturates somewhere";
}

/// Scores whose law changes: their size doubles every 5,000 bars, swings, or answers the quantile itself.
enum class Shift { none, steps, swing, adversary };

TEST(conformal, pid_covers_ninety_percent_over_every_5000_bars_also_under_a_shift) {
    for (const Shift shift : {Shift::none, Shift::steps, Shift::swing, Shift::adversary}) {
        ConformalPid pid({}, 1.6);
        RollingScores latest(1000);
        SplitMix64 random(9);
        double missed = 0, part = 0;
        constexpr int bars = 30'000, window = 5000;
        for (int t = 0; t < bars; ++t) {
            const double size = shift == Shift::steps ? std::exp2(t / 5000) : shift == Shift::swing ? std::exp(std::sin(t / 300.0)) : 1;
            double score = size * std::abs(random.next_normal());
            if (shift == Shift::adversary && t % 40 < 6) score = std::max(score, std::min(pid.quantile(), 50.0) + 0.01);
            const bool miss = score > pid.quantile();
            latest.add(score);
            pid.observe(miss, latest.quantile(0.1));
            missed += miss, part += miss;
            if ((t + 1) % window != 0) continue;
            EXPECT_NEAR(1 - part / window, 0.9, 0.02) << static_cast<int>(shift) << " to bar " << t;
            EXPECT_LE(std::abs(missed / (t + 1) - 0.1), pid.coverage_gap_bound(static_cast<std::size_t>(t) + 1));
            part = 0;
        }
    }
}

TEST(conformal, rolling_scores_agree_with_a_sort_of_the_window) {
    RollingScores rolling(37);
    std::deque<double> window;
    SplitMix64 random(4);
    for (int i = 0; i < 500; ++i) {
        const double score = std::floor(random.next_uniform() * 50);  // many ties
        rolling.add(score);
        window.push_back(score);
        if (window.size() > 37) window.pop_front();
        const std::vector<double> now(window.begin(), window.end());
        const double expected = split_conformal_quantile(now, 0.2);
        if (std::isfinite(expected)) {
            EXPECT_EQ(rolling.quantile(0.2), expected);
        }
    }
    EXPECT_EQ(rolling.size(), 37U);
}

/// Targets of a market with twelve hidden regimes, p from its exact filter.
struct MarketSeries {
    FeatureMatrix features;
    LabelSet labels;
    std::vector<double> p;
    std::vector<int> regime;  ///< the filter's most likely one
};
MarketSeries draw_market(double strength, std::size_t count) {
    const market::MarketParameters parameters = market::specified_market(strength);
    market::SyntheticMarket generator(parameters, 3);
    market::ExactFilter filter(parameters);
    MarketSeries out;
    std::vector<MarketBar> bars;
    for (std::size_t i = 0; i <= count; ++i) {
        const market::MarketRow row = generator.next();
        bars.push_back({row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread});
        filter.update(row);
        out.p.push_back(filter.p_up_next());
        out.regime.push_back(static_cast<int>(std::ranges::max_element(filter.posterior()) - filter.posterior().begin()));
    }
    out.features = market_feature_matrix(bars);
    out.labels = market_labels(bars);
    return out;
}

struct Coverage {
    double inside = 0, n = 0;
    double rate() const { return inside / n; }
};

TEST(intervals, cover_ninety_percent_of_returns_on_synthetic_markets_in_calm_and_storm) {
    for (const double strength : {1.1, 0.16, 0.0}) {
        const MarketSeries m = draw_market(strength, 40'000);
        IntervalStream stream({});
        std::vector<std::uint32_t> earlier(10'000);
        std::iota(earlier.begin(), earlier.end(), 0U);
        const IntervalColumns columns = IntervalColumns::choose(m.features, m.labels, earlier);
        Coverage all;
        std::map<int, Coverage> by_state;  // bands of the log trailing volatility, which is known at the row
        for (std::uint32_t t = 0; t + 1 < m.p.size(); ++t) {
            const TargetInterval at = stream.predict(t, m.p[t], columns.at(m.features.row(t)));
            stream.label(t, t + 1, m.labels.target[t]);
            if (t < earlier.size()) continue;
            const double hit = m.labels.target[t] >= at.low && m.labels.target[t] <= at.high ? 1 : 0;
            const int state = static_cast<int>(std::floor(m.features.row(t).back() / 0.5));
            for (Coverage* c : {&all, &by_state[state]}) c->inside += hit, c->n += 1;
        }
        EXPECT_NEAR(all.rate(), 0.90, 0.01) << strength;
        for (const auto& [state, c] : by_state) {
            if (c.n >= 500) {
                EXPECT_NEAR(c.rate(), 0.90, 0.05) << strength << " state " << state << " n " << c.n;
            }
        }
    }
}

TEST(intervals, keep_a_width_for_each_regime_once_it_is_known_and_tell_when_they_do_not) {
    // Regime 1 has the same scale by every column but heavy tails; regime 2 is hardly ever seen.
    for (const IntervalMethod method : {IntervalMethod::aci, IntervalMethod::pid}) {
        IntervalStream pooled({.method = method}), own({.method = method, .regimes = 3}), bytes({});
        SplitMix64 random(15);
        std::array<Coverage, 3> by_pooled, by_own;
        std::array<int, 3> told{};
        for (std::uint32_t t = 0; t < 20'000; ++t) {
            const int regime = t % 100 == 99 ? 2 : t / 50 % 2 == 0 ? 0 : 1;
            const double target = regime == 0 ? random.next_normal() : (random.next_uniform() < 0.25 ? 3.5 : 0.3) * random.next_normal();
            const TargetInterval a = pooled.predict(t, 0.5), b = own.predict(t, 0.5, {}, regime);
            const auto k = static_cast<std::size_t>(regime);
            EXPECT_TRUE(a.pooled);
            told[k] += b.pooled ? 1 : 0;
            if (t >= 5000) {
                by_pooled[k].inside += target >= a.low && target <= a.high;
                by_own[k].inside += target >= b.low && target <= b.high;
                by_pooled[k].n += 1, by_own[k].n += 1;
            }
            pooled.label(t, t + 1, target);
            own.label(t, t + 1, target);
        }
        for (std::size_t k = 0; k < 2; ++k) EXPECT_NEAR(by_own[k].rate(), 0.9, 0.015) << k;
        EXPECT_GT(std::abs(by_pooled[0].rate() - 0.9) + std::abs(by_pooled[1].rate() - 0.9), 0.05) << "one width for all does not fit both";
        EXPECT_LT(told[0], 1500);
        EXPECT_EQ(told[2], 200) << "never 500 labels: always the width of all rows";
        own.finish_rows();
        ByteWriter out;
        own.write(out);
        own.write_more(out);
        ByteReader in(out.bytes());
        ASSERT_TRUE(bytes.read(in) && bytes.read_more(in) && in.at_end());
        for (int regime = -1; regime < 3; ++regime) {
            EXPECT_EQ(bytes.now(0.6, {}, regime).high, own.now(0.6, {}, regime).high);
            EXPECT_EQ(bytes.now(0.6, {}, regime).pooled, own.now(0.6, {}, regime).pooled);
        }
    }
}

TEST(intervals, by_conformal_pid_cover_returns_of_synthetic_markets_overall_and_by_known_regime) {
    const MarketSeries m = draw_market(1.1, 40'000);
    std::vector<std::uint32_t> earlier(10'000);
    std::iota(earlier.begin(), earlier.end(), 0U);
    const IntervalColumns columns = IntervalColumns::choose(m.features, m.labels, earlier);
    for (const IntervalMethod method : {IntervalMethod::aci, IntervalMethod::pid}) {
        IntervalStream stream({.method = method, .regimes = 12});
        Coverage all;
        std::map<int, Coverage> by_regime;
        for (std::uint32_t t = 0; t + 1 < m.p.size(); ++t) {
            const TargetInterval at = stream.predict(t, m.p[t], columns.at(m.features.row(t)), m.regime[t]);
            stream.label(t, t + 1, m.labels.target[t]);
            if (t < earlier.size()) continue;
            for (Coverage* c : {&all, &by_regime[m.regime[t]]})
                c->inside += m.labels.target[t] >= at.low && m.labels.target[t] <= at.high, c->n += 1;
        }
        EXPECT_NEAR(all.rate(), 0.90, 0.01);
        for (const auto& [regime, c] : by_regime) {
            if (c.n >= 500) {
                EXPECT_NEAR(c.rate(), 0.90, 0.05) << "regime " << regime << " n " << c.n;
            }
        }
    }
}

TEST(intervals, know_a_label_only_after_its_end) {
    // Two streams that differ in labels which are still open must say the same.
    IntervalStream one({.warm_up = 10}), other({.warm_up = 10});
    SplitMix64 random(8);
    for (std::uint32_t t = 0; t < 400; ++t) {
        const double p = random.next_uniform(), target = random.next_normal();
        const TargetInterval a = one.predict(t, p), b = other.predict(t, p);
        if (t > 50) {
            EXPECT_EQ(a.low, b.low);
            EXPECT_EQ(a.high, b.high);
        }
        one.label(t, t + 20, target);
        other.label(t, t + 20, t >= 380 ? 100 * target : target);
    }
    const TargetInterval a = one.predict(401, 0.5), b = other.predict(401, 0.5);
    EXPECT_NE(a.high, b.high);  // the label of row 380 ended at row 400
}

TEST(intervals, follow_a_level_whose_labels_overlap_and_come_late) {
    // Log volatility of the next 24 bars of an AR(1) log volatility, as volatility(24) asks.
    SplitMix64 random(12);
    std::vector<double> log_vol{0}, target;
    for (int t = 1; t < 30'000; ++t) log_vol.push_back(0.99 * log_vol.back() + 0.1 * random.next_normal());
    for (std::size_t t = 0; t + 24 < log_vol.size(); ++t) {
        double sum = 0;
        for (std::size_t k = 1; k <= 24; ++k)
            sum += std::exp(2 * (log_vol[t + k] + 0.3 * random.next_normal()));
        target.push_back(0.5 * std::log(sum / 24));
    }
    IntervalStream stream({.directional = false});
    Coverage all;
    double width = 0;
    for (std::uint32_t t = 0; t < target.size(); ++t) {
        const TargetInterval at = stream.predict(t, 1 / (1 + std::exp(-2 * log_vol[t])));
        stream.label(t, t + 24, target[t]);
        if (t < 1000) continue;
        all.inside += target[t] >= at.low && target[t] <= at.high;
        all.n += 1;
        width += at.high - at.low;
    }
    EXPECT_NEAR(all.rate(), 0.90, 0.02);
    EXPECT_LT(width / all.n,
              2 * 1.645 * 0.71);  // narrower than the level's own spread: p and the past are used
}

TEST(intervals, survive_bytes_and_are_unknown_before_the_warm_up) {
    IntervalStream stream({.warm_up = 30});
    SplitMix64 random(3);
    for (std::uint32_t t = 0; t < 200; ++t) {
        EXPECT_EQ(std::isnan(stream.predict(t, 0.6).low), t < 31) << t;
        stream.label(t, t + 1, random.next_normal());
    }
    stream.finish_rows();
    ByteWriter out;
    stream.write(out);
    IntervalStream again({});
    ByteReader in(out.bytes());
    ASSERT_TRUE(again.read(in));
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(again.now(0.7).low, stream.now(0.7).low);
    EXPECT_EQ(again.now(0.7).high, stream.now(0.7).high);
}

}  // namespace
}  // namespace aitrading::models

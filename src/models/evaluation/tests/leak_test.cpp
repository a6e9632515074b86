#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/leak_gate.hpp"
#include "models/evaluation/logistic.hpp"
#include "models/evaluation/panel.hpp"
#include "models/evaluation/placebo.hpp"
#include "models/evaluation/splits.hpp"
#include "models/evaluation/volatility.hpp"

namespace aitrading::models {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A small honest feature set: the last three returns and the last bar's range. `reach` bars ahead on
/// purpose.
FeatureMatrix features_of(const BarColumns& bars, std::size_t reach = 0) {
    FeatureMatrix out;
    out.names = {"return_1", "return_2", "return_3", "range"};
    out.time = out.known = bars.time;
    const auto r = log_returns(bars);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        for (std::size_t lag = 0; lag < 3; ++lag) {
            const std::size_t at = i + reach - lag;
            out.values.push_back(i >= 3 && at < bars.size() ? r[at] : nan);
        }
        out.values.push_back(i >= 3 ? (bars.high[i] - bars.low[i]).to_double() : nan);
    }
    return out;
}

Result<FeatureMatrix> honest(const BarColumns& bars) {
    return features_of(bars);
}

/// Walk-forward with the room's own logistic regression; rows with a missing value train and test nowhere.
Result<Panel> evaluate(const BarColumns& bars, LabelSet labels, const FeatureMatrix& x) {
    WalkForwardOptions options;
    options.folds = 4;
    options.embargo_bars = 5;
    TRY(const auto splits, walk_forward(labels, bars.time, options));
    std::vector<double> p;
    std::vector<float> y;
    std::vector<std::uint32_t> entries, row, end;
    std::vector<UnixNanos> time;
    auto whole = [&](std::uint32_t i) {
        for (double v : x.row(labels.row[i]))
            if (!std::isfinite(v)) return false;
        return true;
    };
    for (const Split& split : splits) {
        std::vector<double> rows, weight;
        std::vector<float> targets;
        for (std::uint32_t i : split.train) {
            if (!whole(i)) continue;
            rows.insert(rows.end(), x.row(labels.row[i]).begin(), x.row(labels.row[i]).end());
            targets.push_back(labels.y[i]);
            weight.push_back(labels.weight[i]);
        }
        TRY(const auto model,
            fit_logistic({rows.data(), targets.size(), x.columns(), x.columns()}, targets, weight));
        for (std::uint32_t i : split.test) {
            if (!whole(i)) continue;
            p.push_back(model.predict(x.row(labels.row[i])));
            y.push_back(labels.y[i]);
            entries.push_back(i);
            row.push_back(labels.row[i]);
            end.push_back(labels.end[i]);
            time.push_back(bars.time[labels.row[i]]);
        }
    }
    const auto base = trailing_base_rate(labels, entries);
    PanelInput in{y, p, base, row, end, time};
    in.horizon = labels.horizon_bars;
    PanelOptions quick;
    quick.ece_simulations = 50;
    return compute_panel(in, quick);
}

BarColumns market(std::uint64_t seed) {
    return null_market({"NULL", Timeframe::h1}, 8000, 8e-4, seed);
}

double standard_error(const Panel& panel) {
    return std::sqrt(0.25 / static_cast<double>(panel.n));
}

TEST(Placebo, null_market_shuffled_labels_and_reversed_features_stay_at_chance) {
    for (std::uint64_t seed : {1U, 2U, 3U}) {
        const BarColumns bars = market(seed);
        const LabelSet labels = *make_labels("next_bar", bars);
        const FeatureMatrix x = features_of(bars);
        for (const auto& panel :
             {evaluate(bars, labels, x), evaluate(bars, shuffled_in_blocks(labels, 20, seed), x),
              evaluate(bars, labels, reversed_in_time(x))}) {
            ASSERT_TRUE(panel) << panel.error().text;
            EXPECT_NEAR(panel->accuracy, 0.5, 3 * standard_error(*panel)) << seed;
            EXPECT_TRUE(plausibility_gate(*panel, labels));
            EXPECT_LT(panel->log_loss_skill, 0.001);
        }
    }
}

/// No pair of (label's return, feature's return) may occur twice, or training noise would come true in the
/// test.
TEST(Placebo, reversed_features_pair_no_two_bars_twice) {
    FeatureMatrix x;
    x.names = {"own_row"};
    for (std::size_t i = 0; i < 3001; ++i) {
        x.time.push_back({static_cast<std::int64_t>(i)});
        x.values.push_back(static_cast<double>(i));
    }
    const FeatureMatrix reversed = reversed_in_time(x);
    std::set<std::pair<int, int>> pairs;
    for (int i = 0; i < 3000; ++i) {
        const int label = i + 1, feature = static_cast<int>(reversed.row(static_cast<std::size_t>(i))[0]);
        EXPECT_TRUE(pairs.insert(std::minmax(label, feature)).second) << i;
        EXPECT_TRUE(feature < i || feature > i + 1000) << i;
        if (i % 1000 != 0) {
            EXPECT_LT(feature, reversed.row(static_cast<std::size_t>(i) - 1)[0]);
        }
    }
    EXPECT_TRUE(std::isnan(reversed.row(3000)[0]));
}

/// Overlapping labels on a random walk: shuffled folds would show 70 % and more, the purged walk-forward must
/// not.
TEST(Placebo, is_applied_by_name) {
    const BarColumns bars = market(1);
    const LabelSet labels = *make_labels("next_bar", bars);
    const FeatureMatrix x = features_of(bars);
    const auto applied = [&](std::string_view name) {
        std::pair<FeatureMatrix, LabelSet> out{x, labels};
        const Result<void> done = apply_placebo(name, out.first, out.second, 3);
        EXPECT_TRUE(done) << name;
        return out;
    };
    EXPECT_EQ(applied("").second.y, labels.y);
    EXPECT_EQ(applied("shuffled").second.y, shuffled_in_blocks(labels, 20, 3).y);
    const auto same = [](const FeatureMatrix& a, const FeatureMatrix& b) {
        return std::ranges::equal(a.values, b.values, [](double u, double v) { return u == v || (std::isnan(u) && std::isnan(v)); });
    };
    EXPECT_TRUE(same(applied("reversed").first, reversed_in_time(x)));
    EXPECT_TRUE(same(applied("leak").first, shifted_one_bar_ahead(x)));
    FeatureMatrix kept = x;
    LabelSet own = labels;
    const auto refused = apply_placebo("mirrored", kept, own, 3);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_NE(refused.error().text.find("shuffled, reversed or leak"), std::string::npos);
}

TEST(Placebo, overlapping_labels_gain_nothing_from_purged_splits) {
    const BarColumns bars = market(9);
    LabelSet labels;
    labels.spec = "sum of twenty";
    labels.horizon_bars = 20;
    for (std::uint32_t i = 0; i + 20 < bars.size(); ++i) {
        labels.row.push_back(i);
        labels.end.push_back(i + 20);
        labels.y.push_back(bars.close[i + 20] > bars.close[i] ? 1.0F : 0.0F);
        labels.target.push_back(0);
    }
    weigh_by_uniqueness(labels);
    const auto panel = evaluate(bars, labels, features_of(bars));
    ASSERT_TRUE(panel);
    EXPECT_LT(panel->accuracy_low, 0.5);
    EXPECT_NEAR(panel->accuracy, 0.5, 3 * std::sqrt(0.25 * 20 / static_cast<double>(panel->n)));
}

TEST(Placebo, a_one_bar_leak_jumps_and_is_refused_by_both_detectors) {
    const BarColumns bars = market(4);
    const LabelSet labels = *make_labels("next_bar", bars);
    const FeatureMatrix x = features_of(bars);
    const auto panel = evaluate(bars, labels, shifted_one_bar_ahead(x));
    ASSERT_TRUE(panel);
    EXPECT_GT(panel->accuracy, 0.9);
    const auto refused = plausibility_gate(*panel, labels);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::gate_refused);
    EXPECT_EQ(exit_status(refused.error().code), 5);

    EXPECT_TRUE(audit_features(bars, x, honest, 6, 1));
    const auto leaky = [](const BarColumns& b) -> Result<FeatureMatrix> { return features_of(b, 1); };
    const auto caught = audit_features(bars, features_of(bars, 1), leaky, 6, 1);
    ASSERT_FALSE(caught);
    EXPECT_EQ(caught.error().code, ErrorCode::gate_refused);
    EXPECT_NE(caught.error().text.find("return_1"), std::string::npos) << caught.error().text;
    // A matrix that was shifted after it was built does not agree with its own recomputation either.
    EXPECT_EQ(audit_features(bars, shifted_one_bar_ahead(x), honest, 2, 1).error().code,
              ErrorCode::gate_refused);
}

/// A statistic over the whole series (a scaler fitted on everything) is a leak, too.
TEST(Audit, finds_a_scaler_fitted_on_all_data) {
    const BarColumns bars = market(5);
    const auto scaled = [](const BarColumns& b) -> Result<FeatureMatrix> {
        FeatureMatrix x = features_of(b);
        double square = 0;
        for (double r : log_returns(b)) square += r * r;
        for (double& v : x.values) v /= std::sqrt(square / static_cast<double>(b.size()));
        return x;
    };
    EXPECT_EQ(audit_features(bars, *scaled(bars), scaled, 3, 1).error().code, ErrorCode::gate_refused);
}

TEST(Plausibility, knows_the_majority_and_the_sample_size) {
    LabelSet labels;
    labels.spec = "next_bar";
    Panel panel;
    panel.n = 100;
    panel.accuracy = 0.70;
    EXPECT_TRUE(plausibility_gate(panel, labels));  // 2.8 standard errors: too few bars to say
    panel.n = 5000;
    EXPECT_FALSE(plausibility_gate(panel, labels));
    panel.majority_rate = 0.69;  // a series that nearly always rises
    EXPECT_TRUE(plausibility_gate(panel, labels));
    labels.spec = "volatility(120)";
    panel.majority_rate = 0.5;
    EXPECT_TRUE(plausibility_gate(panel, labels));
}

TEST(BayesGate, passes_the_filter_and_refuses_what_beats_it) {
    SplitMix64 random(6);
    std::vector<float> y;
    std::vector<double> exact, noisy, leaky;
    for (int i = 0; i < 20000; ++i) {
        exact.push_back(random.next_uniform());
        y.push_back(random.next_uniform() < exact.back() ? 1.0F : 0.0F);
        noisy.push_back(std::min(1.0, std::max(0.0, exact.back() + 0.2 * random.next_normal())));
        leaky.push_back(random.next_uniform() < 0.02 ? y.back() : exact.back());
    }
    EXPECT_TRUE(bayes_gate(y, exact, exact));
    EXPECT_TRUE(bayes_gate(y, noisy, exact));
    EXPECT_EQ(bayes_gate(y, leaky, exact).error().code, ErrorCode::gate_refused);
}

}  // namespace
}  // namespace aitrading::models

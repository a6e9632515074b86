#include "models/evaluation/panel.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/evaluation/panel_json.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/statistics.hpp"
#include "models/evaluation/tests/golden.hpp"
#include "models/evaluation/tests/random_bars.hpp"

namespace aitrading::models {
namespace {

/// Owns the columns that a PanelInput looks at.
struct Case {
    std::vector<float> y;
    std::vector<double> p, base, return_bp, cost_bp;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;
    void add(bool up, double chance, std::uint32_t span = 1, double move = 0, double cost = 0) {
        const auto i = static_cast<std::uint32_t>(y.size());
        y.push_back(up ? 1.0F : 0.0F);
        p.push_back(chance);
        base.push_back(0.5);
        row.push_back(i);
        end.push_back(i + span);
        time.push_back({i * nanos_per_hour});
        return_bp.push_back(move);
        cost_bp.push_back(cost);
    }
    PanelInput input() const {
        PanelInput in{y, p, base, row, end, time};
        in.trading = {return_bp, cost_bp, time};
        return in;
    }
};

TEST(Vectors, metric_panel) {
    const auto v = golden("vectors.json")["metric-panel"];
    const auto& e = v["expected"];
    Case c;
    for (std::size_t i = 0; i < v["input"]["y"].size(); ++i)
        c.add(v["input"]["y"][i] == 1, v["input"]["p"][i]);
    double base = 0;
    for (float y : c.y) base += y / static_cast<double>(c.y.size());
    c.base.assign(c.y.size(), base);
    PanelOptions options;
    options.bins = 10;
    const auto panel = compute_panel(c.input(), options);
    ASSERT_TRUE(panel) << panel.error().text;
    EXPECT_NEAR(panel->accuracy, e["accuracy"], 1e-9);
    EXPECT_NEAR(panel->majority_rate, e["majority_rate"], 1e-9);
    EXPECT_NEAR(panel->accuracy_low, e["wilson"][0], 1e-9);
    EXPECT_NEAR(panel->accuracy_high, e["wilson"][1], 1e-9);
    EXPECT_EQ(panel->interval, "wilson");
    EXPECT_NEAR(panel->p_value_vs_majority, e["p_value_vs_majority"], 1e-9);
    EXPECT_NEAR(panel->balanced_accuracy, e["balanced_accuracy"], 1e-9);
    EXPECT_NEAR(panel->mcc, e["mcc"], 1e-9);
    EXPECT_NEAR(panel->brier, e["brier"], 1e-9);
    EXPECT_NEAR(panel->brier_skill, e["brier_skill"], 1e-9);
    EXPECT_NEAR(panel->log_loss, e["log_loss"], 1e-9);
    EXPECT_NEAR(panel->log_loss_skill, e["log_skill"], 1e-9);
    EXPECT_NEAR(panel->roc_auc, e["auc"], 1e-9);
    EXPECT_NEAR(panel->ece, e["ece10"], 1e-9);
    EXPECT_NEAR(panel->murphy_reliability, e["murphy_reliability"], 1e-9);
    EXPECT_NEAR(panel->murphy_resolution, e["murphy_resolution"], 1e-9);
    EXPECT_NEAR(panel->murphy_uncertainty, e["murphy_uncertainty"], 1e-9);
    EXPECT_NEAR(panel->aurc, e["aurc"], 1e-9);
    EXPECT_NEAR(panel->e_aurc, e["eaurc"], 1e-9);
}

TEST(Thresholds, are_frozen_before_the_fold_they_serve) {
    SplitMix64 random(5);
    std::vector<int> fold;
    std::vector<double> p, validation;
    for (int i = 0; i < 200; ++i) validation.push_back(random.next_uniform());
    for (int f = 0; f < 4; ++f)
        for (int i = 0; i < 100; ++i) {
            fold.push_back(f);
            p.push_back(0.5 + (random.next_uniform() - 0.5) * (f + 1) / 4);
        }
    const auto frozen = freeze_thresholds(fold, p, validation);
    ASSERT_EQ(frozen.by_fold.size(), 4U);
    EXPECT_EQ(frozen.by_fold[0][0], 0);
    EXPECT_NEAR(frozen.by_fold[0][1], 0.25, 0.03);    // median confidence of the validation slice
    EXPECT_NEAR(frozen.by_fold[1][1], 0.0625, 0.02);  // of fold 0 alone, not of fold 1
    for (std::size_t k = 1; k < 5; ++k) EXPECT_GT(frozen.by_fold[3][k], frozen.by_fold[3][k - 1]);
    std::vector<double> changed = p;  // nothing from a fold on may reach its own thresholds
    for (std::size_t i = 200; i < 400; ++i) changed[i] = 1;
    const auto other = freeze_thresholds(fold, changed, validation);
    EXPECT_EQ(other.by_fold[2], frozen.by_fold[2]);
    EXPECT_NE(other.by_fold[3], frozen.by_fold[3]);
    EXPECT_TRUE(std::isnan(freeze_thresholds(fold, p, {}).by_fold[0][1]));
}

TEST(Panel, tells_accuracy_by_coverage_with_frozen_thresholds) {
    SplitMix64 random(3);
    Case c;
    std::vector<int> fold;
    for (int i = 0; i < 6000; ++i) {
        const double p = random.next_uniform();
        c.add(random.next_uniform() < p, p);
        fold.push_back(i / 1000);
    }
    const auto frozen = freeze_thresholds(fold, c.p, {});
    PanelInput in = c.input();
    in.thresholds = &frozen;
    const auto panel = compute_panel(in);
    ASSERT_TRUE(panel);
    ASSERT_EQ(panel->accuracy_at.size(), 5U);
    EXPECT_EQ(panel->accuracy_at[0].count, 6000);
    EXPECT_EQ(panel->accuracy_at[0].accuracy, panel->accuracy);
    EXPECT_NEAR(panel->accuracy_at[1].count, 2500, 150);  // of the five folds that had a threshold
    EXPECT_NEAR(panel->accuracy_at[1].accuracy, 0.875, 0.02);
    EXPECT_NEAR(panel->accuracy_at[3].accuracy, 0.975, 0.02);
    EXPECT_NEAR(panel->accuracy_at[3].threshold, 0.45, 0.01);
    EXPECT_LT(panel->ece, panel->ece_noise_p95);  // calibrated by construction
}

/// Labels that overlap 20-fold: a plain interval would be far too narrow.
TEST(Panel, widens_the_interval_where_labels_overlap) {
    SplitMix64 random(12);
    Case c;
    bool up = true;
    for (int i = 0; i < 3000; ++i) {
        if (random.next_uniform() < 0.05) up = random.next_uniform() < 0.55;
        c.add(up, 0.6, 20);
    }
    PanelInput in = c.input();
    in.horizon = 20;
    const auto panel = compute_panel(in);
    ASSERT_TRUE(panel);
    EXPECT_NE(panel->interval.find("stationary block bootstrap"), std::string::npos);
    const Interval plain = wilson(std::lround(panel->accuracy * 3000), 3000);
    EXPECT_GT(panel->accuracy_high - panel->accuracy_low, 3 * (plain.high - plain.low));
    EXPECT_FALSE(panel->pesaran_timmermann.value);
    const auto again = compute_panel(in);
    EXPECT_EQ(panel_json(*panel), panel_json(*again));
}

/// Coverage of the interval on data whose truth is known: 95 % of them must hold it.
TEST(Panel, the_block_interval_holds_the_truth_about_as_often_as_it_says) {
    int inside = 0;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        SplitMix64 random(seed + 1000);
        std::vector<double> walk{0};
        for (int i = 0; i < 1510; ++i) walk.push_back(walk.back() + random.next_normal());
        Case c;
        for (std::size_t i = 0; i < 1500; ++i) c.add(walk[i + 10] > walk[i], 0.7, 10);
        PanelInput in = c.input();
        in.horizon = 10;
        PanelOptions options;
        options.resamples = 400;
        options.ece_simulations = 20;
        const auto panel = compute_panel(in, options);
        inside += panel->accuracy_low <= 0.5 && 0.5 <= panel->accuracy_high ? 1 : 0;
    }
    EXPECT_GE(inside, 105);  // 120 x 0.95 = 114, bootstrap intervals being a little narrow
}

TEST(Panel, trades_the_sign_and_pays_for_every_turn) {
    Case c;
    SplitMix64 random(4);
    double gross = 0, turned = 0, position = 0;
    std::vector<double> days(40, 0.0);
    for (int i = 0; i < 40 * 24; ++i) {
        const double move = 10 * random.next_normal(), p = random.next_uniform();
        c.add(move > 0, p, 1, move, 0.5);
        const double next = p > 0.5 ? 1 : -1;
        const double turn = std::abs(next - position) + (i + 1 == 40 * 24 ? 1 : 0);
        position = next;
        gross += position * move;
        turned += turn;
        days[static_cast<std::size_t>(i / 24)] += 1e-4 * (position * move - turn * 0.5);
    }
    const auto panel = compute_panel(c.input());
    ASSERT_TRUE(panel && panel->net_sharpe_1x.value);
    EXPECT_NEAR(*panel->net_sharpe_1x.value, mean(days) / standard_deviation(days) * std::sqrt(252.0), 1e-9);
    EXPECT_GT(*panel->gross_sharpe.value, *panel->net_sharpe_1x.value);
    EXPECT_GT(*panel->net_sharpe_1x.value, *panel->net_sharpe_2x.value);
    EXPECT_NEAR(*panel->turnover.value, turned / 40, 1e-12);
    EXPECT_NEAR(*panel->psr.value, probabilistic_sharpe(moments_of(days)), 1e-12);
    EXPECT_EQ(*panel->dsr.value, *panel->psr.value);  // one trial
    PanelInput many = c.input();
    many.trials = 50;
    EXPECT_LT(*compute_panel(many)->dsr.value, *panel->dsr.value);
    EXPECT_GT(*panel->max_drawdown.value, 0);
    PanelInput undirected = c.input();
    undirected.directional = false;
    EXPECT_EQ(compute_panel(undirected)->net_sharpe_1x.reason, "the label has no direction to trade");
}

TEST(Panel, drawdown_of_a_known_path) {
    Case c;
    for (int i = 0; i < 24 * 25; ++i)
        c.add(true, 0.9, 1, i == 100 ? 1000 : i == 200 ? -2500 : i == 300 ? 500 : 0, 0);
    const auto panel = compute_panel(c.input());
    ASSERT_TRUE(panel);
    EXPECT_NEAR(*panel->max_drawdown.value, 0.25, 1e-12);
}

TEST(Panel, refuses_what_it_cannot_judge) {
    Case c;
    EXPECT_EQ(compute_panel(c.input()).error().code, ErrorCode::bad_input);
    c.add(true, 0.6);
    c.add(false, 1.5);
    EXPECT_NE(compute_panel(c.input()).error().text.find("1.5"), std::string::npos);
    c.p[1] = NAN;
    EXPECT_FALSE(compute_panel(c.input()));
    c.p[1] = 0.5;
    EXPECT_TRUE(compute_panel(c.input()));
    c.row[1] = 0;
    EXPECT_FALSE(compute_panel(c.input()));
    c.base.pop_back();
    EXPECT_FALSE(compute_panel(c.input()));
}

TEST(PanelJson, has_every_key_of_the_contract_and_reasons_beside_null) {
    Case c;
    for (int i = 0; i < 100; ++i) c.add(i % 3 == 0, 0.4 + 0.002 * i);
    const auto json = nlohmann::json::parse(panel_json(*compute_panel(c.input())));
    for (const char* key : {"n",           "from",          "to",
                            "horizon",     "coverage",      "majority_rate",
                            "accuracy",    "accuracy_ci95", "balanced_accuracy",
                            "mcc",         "roc_auc",       "p_value_vs_majority",
                            "brier_skill", "log_loss",      "log_loss_skill",
                            "ece",         "ece_noise_p95", "accuracy_at",
                            "aurc",        "net_sharpe_1x", "net_sharpe_2x",
                            "psr",         "dsr",           "min_track_record_years",
                            "pbo",         "max_drawdown",  "turnover"}) {
        ASSERT_TRUE(json.contains(key)) << key;
        if (json[key].is_null()) {
            EXPECT_FALSE(json[std::string(key) + "_reason"].get<std::string>().empty()) << key;
        }
    }
    EXPECT_EQ(json["accuracy_ci95"].size(), 2U);
    for (const char* key : {"1.0", "0.5", "0.2", "0.1", "0.05"})
        EXPECT_TRUE(json["accuracy_at"].contains(key)) << key;
    EXPECT_EQ(json["accuracy_at"]["1.0"], json["accuracy"]);
    EXPECT_TRUE(json["pbo"].is_null());
}

TEST(TrailingBaseRate, counts_only_labels_whose_end_is_known) {
    const LabelSet labels = random_labels(900, 30, 2);
    std::vector<std::uint32_t> entries;
    for (std::uint32_t i = 0; i < labels.size(); i += 3) entries.push_back(i);
    const auto rate = trailing_base_rate(labels, entries);
    for (std::size_t k = 0; k < entries.size(); k += 17) {
        double ones = 1, count = 2;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (labels.end[i] > labels.row[entries[k]]) continue;
            ones += labels.y[i];
            ++count;
        }
        EXPECT_DOUBLE_EQ(rate[k], ones / count);
    }
}

TEST(EdgeShare, is_one_for_the_filter_and_minus_one_for_its_opposite) {
    const std::vector<double> exact{0.9, 0.3, 0.55}, opposite{0.1, 0.7, 0.45}, half{0.9, 0.7, 0.55};
    EXPECT_NEAR(edge_share(exact, exact).share, 1, 1e-15);
    EXPECT_NEAR(edge_share(opposite, exact).share, -1, 1e-15);
    EXPECT_NEAR(edge_share(half, exact).share, (0.8 - 0.4 + 0.1) / 1.3, 1e-12);
    EXPECT_NEAR(edge_share(half, exact).agreement, 2.0 / 3, 1e-12);
    EXPECT_NEAR(edge_share(exact, exact).bayes_accuracy, (0.9 + 0.7 + 0.55) / 3, 1e-12);
}

}  // namespace
}  // namespace aitrading::models

#include "models/evaluation/regime_panel.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "models/evaluation/trading_figures.hpp"

namespace aitrading::models {
namespace {

/// 4,000 hours in three regimes (0, 2, 5 by turns of 100): right on 80 % in regime 2, on 50 % elsewhere.
struct Case {
    std::vector<float> y;
    std::vector<double> p, base, move, cost, low, high, target;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;
    std::vector<int> regime;
    Case() {
        SplitMix64 random(7);
        for (std::uint32_t i = 0; i < 4000; ++i) {
            const int r = std::array{0, 2, 5}[i / 100 % 3];
            const bool up = random.next_uniform() < 0.5, right = random.next_uniform() < (r == 2 ? 0.8 : 0.5);
            regime.push_back(r);
            y.push_back(up ? 1.0F : 0.0F);
            p.push_back(up == right ? 0.7 : 0.3);
            base.push_back(0.5);
            row.push_back(i);
            end.push_back(i + 1);
            time.push_back({i * nanos_per_hour});
            move.push_back(up ? 4 : -4);
            cost.push_back(1);
            target.push_back(move.back());
            low.push_back(r == 5 ? -1 : -5);
            high.push_back(r == 5 ? std::numeric_limits<double>::quiet_NaN() : 5);
        }
    }
    RegimePanelInput input(bool directional = true) const {
        PanelInput all{y, p, base, row, end, time};
        all.directional = directional;
        if (directional) all.trading = {move, cost, time};
        return {all, regime, low, high, target};
    }
};

TEST(regime_panel, judges_each_regime_on_its_own_bars) {
    const Case c;
    const auto panels = panel_by_regime(c.input());
    ASSERT_TRUE(panels) << panels.error().text;
    ASSERT_EQ(panels->size(), 2U) << "bars without a regime are no regime";
    const RegimePanel &good = (*panels)[0], &coin = (*panels)[1];
    EXPECT_EQ(good.regime, 2);
    EXPECT_EQ(coin.regime, 5);
    EXPECT_EQ(good.panel.n + coin.panel.n, 2600);
    EXPECT_NEAR(good.share + coin.share, 0.65, 1e-12);
    double right = 0, n = 0;
    for (std::size_t i = 0; i < c.y.size(); ++i)
        if (c.regime[i] == 2) n += 1, right += (c.p[i] > 0.5) == (c.y[i] > 0.5F);
    EXPECT_DOUBLE_EQ(good.panel.accuracy, right / n);
    EXPECT_GT(good.panel.accuracy_low, 0.75);
    EXPECT_LT(coin.panel.accuracy_low, 0.5);
    EXPECT_GT(good.panel.log_loss_skill, 0);
    EXPECT_LT(coin.panel.log_loss_skill, 0);
    EXPECT_EQ(*good.interval_coverage.value, 1.0);
    EXPECT_FALSE(coin.interval_coverage.value);
}

TEST(regime_panel, costs_of_the_regimes_add_up_to_the_whole_position) {
    Case c;
    for (int& r : c.regime) r = r == 0 ? 9 : r;
    const auto panels = *panel_by_regime(c.input());
    const TradingTrack track = track_trading(c.input().all);
    double gross = 0, cost = 0, net = 0, by_gross = 0, by_cost = 0, by_net = 0;
    for (std::size_t i = 0; i < c.y.size(); ++i) gross += track.gross_bp[i], cost += track.cost_bp[i];
    net = gross - cost;
    for (const RegimePanel& r : panels) {
        const auto n = static_cast<double>(r.panel.n);
        by_gross += n * r.gross.mean, by_cost += n * r.cost.mean, by_net += n * r.net.mean;
        EXPECT_LT(r.net.low, r.net.mean);
        EXPECT_LT(r.net.mean, r.net.high);
    }
    EXPECT_NEAR(by_gross, gross, 1e-6);
    EXPECT_NEAR(by_cost, cost, 1e-6);
    EXPECT_NEAR(by_net, net, 1e-6);
    EXPECT_NEAR(panels[0].gross.mean, 4 * (2 * panels[0].panel.accuracy - 1), 1e-9);
}

TEST(regime_panel, tells_json_with_reasons_and_refuses_columns_that_do_not_fit) {
    const Case c;
    std::vector<std::string_view> names(13, "regime");
    const auto told = nlohmann::json::parse(regime_panels_json(*panel_by_regime(c.input(false)), names));
    ASSERT_EQ(told.size(), 2U);
    for (const char* key : {"regime", "name", "n", "share", "accuracy", "accuracy_ci95", "majority_rate", "log_loss_skill", "interval_coverage", "net_bp"})
        EXPECT_TRUE(told[1].contains(key)) << key;
    EXPECT_TRUE(told[1]["net_bp"].is_null());
    EXPECT_TRUE(told[1]["net_bp_reason"].is_string());
    EXPECT_TRUE(told[1]["interval_coverage"].is_null());
    EXPECT_TRUE(told[1]["interval_coverage_reason"].is_string());
    Case shorter;
    shorter.regime.pop_back();
    EXPECT_EQ(panel_by_regime(shorter.input()).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models

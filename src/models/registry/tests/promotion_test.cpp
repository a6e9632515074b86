#include "models/registry/promotion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/registry/tests/registry_home.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

ModelMetadata with_panel(std::string_view from, std::string_view to, const std::string& label = "next_bar") {
    ModelMetadata m = RegistryHome::model("m").metadata;
    m.label = label;
    m.version = 3;
    if (!from.empty()) m.panel_json.replace(m.panel_json.find(from), from.size(), to);
    return m;
}

/// The names of the gates that refuse.
std::vector<std::string> refused(const ModelMetadata& m) {
    std::vector<std::string> names;
    for (const PromotionGate& gate : promotion_gates(m))
        if (!gate.passed) names.push_back(gate.name);
    return names;
}

TEST(PromotionGates, let_a_sound_panel_pass) {
    EXPECT_THAT(refused(with_panel("", "")), testing::IsEmpty());
    EXPECT_THAT(to_text(promotion_gates(with_panel("", ""))), HasSubstr("passed   scored bars: 1200 (at least 500)\n"));
}

TEST(PromotionGates, each_refuses_what_it_is_for) {
    using testing::ElementsAre;
    EXPECT_THAT(refused(with_panel("\"n\":1200", "\"n\":499")), ElementsAre("scored bars"));
    EXPECT_THAT(refused(with_panel("0.012,\"ece\"", "0,\"ece\"")), ElementsAre("log-loss skill"));
    EXPECT_THAT(refused(with_panel("[0.521", "[0.505")), ElementsAre("accuracy, lower 95 % bound"));
    EXPECT_THAT(refused(with_panel("\"ece\":0.012", "\"ece\":0.032")), ElementsAre("calibration error"));
    EXPECT_THAT(refused(with_panel("\"net_sharpe_1x\":0.8", "\"net_sharpe_1x\":-0.1")), ElementsAre("net Sharpe ratio"));
    EXPECT_THAT(refused(with_panel("\"dsr\":0.96", "\"dsr\":0.94")), ElementsAre("deflated Sharpe ratio"));
    EXPECT_THAT(refused(with_panel("\"pbo\":null", "\"pbo\":0.3")), ElementsAre("probability of overfitting"));
    EXPECT_THAT(refused(with_panel("\"dsr\":0.96", "\"dsr\":null")), testing::IsEmpty()) << "the plain one stands in";
    EXPECT_THAT(refused(with_panel("\"psr\":0.98,\"dsr\":0.96", "\"psr\":null,\"dsr\":null")), ElementsAre("deflated Sharpe ratio"));
}

TEST(PromotionGates, ask_no_trading_of_a_label_without_direction) {
    EXPECT_THAT(refused(with_panel("\"net_sharpe_1x\":0.8", "\"net_sharpe_1x\":null", "volatility(120)")), testing::IsEmpty());
    EXPECT_THAT(refused(with_panel("\"net_sharpe_1x\":0.8", "\"net_sharpe_1x\":null")), testing::ElementsAre("net Sharpe ratio"));
}

TEST(PromotionGates, a_figure_that_is_missing_or_no_number_does_not_pass) {
    for (const char* panel : {"null", "[]", "3", "{}", R"({"n":"many"})", R"({"n":1e400})"}) {
        ModelMetadata m = with_panel("", "");
        m.panel_json = panel;
        EXPECT_FALSE(refused(m).empty()) << panel;
    }
    EXPECT_FALSE(refused(with_panel("[0.521,0.578]", "[]")).empty());
    EXPECT_FALSE(refused(with_panel("[0.521,0.578]", "\"wide\"")).empty());
}

Change change(std::int64_t id, int version, std::int64_t before, const std::string& label = "next_bar") {
    return {.id = id, .key = {{"EURUSD", Timeframe::h1}, label}, .name = "m", .version = version, .before = before};
}

TEST(Rollback, goes_back_one_step_each_time) {
    std::vector<Change> changes{change(1, 1, 0), change(2, 7, 0, "large_move"), change(3, 2, 1), change(4, 3, 3)};
    const ProductionKey key = changes[0].key;
    EXPECT_EQ(in_production(changes, key)->version, 3);
    EXPECT_EQ(in_production(std::span<const Change>(changes)).size(), 2U);
    for (const int expected : {2, 1}) {
        auto back = plan_rollback(changes, key);
        ASSERT_TRUE(back) << back.error().text;
        EXPECT_EQ(back->version, expected);
        EXPECT_EQ(back->kind, ChangeKind::rollback);
        back->id = static_cast<std::int64_t>(changes.size()) + 1;
        changes.push_back(*back);
    }
    EXPECT_THAT(plan_rollback(changes, key).error().text, HasSubstr("nothing served it before"));
    changes.push_back(change(7, 9, 6));
    EXPECT_EQ(plan_rollback(changes, key)->version, 1) << "back to what the rollback had brought";
    EXPECT_EQ(plan_rollback({}, key).error().code, ErrorCode::not_found);
}

TEST(ProductionKey, does_not_see_blanks_in_a_label) {
    ModelMetadata a = with_panel("", "", "volatility(120)"), b = with_panel("", "", "volatility( 120 )");
    EXPECT_EQ(ProductionKey::of(a), ProductionKey::of(b));
    EXPECT_EQ(to_string(ProductionKey::of(a)), "EURUSD H1 volatility(120)");
}

TEST(Honesty, refuses_features_of_another_manifest) {
    const ModelMetadata m = with_panel("", "");
    EXPECT_TRUE(check_manifest(m, "0123456789abcdef"));
    const auto other = check_manifest(m, "ffff");
    EXPECT_EQ(other.error().code, ErrorCode::gate_refused);
    EXPECT_THAT(other.error().text, testing::AllOf(HasSubstr("0123456789abcdef"), HasSubstr("ffff"), HasSubstr("m version 3")));
    EXPECT_EQ(check_honest(m, R"({"hash":"ffff"})").error().code, ErrorCode::gate_refused);
    for (const char* broken : {"{", "[]", "{}", R"({"hash":1})"}) EXPECT_EQ(check_honest(m, broken).error().code, ErrorCode::bad_input) << broken;
}

TEST(Honesty, refuses_to_score_the_model_on_bars_of_its_fit) {
    const ModelMetadata m = with_panel("", "");
    const auto at = [](const char* text) { return *parse_iso8601(text); };
    EXPECT_TRUE(check_unseen(m, {at("2018-02-01"), at("2019-01-01")}));
    EXPECT_TRUE(check_unseen(m, {at("2011-01-01"), at("2012-10-01")}));
    for (const TimeRange test : {TimeRange{}, TimeRange{at("2018-01-31"), at("2019-01-01")}, TimeRange{at("2011-01-01"), at("2012-10-01T00:00:01Z")}})
        EXPECT_EQ(check_unseen(m, test).error().code, ErrorCode::gate_refused);
    EXPECT_THAT(check_unseen(m, {at("2018-01-31"), at("2019-01-01")}).error().text,
                testing::AllOf(HasSubstr("2018-01-31"), HasSubstr("2018-02-01"), HasSubstr("data ff00"), HasSubstr("a leak")));
}

TEST(Honesty, a_panel_that_scored_the_model_on_its_own_data_is_refused) {
    ModelMetadata m = with_panel("", "");
    EXPECT_TRUE(check_honest(m, "")) << "out of fold";
    m.scoring = Scoring::held_out;
    EXPECT_EQ(check_honest(m, "").error().code, ErrorCode::gate_refused);
    ModelMetadata later = with_panel("2014-01-01", "2018-02-01");
    later.scoring = Scoring::held_out;
    later.panel_json.replace(later.panel_json.find("2018-01-31"), 10, "2018-12-31");
    EXPECT_TRUE(check_honest(later, ""));
    later.panel_json = "null";
    EXPECT_EQ(check_honest(later, "").error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models

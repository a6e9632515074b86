#include "models/evaluation/agreement_panel.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aitrading::models {
namespace {

TEST(agreement_panel, tells_accuracy_where_members_agree_by_thresholds_that_were_frozen) {
    // Four bars on which members agree (three right), four on which they do not (one right).
    const std::vector<float> y{1, 1, 0, 0, 1, 1, 0, 0};
    const std::vector<double> p{0.8, 0.7, 0.2, 0.9, 0.3, 0.2, 0.6, 0.4}, spread{0.1, 0.2, 0.3, 0.4, 1.5, 1.6, 1.7, 1.4};
    FrozenThresholds thresholds;
    thresholds.fold = {0, 0, 0, 0, 0, 0, 0, 0};
    const double none = std::numeric_limits<double>::quiet_NaN();
    thresholds.by_fold = {{0, agreement_of(1), agreement_of(0.15), none, none}};
    const AgreementPanel panel = agreement_panel(y, p, spread, thresholds);
    ASSERT_EQ(panel.accuracy_at.size(), panel_coverages.size());
    EXPECT_EQ(panel.accuracy_at[0].accuracy, 0.5);
    EXPECT_EQ(panel.accuracy_at[1].count, 4);
    EXPECT_EQ(panel.accuracy_at[1].accuracy, 0.75);
    EXPECT_NEAR(panel.accuracy_at[1].threshold, 1, 1e-12);
    EXPECT_EQ(panel.accuracy_at[2].count, 1);
    EXPECT_EQ(panel.accuracy_at[3].count, 0) << "no threshold was known: no bar takes part";
    // Wrong: spreads .4 1.5 1.6 1.7; right: .1 .2 .3 1.4. Of 16 pairs 15 are in order.
    EXPECT_NEAR(*panel.error_auc.value, 15.0 / 16, 1e-12);
    const auto json = nlohmann::json::parse(agreement_json(panel));
    EXPECT_EQ(json["accuracy_at"]["0.5"], 0.75);
    EXPECT_TRUE(json["accuracy_at"]["0.1"].is_null());
    EXPECT_EQ(json["accuracy_at_detail"]["0.5"]["count"], 4);
}

TEST(agreement_panel, agreement_falls_as_members_lie_further_apart) {
    EXPECT_EQ(agreement_of(0), 0.5);
    EXPECT_GT(agreement_of(0.1), agreement_of(0.2));
    EXPECT_GT(agreement_of(1e6), 0);
}

}  // namespace
}  // namespace aitrading::models

#include "report/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aitrading::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

RunResult with_sharpe(double low, double value, double high) {
    RunResult r;
    r.trades = 1200;
    r.sharpe = value;
    r.sharpe_low = low;
    r.sharpe_high = high;
    r.net = Money::from_double(value * 100);
    return r;
}

TEST(RunVerdict, warns_of_a_sure_loss) {
    const RunResult r = with_sharpe(-1.9, -1.02, -0.2);
    EXPECT_EQ(outcome_of(r), Outcome::loss);
    EXPECT_EQ(run_verdict(r), "After costs this would have lost 1.02 Sharpe a year (95 % interval −1.90 to −0.20, 1,200\u00a0trades): do not trade it.");
}

TEST(RunVerdict, cannot_tell_an_interval_around_zero_from_luck) {
    for (const double value : {0.4, -0.4}) {
        const RunResult r = with_sharpe(value - 1, value, value + 1);
        EXPECT_EQ(outcome_of(r), Outcome::luck);
        EXPECT_THAT(run_verdict(r), EndsWith("that cannot be told from luck."));
    }
    EXPECT_EQ(outcome_of(with_sharpe(0, 0.5, 1)), Outcome::luck) << "zero itself is inside";
}

TEST(RunVerdict, lets_the_number_of_trials_take_a_gain_back) {
    RunResult r = with_sharpe(0.3, 1.1, 1.9);
    r.psr = 0.99;
    EXPECT_EQ(outcome_of(r), Outcome::gain);
    r.trials = 1000;
    r.dsr = 0.61;
    EXPECT_EQ(outcome_of(r), Outcome::luck);
    EXPECT_THAT(run_verdict(r), HasSubstr("best of 1,000 tried"));
    EXPECT_THAT(run_verdict(r), EndsWith("the probability that it is luck is 39.0\u00a0%: do not trust it yet."));
}

TEST(RunVerdict, says_why_it_cannot_judge) {
    RunResult r;
    EXPECT_EQ(run_verdict(r), "No trade was made: there is nothing to judge.");
    r.trades = 3;
    r.net = Money::from_double(5);
    r.sharpe = Figure::unknown("fewer than 20 days");
    EXPECT_EQ(outcome_of(r), Outcome::unknown);
    EXPECT_EQ(run_verdict(r), "After costs this would have made money; how sure that is cannot be said: fewer than 20 days.");
    r.sharpe = 1.0;
    r.sharpe_low = Figure::unknown("too few days to resample");
    EXPECT_THAT(run_verdict(r), EndsWith("cannot be said: too few days to resample."));
}

ModelPanel model(const char* name, double low, double accuracy, double high, double log_loss, bool baseline = false) {
    ModelPanel m;
    m.name = name;
    m.baseline = baseline;
    m.panel.n = 1000;
    m.panel.majority_rate = 0.51;
    m.panel.accuracy = accuracy;
    m.panel.accuracy_low = low;
    m.panel.accuracy_high = high;
    m.panel.log_loss = log_loss;
    m.panel.log_loss_skill = 1 - log_loss / 0.6931;
    return m;
}

TEST(EvaluationVerdict, calls_a_coin_a_coin) {
    const ModelPanel m = model("lightgbm", 0.49, 0.515, 0.54, 0.693);
    EXPECT_THAT(evaluation_verdict("next_bar", m, {m}), HasSubstr("cannot be told from knowing only the base rate"));
    EXPECT_THAT(panel_advice(m.panel), HasSubstr("do not trade it"));
}

TEST(EvaluationVerdict, speaks_of_worse_than_nothing) {
    const ModelPanel m = model("lightgbm", 0.44, 0.46, 0.48, 0.70);
    EXPECT_THAT(evaluation_verdict("next_bar", m, {m}), EndsWith("worse than knowing nothing."));
}

TEST(EvaluationVerdict, names_a_baseline_that_does_better) {
    const ModelPanel m = model("lightgbm", 0.64, 0.66, 0.68, 0.62), har = model("har", 0.63, 0.65, 0.67, 0.60, true);
    EXPECT_THAT(evaluation_verdict("volatility(5)", m, {m, har}), HasSubstr("The baseline har does better in log loss"));
    const ModelPanel worse = model("har", 0.63, 0.65, 0.67, 0.65, true);
    EXPECT_THAT(evaluation_verdict("volatility(5)", m, {m, worse}), Not(HasSubstr("har")));
}

TEST(EvaluationVerdict, sets_costs_against_an_edge) {
    ModelPanel m = model("lightgbm", 0.522, 0.5275, 0.533, 0.6921);
    m.panel.net_sharpe_1x = -1.02;
    EXPECT_THAT(evaluation_verdict("next_bar", m, {m}), EndsWith("a real but small edge. After costs it would have lost 1.02 Sharpe a year: do not trade it."));
}

TEST(EvaluationVerdict, distrusts_probabilities_that_lose_to_the_constant) {
    const ModelPanel m = model("lightgbm", 0.522, 0.5275, 0.533, 0.70);
    EXPECT_THAT(evaluation_verdict("next_bar", m, {m}), HasSubstr("calibrate before use"));
}

}  // namespace
}  // namespace aitrading::report

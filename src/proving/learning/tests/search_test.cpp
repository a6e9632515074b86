#include "proving/learning/search.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proving/learning/tests/surfaces.hpp"

namespace aitrading::learning {
namespace {

using testing::HasSubstr;

constexpr int kSeeds = 15;

double median_best(const SearchSpace& space, const Objective& objective, SearchMethod method, int trials) {
    std::vector<double> best;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SearchOptions options;
        options.method = method;
        options.trials = trials;
        options.seed = seed;
        const auto outcome = search(space, objective, options);
        EXPECT_TRUE(outcome);
        best.push_back(outcome->trials[outcome->best].loss);
    }
    std::ranges::nth_element(best, best.begin() + kSeeds / 2);
    return best[kSeeds / 2];
}

Result<double> branin_loss(const Trial& t) {
    return branin(t.values[0], t.values[1]);
}
Result<double> hartmann_loss(const Trial& t) {
    return hartmann6(t.values);
}

TEST(Surfaces, equal_the_published_values) {
    // Vector hpo-branin.
    const double points[][3] = {{-3.14159265359, 12.275, 0.39788735773},
                                {3.14159265359, 2.275, 0.39788735773},
                                {9.42478, 2.475, 0.397887357753},
                                {0, 0, 55.6021126423},
                                {5, 7, 45.5352802594}};
    for (const auto& [x, y, f] : points) EXPECT_NEAR(branin(x, y), f, 1e-6);
    EXPECT_NEAR(hartmann6({0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573}), -3.32237, 1e-5);
}

TEST(SearchTest, tpe_reaches_the_gate_on_branin) {
    const double tpe = median_best(branin_space(), branin_loss, SearchMethod::tpe, 200);
    EXPECT_LE(tpe, 0.42);
    RecordProperty("median_best", std::to_string(tpe));
    EXPECT_LT(tpe, median_best(branin_space(), branin_loss, SearchMethod::random, 200));
}

TEST(SearchTest, tpe_reaches_the_gate_on_hartmann6) {
    const double tpe = median_best(hartmann6_space(), hartmann_loss, SearchMethod::tpe, 200);
    EXPECT_LE(tpe, -3.0);
    RecordProperty("median_best", std::to_string(tpe));
    EXPECT_LT(tpe, median_best(hartmann6_space(), hartmann_loss, SearchMethod::random, 200));
}

SearchSpace mixed_space() {
    return {{"kind", ParameterKind::categorical, 0, 0, {"flat", "deep", "odd"}},
            {"rate", ParameterKind::logarithmic, 1e-3, 1, {}},
            {"depth", ParameterKind::integer, 2, 9, {}, "kind", 1},
            {"leaves", ParameterKind::logarithmic_integer, 4, 256, {}, "kind", 1}};
}

/// Least at kind=deep, rate=0.05, depth=6, leaves=40.
Result<double> mixed_loss(const Trial& t) {
    const double rate = std::pow(std::log(t.values[1] / 0.05), 2);
    if (t.values[0] != 1) return 5 + t.values[0] + rate;
    return rate + std::fabs(t.values[2] - 6) + std::pow(std::log(t.values[3] / 40), 2);
}

TEST(SearchTest, mixed_conditional_space_is_respected_and_solved) {
    SearchOptions options;
    options.trials = 150;
    const auto outcome = search(mixed_space(), mixed_loss, options);
    ASSERT_TRUE(outcome);
    std::set<double> kinds;
    for (const auto& trial : outcome->trials) {
        kinds.insert(trial.values[0]);
        const bool deep = trial.values[0] == 1;
        EXPECT_EQ(std::isnan(trial.values[2]), !deep);
        EXPECT_EQ(std::isnan(trial.values[3]), !deep);
        EXPECT_TRUE(trial.values[1] >= 1e-3 && trial.values[1] <= 1);
        if (!deep) continue;
        EXPECT_TRUE(trial.values[2] >= 2 && trial.values[2] <= 9 &&
                    trial.values[2] == std::floor(trial.values[2]));
        EXPECT_TRUE(trial.values[3] >= 4 && trial.values[3] <= 256 &&
                    trial.values[3] == std::floor(trial.values[3]));
    }
    EXPECT_EQ(kinds.size(), 3U);
    const auto& best = outcome->trials[outcome->best];
    EXPECT_LT(best.loss, 0.3);
    EXPECT_THAT(words(mixed_space(), best), HasSubstr("kind=deep rate="));
    EXPECT_EQ(words(mixed_space(), {0, {0, 0.25, NAN, NAN}, 0}), "kind=flat rate=0.25");
    EXPECT_EQ(words(mixed_space(), {0, {1, 0.25, 3, 17}, 0}), "kind=deep rate=0.25 depth=3 leaves=17");
}

bool same_values(const Trial& a, const Trial& b) {
    return std::ranges::equal(a.values, b.values,
                              [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

TEST(SearchTest, resumed_search_equals_an_uninterrupted_one) {
    for (const int batch : {1, 4}) {
        SearchOptions options;
        options.trials = 60;
        options.batch = batch;
        const auto whole = search(mixed_space(), mixed_loss, options);
        for (const int cut : {1, 7, 22, 59}) {
            const std::vector<Trial> kept(whole->trials.begin(), whole->trials.begin() + cut);
            const auto resumed = search(mixed_space(), mixed_loss, options, kept);
            ASSERT_EQ(resumed->trial_count(), 60);
            for (std::size_t i = 0; i < 60; ++i) {
                EXPECT_TRUE(same_values(resumed->trials[i], whole->trials[i]))
                    << "batch " << batch << " cut " << cut << " trial " << i;
                EXPECT_EQ(resumed->trials[i].loss, whole->trials[i].loss);
            }
        }
    }
}

TEST(SearchTest, threads_do_not_change_the_trials) {
    SearchOptions options;
    options.trials = 50;
    options.batch = 5;
    const auto one = search(mixed_space(), mixed_loss, options);
    options.threads = 4;
    const auto four = search(mixed_space(), mixed_loss, options);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_TRUE(same_values(one->trials[i], four->trials[i]));
    options.seed = 2;
    EXPECT_FALSE(same_values(search(mixed_space(), mixed_loss, options)->trials[20], one->trials[20]));
}

TEST(SearchTest, batch_does_not_propose_one_point_again_and_again) {
    SearchOptions options;
    options.trials = 48;
    options.batch = 8;
    const auto outcome = search(branin_space(), branin_loss, options);
    std::set<std::vector<double>> distinct;
    for (const auto& trial : outcome->trials) distinct.insert(trial.values);
    EXPECT_EQ(distinct.size(), 48U);
}

TEST(SearchTest, failed_trials_count_and_never_win) {
    SearchOptions options;
    options.trials = 40;
    int calls = 0;
    const auto outcome = search(
        branin_space(),
        [&](const Trial& t) -> Result<double> {
            if (++calls % 3 == 0) return fail(ErrorCode::failed, "no fit");
            if (calls % 3 == 1) return std::nan("");
            return branin_loss(t);
        },
        options);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->trial_count(), 40);
    EXPECT_TRUE(std::isfinite(outcome->trials[outcome->best].loss));
    const auto none = search(
        branin_space(), [](const Trial&) -> Result<double> { return fail(ErrorCode::bad_input, "row 3"); },
        options);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().text, "row 3");
}

TEST(SearchTest, stop_keeps_finished_trials) {
    std::stop_source stop;
    SearchOptions options;
    options.trials = 100;
    options.stop = stop.get_token();
    std::vector<Trial> kept;
    const auto outcome =
        search(branin_space(), branin_loss, options, {}, [&](const Trial& t) -> Result<void> {
            kept.push_back(t);
            if (kept.size() == 17) stop.request_stop();
            return {};
        });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::interrupted);
    EXPECT_EQ(kept.size(), 17U);
}

TEST(SearchTest, unusable_spaces_and_options_are_named) {
    const auto why = [](const SearchSpace& space) { return check_space(space).error().text; };
    EXPECT_THAT(why({{"a", ParameterKind::real, 1, 0, {}}}), HasSubstr("'a' has an empty range"));
    EXPECT_THAT(why({{"a", ParameterKind::logarithmic, 0, 1, {}}}), HasSubstr("logarithmic"));
    EXPECT_THAT(why({{"a", ParameterKind::categorical, 0, 1, {}}}), HasSubstr("no choices"));
    EXPECT_THAT(why({{"a", ParameterKind::real, 0, 1, {}}, {"a", ParameterKind::real, 0, 1, {}}}),
                HasSubstr("twice"));
    EXPECT_THAT(
        why({{"b", ParameterKind::real, 0, 1, {}, "a", 0}, {"a", ParameterKind::categorical, 0, 0, {"x"}}}),
        HasSubstr("not a choice before it"));
    EXPECT_THAT(
        why({{"a", ParameterKind::categorical, 0, 0, {"x"}}, {"b", ParameterKind::real, 0, 1, {}, "a", 1}}),
        HasSubstr("does not have"));
    SearchOptions options;
    options.trials = 0;
    EXPECT_EQ(search(branin_space(), branin_loss, options).error().code, ErrorCode::usage);
    EXPECT_THAT(search(branin_space(), branin_loss, {}, {{0, {1.0}, 2.0}}).error().text,
                HasSubstr("kept trial 0"));
}

}  // namespace
}  // namespace aitrading::learning

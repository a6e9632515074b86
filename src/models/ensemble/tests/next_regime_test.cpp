#include "models/ensemble/next_regime.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/boosting/boosting.hpp"

namespace aitrading::models {
namespace {

/// Three states in a fixed order 0, 1, 2, 0 …, 5 to 25 rows each; the feature tells the state and how long it has lasted.
struct Cycle {
    std::vector<double> features;
    std::vector<double> law;  ///< [rows x 3], certain
    std::vector<int> state;
    MatrixView view() const { return {features.data(), state.size(), 2, 2}; }
    insight::SmoothedPath path() const { return {3, law}; }
};

Cycle cycle(std::size_t rows, std::uint64_t seed, std::size_t stay) {
    SplitMix64 random(seed);
    Cycle out;
    int state = 0;
    for (std::size_t t = 0, age = 0; t < rows; ++t, ++age) {
        if (age >= stay) state = (state + 1) % 3, age = 0;
        out.state.push_back(state);
        out.features.insert(out.features.end(), {state + 0.1 * random.next_normal(), static_cast<double>(age)});
        for (int k = 0; k < 3; ++k) out.law.push_back(k == state ? 1 : 0);
    }
    return out;
}

std::unique_ptr<Learner> trees(const char* name) {
    return *make_learner(name, std::string(name) == "lightgbm" ? "rounds=60 learning_rate=0.2 min_rows_in_leaf=20 column_fraction=1"
                                                               : "trees=40 min_rows_in_leaf=20 column_fraction=1");
}

double accuracy(const NextRegime& model, const Cycle& data, std::size_t from, std::size_t horizon) {
    double right = 0, all = 0;
    std::array<double, 3> law{};
    for (std::size_t t = from; t + horizon < data.state.size(); ++t) {
        model.predict_row(data.view().row(t), law);
        EXPECT_NEAR(law[0] + law[1] + law[2], 1, 1e-12);
        right += insight::most_likely(law) == static_cast<std::size_t>(data.state[t + horizon]) ? 1 : 0;
        all += 1;
    }
    return right / all;
}

TEST(next_regime, sees_what_persistence_cannot) {
    const Cycle data = cycle(6000, 1, 10);
    const insight::SmoothedPath path(3, {data.law.begin(), data.law.begin() + 3 * 4000});
    for (const char* name : {"lightgbm", "random_forest"}) {
        const auto model = NextRegime::fit(*trees(name), data.view().slice(0, 4000), NextRegimeTargets(path, 5), {.purge = 5});
        ASSERT_TRUE(model) << model.error().text;
        EXPECT_GT(accuracy(*model, data, 4000, 5), 0.97) << name;  // persistence is right on half the rows
        EXPECT_TRUE(model->not_learnt().empty());
    }
}

TEST(next_regime, is_the_same_at_any_thread_count_and_learns_from_nothing_beyond_its_rows) {
    Cycle data = cycle(2000, 2, 10);
    const insight::SmoothedPath path(3, {data.law.begin(), data.law.begin() + 3 * 1500});
    const auto one = NextRegime::fit(*trees("lightgbm"), data.view().slice(0, 1500), NextRegimeTargets(path, 3), {.threads = 1});
    for (std::size_t i = 2 * 1500; i < data.features.size(); ++i) data.features[i] = 99;
    const auto three = NextRegime::fit(*trees("lightgbm"), data.view().slice(0, 1500), NextRegimeTargets(path, 3), {.threads = 3});
    std::array<double, 3> a{}, b{};
    for (std::size_t t = 0; t < 1500; t += 50) {
        one->predict_row(data.view().row(t), a);
        three->predict_row(data.view().row(t), b);
        ASSERT_EQ(a, b);
    }
}

TEST(next_regime, tells_kinds_that_hardly_came_and_bad_input) {
    Cycle data = cycle(1200, 3, 10);
    for (std::size_t t = 0; t < 1200; ++t)
        if (data.state[t] == 2 && t > 60) data.law[3 * t + 2] = 0, data.law[3 * t] = 1;
    const auto model = NextRegime::fit(*trees("lightgbm"), data.view(), NextRegimeTargets(data.path(), 1), {});
    ASSERT_TRUE(model) << model.error().text;
    EXPECT_EQ(model->not_learnt(), (std::vector<std::size_t>{2}));
    std::array<double, 3> law{};
    model->predict_row(data.view().row(500), law);
    EXPECT_GT(law[2], 0);
    EXPECT_LT(law[2], 0.05);
    const NextRegimeTargets targets(data.path(), 1);
    EXPECT_EQ(NextRegime::fit(*trees("lightgbm"), data.view().slice(0, 500), targets, {}).error().code, ErrorCode::bad_input);
    const insight::SmoothedPath same(2, std::vector<double>(600, 1.0));
    const auto one_kind = NextRegime::fit(*trees("lightgbm"), data.view().slice(0, 300), NextRegimeTargets(same, 1), {});
    EXPECT_NE(one_kind.error().text.find("nothing to tell apart"), std::string::npos) << one_kind.error().text;
    const insight::SmoothedPath few(2, std::vector<double>(200, 1.0));
    EXPECT_EQ(NextRegime::fit(*trees("lightgbm"), data.view().slice(0, 100), NextRegimeTargets(few, 1), {}).error().code, ErrorCode::bad_input);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(NextRegime::fit(*trees("lightgbm"), data.view(), targets, {.stop = stop.get_token()}).error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace aitrading::models

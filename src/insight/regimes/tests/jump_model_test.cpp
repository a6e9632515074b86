#include "insight/regimes/jump_model.hpp"

#include <cmath>
#include <type_traits>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/regimes/assignment.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

MatrixView view(const std::vector<double>& x, std::size_t columns) { return {x.data(), x.size() / columns, columns, columns}; }

std::vector<int> online(const JumpModel& model, MatrixView x) {
    JumpModelFilter filter = *JumpModelFilter::of(model);
    std::vector<int> out;
    out.reserve(x.rows);
    for (std::size_t t = 0; t < x.rows; ++t) out.push_back(static_cast<int>(filter.update(x.row(t))));
    return out;
}

TEST(jump_model, finds_what_the_jumpmodels_package_finds) {
    const auto g = golden("jump");
    const std::vector<double> x = flat(g["x"]), theirs = flat(g["centre"]);
    const std::size_t train = g["train"].get<std::size_t>();
    const auto fit = fit_jump_model(view(x, 3).slice(0, train), {.states = 3, .penalty = g["penalty"].get<double>(), .starts = 20});
    ASSERT_TRUE(fit) << fit.error().text;
    EXPECT_TRUE(fit->report.converged);
    EXPECT_NEAR(fit->report.cost, g["cost"].get<double>(), 1e-8);
    std::size_t of[3];  // their number of our state
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t j = 0; j < 3; ++j)
            if (std::abs(fit->model.centre[3 * k] - theirs[3 * j]) < 1e-8) of[k] = j;
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(fit->model.centre[3 * k + c], theirs[3 * of[k] + c], 1e-10);
    const SmoothedPath path = *smoothed_path(fit->model, view(x, 3).slice(0, train));
    for (std::size_t t = 0; t < train; ++t) EXPECT_EQ(of[path.hindsight_state(t)], g["labels"][t].get<std::size_t>()) << t;
    const std::vector<int> ours = online(fit->model, view(x, 3));
    for (std::size_t t = 0; t < ours.size(); ++t) EXPECT_EQ(of[static_cast<std::size_t>(ours[t])], g["online"][t].get<std::size_t>()) << t;
}

/// Rows of two states that last about 50 rows, noise deviation 1, apart by `gap`.
std::vector<double> two_states(std::size_t rows, double gap, std::uint64_t seed, std::vector<int>* truth = nullptr) {
    SplitMix64 random(seed);
    std::vector<double> x;
    x.reserve(rows);
    int state = 0;
    for (std::size_t t = 0; t < rows; ++t) {
        if (random.next_uniform() < 0.02) state = 1 - state;
        x.push_back(gap * state + random.next_normal());
        if (truth != nullptr) truth->push_back(state);
    }
    return x;
}

TEST(jump_model, changes_nothing_before_a_cut) {
    const std::vector<double> x = two_states(600, 2, 3);
    const auto fit = fit_jump_model(view(x, 1).slice(0, 300), {.states = 2, .penalty = 10});
    const auto whole = online(fit->model, view(x, 1));
    std::vector<double> other = x;
    for (std::size_t t = 400; t < 600; ++t) other[t] = 50;
    const auto changed = online(fit->model, view(other, 1));
    for (std::size_t t = 0; t < 400; ++t) EXPECT_EQ(whole[t], changed[t]) << t;
    for (const std::size_t cut : {1U, 77U, 333U}) {
        const auto part = online(fit->model, view(x, 1).slice(0, cut));
        EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
    }
}

TEST(jump_model, scales_by_the_training_rows_alone) {
    std::vector<double> x = two_states(600, 3, 4);
    const auto fit = fit_jump_model(view(x, 1).slice(0, 400), {.states = 2, .penalty = 10});
    for (std::size_t t = 400; t < 600; ++t) x[t] *= 100;
    const auto again = fit_jump_model(view(x, 1).slice(0, 400), {.states = 2, .penalty = 10});
    EXPECT_EQ(fit->model.mean, again->model.mean);
    EXPECT_EQ(fit->model.deviation, again->model.deviation);
}

TEST(jump_model, is_more_persistent_and_more_often_right_than_plain_clusters) {
    std::vector<int> truth;
    const std::vector<double> x = two_states(4000, 2, 5, &truth);
    const auto plain = fit_jump_model(view(x, 1), {.states = 2, .penalty = 0}), jump = fit_jump_model(view(x, 1), {.states = 2, .penalty = 4});
    const RegimeScore a = score_regimes(truth, online(plain->model, view(x, 1)), 2), b = score_regimes(truth, online(jump->model, view(x, 1)), 2);
    EXPECT_LT(b.transitions_ratio, 2);
    EXPECT_GT(a.transitions_ratio, 10);
    EXPECT_GT(b.balanced_accuracy, a.balanced_accuracy + 0.05);
}

TEST(jump_model, is_the_same_at_any_thread_count) {
    const std::vector<double> x = two_states(800, 2, 6);
    const auto one = fit_jump_model(view(x, 1), {.states = 3, .penalty = 5, .seed = 4, .threads = 1});
    const auto three = fit_jump_model(view(x, 1), {.states = 3, .penalty = 5, .seed = 4, .threads = 3});
    EXPECT_EQ(one->model.centre, three->model.centre);
    EXPECT_EQ(one->report.cost, three->report.cost);
}

TEST(jump_model, tells_a_collapse_and_a_descent_that_did_not_arrive) {
    const std::vector<double> x = two_states(500, 2, 7);
    const auto collapsed = fit_jump_model(view(x, 1), {.states = 2, .penalty = 1e6, .starts = 3});
    ASSERT_FALSE(collapsed);
    EXPECT_EQ(collapsed.error().code, ErrorCode::failed);
    EXPECT_NE(collapsed.error().text.find("penalty below 1000000"), std::string::npos) << collapsed.error().text;
    EXPECT_FALSE(fit_jump_model(view(x, 1), {.states = 2, .penalty = 5, .iterations_max = 1})->report.converged);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(fit_jump_model(view(x, 1), {.stop = stop.get_token()}).error().code, ErrorCode::interrupted);
}

TEST(jump_model, tells_what_is_wrong_with_rows) {
    std::vector<double> x = two_states(100, 2, 8);
    EXPECT_EQ(fit_jump_model(view(x, 1), {.states = 11}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(fit_jump_model(view(x, 1), {.states = 99}).error().code, ErrorCode::usage);
    EXPECT_EQ(fit_jump_model(view(x, 1), {.penalty = NAN}).error().code, ErrorCode::usage);
    JumpModel model = fit_jump_model(view(x, 1), {.states = 2, .penalty = 5})->model;
    JumpModelFilter filter = *JumpModelFilter::of(model);
    filter.update(std::vector{x[0]});
    const std::vector<double> before(filter.excess_cost().begin(), filter.excess_cost().end());
    filter.update(std::vector<double>{NAN});
    EXPECT_EQ(before, std::vector<double>(filter.excess_cost().begin(), filter.excess_cost().end()));
    x[40] = INFINITY;
    EXPECT_NE(fit_jump_model(view(x, 1), {.states = 2}).error().text.find("row 40, column 0"), std::string::npos);
    const std::vector<double> still(100, 0.1);
    EXPECT_NE(fit_jump_model(view(still, 1), {.states = 2}).error().text.find("the same value"), std::string::npos);
    model.deviation[0] = 0;
    EXPECT_EQ(JumpModelFilter::of(model).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::insight

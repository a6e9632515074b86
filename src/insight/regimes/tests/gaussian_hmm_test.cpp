#include "insight/regimes/gaussian_hmm.hpp"

#include <cmath>
#include <cstring>
#include <numbers>
#include <type_traits>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/regimes/degrees_of_freedom.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

MatrixView view(const std::vector<double>& x, std::size_t columns) {
    return {x.data(), x.size() / columns, columns, columns};
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

/// Rows of two far-apart states that last about 50 rows each.
std::vector<double> two_states(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> x;
    bool high = false;
    for (std::size_t t = 0; t < rows; ++t) {
        if (random.next_uniform() < 0.02) high = !high;
        x.push_back((high ? 3.0 : 0.0) + random.next_normal());
        x.push_back((high ? -1.0 : 1.0) * x.back() * 0.5 + random.next_normal());
    }
    return x;
}

// The smoothed path has no way into a feature: it converts to nothing that a matrix or a filter path is made of.
static_assert(!std::is_convertible_v<SmoothedPath, FilteredPath> && !std::is_convertible_v<SmoothedPath, std::span<const double>> &&
              !std::is_convertible_v<SmoothedPath, MatrixView> && !std::is_convertible_v<SmoothedPath, std::vector<double>>);

TEST(gaussian_hmm, climbs_as_hmmlearn_does_past_an_outlier) {
    const auto g = golden("hmm");
    const auto& from = g["start_parameters"];
    const std::vector<double> x = flat(g["x"]);
    GaussianHmm start{{3, flat(from["start"]), flat(from["transition"])}, 2, flat(from["mean"]), flat(from["covariance"])};
    GaussianHmmFilter filter = *GaussianHmmFilter::of(start);
    for (std::size_t t = 0; t < x.size() / 2; ++t) filter.update(std::span(x).subspan(2 * t, 2));
    EXPECT_NEAR(filter.log_likelihood(), g["log_likelihood_at_start"].get<double>(), 1e-8);
    const auto fit = refine_gaussian_hmm(start, view(x, 2), {.iterations_max = 5, .tolerance = -1e9, .prior = {0, 0}});
    ASSERT_TRUE(fit) << fit.error().text;
    expect_near(fit->model.chain.transition, flat(g["transition"]), 1e-5);  // the start's touch of evenness is felt in digit 6
    expect_near(fit->model.mean, flat(g["mean"]), 1e-5);
    expect_near(fit->model.covariance, flat(g["covariance"]), 1e-4);
    EXPECT_NEAR(fit->report.log_likelihood, g["log_likelihood"].get<double>(), 1e-4);
    const auto path = smoothed_path(fit->model, view(x, 2));
    const auto smoothed = flat(g["smoothed"]);
    for (std::size_t t = 0; t < path->size(); ++t)
        for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(path->hindsight_probability(t, k), smoothed[3 * t + k], 1e-4) << t;
}

TEST(gaussian_hmm, filters_and_smooths_daily_returns_of_two_regimes) {  // vector hmm-gauss-2
    const GaussianHmm model{{2, {0.851063829787, 0.148936170213}, {0.9979, 0.0021, 0.012, 0.988}}, 1, {0.000615, -0.000785},
                            {0.007759 * 0.007759, 0.0214 * 0.0214}};
    const std::vector<double> x{0.00976, -0.00141, 0.00872, -0.02059, -0.01877, 0.00944, -0.00269, 0.00861,
                                -0.00863, -0.02167, -0.01806, 0.0142, 0.02322, -0.03889, 0.00686, -0.04126};
    const std::vector<double> filtered{0.10116690615, 0.0407831917219, 0.0244317950418, 0.210119674521, 0.60440964493, 0.478819571633,
                                       0.262851684431, 0.165269352922, 0.119931969697, 0.655804109578, 0.897460912434, 0.911541092034,
                                       0.991887976934, 0.999999354888, 0.974821966832, 0.999999701514};
    const std::vector<double> smoothed{0.824808945305, 0.840164836189, 0.882102846468, 0.95695465004, 0.96448675072, 0.965199782666,
                                       0.967072179735, 0.972719556837, 0.983121525115, 0.998452790984, 0.999556686695, 0.999778312219,
                                       0.999982615384, 0.999999995673, 0.999944901073, 0.999999701514};
    GaussianHmmFilter filter = *GaussianHmmFilter::of(model);
    for (std::size_t t = 0; t < x.size(); ++t) EXPECT_NEAR(filter.update({&x[t], 1})[1], filtered[t], 1e-9);
    EXPECT_NEAR(filter.log_likelihood(), 38.5182417362, 1e-9);
    const auto phi = [](double v) { return 0.5 * std::erfc(-v / std::numbers::sqrt2); };
    EXPECT_NEAR(filter.forecast()[0] * phi(0.000615 / 0.007759) + filter.forecast()[1] * phi(-0.000785 / 0.0214), 0.485923825369, 1e-9);
    const auto path = smoothed_path(model, view(x, 1));
    for (std::size_t t = 0; t < x.size(); ++t) EXPECT_NEAR(path->hindsight_probability(t, 1), smoothed[t], 1e-9);
}

TEST(gaussian_hmm, finds_two_states_and_is_the_same_at_any_thread_count) {
    const std::vector<double> x = two_states(3000, 1);
    const GaussianHmmOptions options{.states = 2, .starts = 3, .seed = 5};
    GaussianHmmOptions threaded = options;
    threaded.threads = 3;
    const auto fit = fit_gaussian_hmm(view(x, 2), options), again = fit_gaussian_hmm(view(x, 2), threaded);
    ASSERT_TRUE(fit) << fit.error().text;
    EXPECT_TRUE(fit->report.converged);
    const std::size_t high = fit->model.mean[0] > fit->model.mean[2] ? 0 : 1;
    EXPECT_NEAR(fit->model.mean[2 * high], 3, 0.15);
    EXPECT_NEAR(fit->model.mean[2 * (1 - high)], 0, 0.15);
    EXPECT_NEAR(fit->model.covariance[4 * high + 1], -0.5, 0.1);
    EXPECT_NEAR(fit->model.chain.transition[0], 0.98, 0.01);
    EXPECT_EQ(fit->model.mean, again->model.mean);
    EXPECT_EQ(fit->model.chain.transition, again->model.chain.transition);
}

TEST(gaussian_hmm, never_falls_while_it_climbs) {
    const std::vector<double> x = two_states(800, 2);
    for (const double degrees : {std::numeric_limits<double>::infinity(), 4.0}) {
        GaussianHmmOptions options{.states = 3, .degrees = degrees, .starts = 1, .seed = 3};
        options.em.tolerance = -1e9;
        double last = -std::numeric_limits<double>::infinity();
        for (int i = 0; i < 25; ++i) {
            options.em.iterations_max = i;
            const auto fit = fit_gaussian_hmm(view(x, 2), options);
            ASSERT_TRUE(fit);
            const double value = fit->report.log_likelihood + log_prior(fit->model.chain, options.em.prior);
            EXPECT_GE(value, last - 1e-4) << i;  // the start's evenness costs a little
            last = value;
        }
    }
}

TEST(gaussian_hmm, of_t_laws_is_hardly_moved_by_outliers) {
    std::vector<double> x = two_states(2000, 4);
    for (std::size_t t = 50; t < 2000; t += 200) x[2 * t] = 60;
    const auto heavy = fit_gaussian_hmm(view(x, 2), {.states = 2, .degrees = 4, .starts = 3, .seed = 1});
    ASSERT_TRUE(heavy) << heavy.error().text;
    const auto [low, high] = std::minmax(heavy->model.mean[0], heavy->model.mean[2]);
    EXPECT_NEAR(low, 0, 0.25);
    EXPECT_NEAR(high, 3, 0.25);
}

TEST(gaussian_hmm, estimates_degrees_of_freedom_as_scipy_does) {
    const auto g = golden("student");
    const std::vector<double> x = flat(g["x"]);
    for (const auto& pair : g["digamma"]) EXPECT_NEAR(digamma(pair[0]), pair[1].get<double>(), 1e-11) << pair[0];
    GaussianHmmOptions options{.states = 1, .estimate_degrees = true, .starts = 1};
    options.em.tolerance = 1e-12;
    options.em.iterations_max = 2000;
    const auto fit = fit_gaussian_hmm(view(x, 1), options);
    ASSERT_TRUE(fit) << fit.error().text;
    EXPECT_TRUE(fit->report.converged);
    EXPECT_FALSE(fit->degrees_at_bound);
    EXPECT_NEAR(fit->model.degrees, g["degrees"].get<double>(), 0.01);
    EXPECT_NEAR(fit->model.mean[0], g["mean"].get<double>(), 1e-3);
    EXPECT_NEAR(std::sqrt(fit->model.covariance[0]), g["scale"].get<double>(), 2e-3);
    EXPECT_NEAR(fit->report.log_likelihood, g["log_likelihood"].get<double>(), 1e-3);
}

/// Rows of two far-apart states of t laws with so many degrees of freedom, two columns.
std::vector<double> two_t_states(std::size_t rows, double degrees, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> x;
    bool high = false;
    for (std::size_t t = 0; t < rows; ++t) {
        if (random.next_uniform() < 0.01) high = !high;
        double square = 0;
        for (int i = 0; i < static_cast<int>(degrees); ++i) square += std::pow(random.next_normal(), 2);
        const double scale = std::sqrt(degrees / square);
        x.push_back((high ? 8.0 : 0.0) + scale * random.next_normal());
        x.push_back(scale * random.next_normal());
    }
    return x;
}

TEST(gaussian_hmm, recovers_degrees_of_freedom_beside_hidden_states) {
    for (const double degrees : {3.0, 6.0}) {
        const auto fit = fit_gaussian_hmm(view(two_t_states(8000, degrees, 9), 2), {.states = 2, .estimate_degrees = true, .starts = 3});
        ASSERT_TRUE(fit) << fit.error().text;
        EXPECT_NEAR(fit->model.degrees, degrees, 0.15 * degrees);
        EXPECT_FALSE(fit->degrees_at_bound);
    }
}

TEST(gaussian_hmm, never_falls_while_it_estimates_degrees_and_says_where_they_end_at_a_bound) {
    const std::vector<double> x = two_states(800, 2);
    GaussianHmmOptions options{.states = 2, .estimate_degrees = true, .starts = 1};
    options.em.tolerance = -1e9;
    double last = -std::numeric_limits<double>::infinity();
    for (int i = 0; i < 25; ++i) {
        options.em.iterations_max = i;
        const auto fit = fit_gaussian_hmm(view(x, 2), options);
        const double value = fit->report.log_likelihood + log_prior(fit->model.chain, options.em.prior);
        EXPECT_GE(value, last - 1e-4) << i;
        last = value;
    }
    EXPECT_NEAR(next_degrees(-1, 200, 2), 200, 1e-9);  // weights that are all 1: normal
    EXPECT_EQ(next_degrees(-3, 3, 1), degrees_least);
    EXPECT_EQ(refine_gaussian_hmm({{1, {1}, {1}}, 1, {0}, {1}}, view(x, 1), {}, true).error().code, ErrorCode::usage);
}

TEST(gaussian_hmm, changes_nothing_before_a_cut) {
    const std::vector<double> x = two_states(400, 6);
    const auto fit = fit_gaussian_hmm(view(x, 2).slice(0, 300), {.states = 2, .starts = 2});
    const FilteredPath whole = *filtered_path(fit->model, view(x, 2));
    for (const std::size_t cut : {1U, 17U, 250U, 399U}) {
        const FilteredPath part = *filtered_path(fit->model, view(x, 2).slice(0, cut));
        EXPECT_EQ(std::memcmp(part.values().data(), whole.values().data(), part.values().size() * sizeof(double)), 0);
    }
}

TEST(gaussian_hmm, goes_on_where_a_row_is_missing) {
    const std::vector<double> x = two_states(400, 6);
    const auto fit = fit_gaussian_hmm(view(x, 2), {.states = 2, .starts = 2});
    GaussianHmmFilter filter = *GaussianHmmFilter::of(fit->model);
    for (std::size_t t = 0; t < 100; ++t) filter.update(std::span(x).subspan(2 * t, 2));
    const std::vector<double> expected(filter.forecast().begin(), filter.forecast().end()), gap{NAN, 1.0};
    const double before = filter.log_likelihood();
    const auto posterior = filter.update(gap);
    EXPECT_EQ(std::vector<double>(posterior.begin(), posterior.end()), expected);
    EXPECT_EQ(filter.log_likelihood(), before);
}

TEST(gaussian_hmm, tells_what_is_wrong_with_rows) {
    std::vector<double> x = two_states(100, 7);
    EXPECT_EQ(fit_gaussian_hmm(view(x, 2), {.states = 11}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(fit_gaussian_hmm(view(x, 2), {.states = 99}).error().code, ErrorCode::usage);
    x[2 * 33 + 1] = NAN;
    const auto gap = fit_gaussian_hmm(view(x, 2), {.states = 2});
    ASSERT_FALSE(gap);
    EXPECT_NE(gap.error().text.find("row 33, column 1"), std::string::npos) << gap.error().text;
    for (std::size_t t = 0; t < 100; ++t) x[2 * t + 1] = 5;
    const auto constant = fit_gaussian_hmm(view(x, 2), {.states = 2});
    ASSERT_FALSE(constant);
    EXPECT_NE(constant.error().text.find("column 1 has the same value"), std::string::npos);
}

TEST(gaussian_hmm, tells_a_collapse_and_a_climb_that_did_not_arrive) {
    // A price that stops for a third of the time leaves a state without spread.
    std::vector<double> x = two_states(600, 8);
    for (std::size_t t = 200; t < 400; ++t) x[2 * t] = x[2 * t + 1] = 0.25;
    const auto collapsed = fit_gaussian_hmm(view(x, 2), {.states = 3, .starts = 3});
    ASSERT_FALSE(collapsed);
    EXPECT_EQ(collapsed.error().code, ErrorCode::failed);
    EXPECT_NE(collapsed.error().text.find("fewer than 3 states"), std::string::npos);
    GaussianHmmOptions hurried{.states = 3};
    hurried.em.iterations_max = 1;
    EXPECT_FALSE(fit_gaussian_hmm(view(two_states(600, 8), 2), hurried)->report.converged);
}

TEST(gaussian_hmm, stops_when_asked) {
    std::stop_source stop;
    stop.request_stop();
    GaussianHmmOptions options{.states = 2};
    options.em.stop = stop.get_token();
    EXPECT_EQ(fit_gaussian_hmm(view(two_states(200, 1), 2), options).error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace aitrading::insight

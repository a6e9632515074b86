#include "insight/regimes/markov_switching.hpp"

#include <cmath>
#include <cstring>

#include "base/tests/golden.hpp"
#include "insight/regimes/assignment.hpp"
#include "market/simulator/market.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

struct Drawn {
    std::vector<double> target, regressors, activity, p_exact;
    std::vector<int> truth, exact;
    SwitchingSeries series(std::size_t rows) const {
        return {std::span(target).first(rows), {regressors.data(), rows, 4, 4}, {activity.data(), rows, 2, 2}};
    }
    std::span<const double> update(MarkovSwitchingFilter& filter, std::size_t t) const {
        return filter.update(target[t], std::span(regressors).subspan(4 * t, 4), std::span(activity).subspan(2 * t, 2));
    }
};

Drawn draw(std::size_t rows, std::uint64_t seed, double strength) {
    market::SyntheticMarket generator(market::specified_market(strength), seed);
    market::ExactFilter filter(market::specified_market(strength));
    Drawn out;
    for (std::size_t t = 0; t < rows; ++t) {
        const market::MarketRow row = generator.next();
        filter.update(row);
        out.target.push_back(row.r_bp);
        out.regressors.insert(out.regressors.end(), {1.0, row.x, std::tanh(row.r_bp / 5), row.dxy});
        out.activity.insert(out.activity.end(), {row.log_volume, row.log_spread});
        out.p_exact.push_back(filter.p_up_next());
        out.truth.push_back(row.regime);
    }
    return out;
}

/// The specified market's own parameters as a switching regression.
MarkovSwitching true_model(double strength) {
    const market::MarketParameters p = market::specified_market(strength);
    MarkovSwitching m;
    m.chain.states = market::regime_count;
    const auto law = market::stationary_law(p.transition);
    m.chain.start.assign(law.begin(), law.end());
    for (const auto& row : p.transition) m.chain.transition.insert(m.chain.transition.end(), row.begin(), row.end());
    m.regressors = 4;
    m.activities = 2;
    for (const auto& k : p.regimes) {
        for (const double b : {k.drift, k.flow, k.lagged, k.dollar}) m.coefficient.push_back(strength * k.sigma_bp * b);
        m.sigma.push_back(k.sigma_bp);
        m.activity_mean.insert(m.activity_mean.end(), {k.mean_log_volume, k.mean_log_spread});
        m.activity_deviation.insert(m.activity_deviation.end(), {market::log_volume_sd, market::log_spread_sd});
    }
    return m;
}

MarkovSwitchingOptions quick() { return {.states = 12, .starts = 3, .start_rows = 4000, .start_iterations = 15, .move_rounds = 1}; }

TEST(markov_switching, filters_as_plain_probabilities_do) {
    const auto g = golden("switching");
    MarkovSwitching m;
    m.chain = {2, flat(g["start"]), flat(g["transition"])};
    m.regressors = 2;
    m.activities = 1;
    m.coefficient = flat(g["coefficient"]);
    m.sigma = flat(g["sigma"]);
    m.activity_mean = flat(g["activity_mean"]);
    m.activity_deviation = flat(g["activity_deviation"]);
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(m);
    for (std::size_t t = 0; t < g["target"].size(); ++t) {
        const double z[] = {1.0, g["regressor"][t]}, w[] = {g["activity"][t]};
        EXPECT_NEAR(filter.update(g["target"][t], z, w)[0], g["filtered_state0"][t].get<double>(), 1e-10) << t;
        EXPECT_NEAR(filter.p_up_next(), g["p_up_next"][t].get<double>(), 1e-10) << t;
    }
    EXPECT_NEAR(filter.log_likelihood(), g["log_likelihood"].get<double>(), 1e-8);
}

TEST(markov_switching, with_the_true_parameters_is_the_exact_filter) {
    const Drawn data = draw(3000, 9, market::strong_strength);
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(true_model(market::strong_strength));
    for (std::size_t t = 0; t < 3000; ++t) {
        data.update(filter, t);
        ASSERT_NEAR(filter.p_up_next(), data.p_exact[t], 1e-9) << t;
    }
}

TEST(markov_switching, learns_most_of_the_edge_from_few_bars) {
    const Drawn data = draw(40'000, 3, market::strong_strength);
    MarkovSwitchingOptions options = quick();
    options.starts = 4;
    options.em.iterations_max = 25;
    const auto fit = fit_markov_switching(data.series(25'000), options);
    ASSERT_TRUE(fit) << fit.error().text;
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(fit->model);
    double agreed = 0, edge = 0;
    std::vector<int> states;
    for (std::size_t t = 0; t < 40'000; ++t) {
        const auto posterior = data.update(filter, t);
        if (t < 25'000) continue;
        states.push_back(static_cast<int>(most_likely(posterior)));
        const double weight = std::abs(2 * data.p_exact[t] - 1);
        edge += weight;
        agreed += (filter.p_up_next() > 0.5) == (data.p_exact[t] > 0.5) ? weight : -weight;
    }
    EXPECT_GT(agreed / edge, 0.95);
    EXPECT_GT(score_regimes(std::span(data.truth).subspan(25'000), states, 12).balanced_accuracy, 0.7);
}

TEST(markov_switching, says_nothing_without_an_edge) {
    const Drawn data = draw(12'000, 4, market::null_strength);
    MarkovSwitchingOptions options = quick();
    options.em.iterations_max = 10;
    const auto fit = fit_markov_switching(data.series(8'000), options);
    ASSERT_TRUE(fit) << fit.error().text;
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(fit->model);
    double right = 0;
    for (std::size_t t = 0; t + 1 < 12'000; ++t) {
        data.update(filter, t);
        if (t >= 8'000) right += (filter.p_up_next() > 0.5) == (data.target[t + 1] > 0);
    }
    EXPECT_NEAR(right / 3999, 0.5, 3 * 0.5 / std::sqrt(3999));
}

TEST(markov_switching, changes_nothing_before_a_cut) {
    const Drawn data = draw(2000, 5, market::strong_strength);
    const MarkovSwitching model = true_model(market::strong_strength);
    std::vector<double> whole;
    MarkovSwitchingFilter all = *MarkovSwitchingFilter::of(model);
    for (std::size_t t = 0; t < 2000; ++t) data.update(all, t), whole.push_back(all.p_up_next());
    for (const std::size_t cut : {1U, 20U, 1777U}) {
        MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(model);
        for (std::size_t t = 0; t < cut; ++t) {
            data.update(filter, t);
            ASSERT_EQ(filter.p_up_next(), whole[t]);
        }
    }
    // The smoothed path is what must differ: it has seen what came after the cut.
    const SmoothedPath full = *smoothed_path(model, data.series(2000)), part = *smoothed_path(model, data.series(1000));
    double difference = 0;
    for (std::size_t k = 0; k < 12; ++k)
        difference += std::abs(full.hindsight_probability(999, k) - part.hindsight_probability(999, k));
    EXPECT_GT(difference, 0);
}

TEST(markov_switching, goes_on_past_values_that_are_missing) {
    Drawn data = draw(3000, 6, market::strong_strength);
    MarkovSwitchingFilter filter = *MarkovSwitchingFilter::of(true_model(market::strong_strength));
    for (std::size_t t = 0; t < 100; ++t) data.update(filter, t);
    data.regressors[4 * 100 + 1] = NAN;
    data.target[150] = NAN;
    data.activity[2 * 200] = INFINITY;
    for (std::size_t t = 100; t < 3000; ++t) {
        const auto posterior = data.update(filter, t);
        double sum = 0;
        for (const double p : posterior) sum += p;
        ASSERT_NEAR(sum, 1, 1e-9);
        if (t == 100) {
            EXPECT_EQ(filter.p_up_next(), 0.5);
        }
    }
    MarkovSwitchingOptions options = quick();
    options.states = 3;
    options.em.iterations_max = 5;
    EXPECT_TRUE(fit_markov_switching(data.series(3000), options));
}

TEST(markov_switching, is_the_same_at_any_thread_count) {
    const Drawn data = draw(6000, 7, market::strong_strength);
    MarkovSwitchingOptions options = quick();
    options.states = 4;
    options.em.iterations_max = 5;
    const auto one = fit_markov_switching(data.series(6000), options);
    options.threads = 3;
    const auto three = fit_markov_switching(data.series(6000), options);
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->model.coefficient, three->model.coefficient);
    EXPECT_EQ(one->report.log_likelihood, three->report.log_likelihood);
}

TEST(markov_switching, refuses_what_it_cannot_fit) {
    Drawn data = draw(900, 8, market::strong_strength);
    EXPECT_EQ(fit_markov_switching(data.series(500), {.states = 12}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(fit_markov_switching(data.series(900), {.states = 0}).error().code, ErrorCode::usage);
    std::ranges::fill(data.target, 1.5);
    EXPECT_NE(fit_markov_switching(data.series(900), {.states = 2}).error().text.find("same value"), std::string::npos);
    MarkovSwitching broken = true_model(1);
    broken.sigma[3] = 0;
    EXPECT_EQ(MarkovSwitchingFilter::of(broken).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::insight

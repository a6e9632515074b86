#include "proving/learning/parzen.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace aitrading::learning {
namespace {

TEST(NormalTest, quantile_inverts_the_distribution) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
    EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-12);
    for (double p = 0.001; p < 1; p += 0.0137) EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-15);
}

/// Densities integrate to 1 over the range, masses sum to 1.
TEST(ParzenTest, is_a_distribution) {
    const ParameterRange real{"x", ParameterKind::real, -2, 3, {}};
    const ParameterRange log{"x", ParameterKind::logarithmic, 1e-3, 10, {}};
    const ParameterRange whole{"x", ParameterKind::integer, 1, 12, {}};
    const ParameterRange log_whole{"x", ParameterKind::logarithmic_integer, 2, 90, {}};
    const ParameterRange choice{"x", ParameterKind::categorical, 0, 0, {"a", "b", "c"}};
    std::vector<double> values;
    values.reserve(40);
    for (int i = 0; i < 40; ++i) values.push_back(1 + (i * 7) % 2);
    for (const std::size_t n : {0U, 1U, 3U, 24U, 25U, 26U, 40U}) {
        const std::span<const double> some(values.data(), n);
        double sum = 0;
        constexpr int steps = 20'000;
        for (int i = 0; i < steps; ++i)
            sum += std::exp(Parzen(real, some.first(std::min<std::size_t>(n, 3)))
                                .log_density(-2 + 5 * (i + 0.5) / steps)) *
                   5 / steps;
        EXPECT_NEAR(sum, 1, 1e-6);
        const Parzen in_log(log, some);
        sum = 0;
        const double width = std::log(1e4);
        for (int i = 0; i < steps; ++i)
            sum += std::exp(in_log.log_density(1e-3 * std::exp(width * (i + 0.5) / steps))) * width / steps;
        EXPECT_NEAR(sum, 1, 1e-6);
        sum = 0;
        for (int v = 1; v <= 12; ++v) sum += std::exp(Parzen(whole, some).log_density(v));
        EXPECT_NEAR(sum, 1, 1e-12);
        sum = 0;
        std::vector<double> larger;
        for (const double v : some) larger.push_back(v + 1);
        for (int v = 2; v <= 90; ++v) sum += std::exp(Parzen(log_whole, larger).log_density(v));
        EXPECT_NEAR(sum, 1, 1e-12);
        sum = 0;
        for (int v = 0; v < 3; ++v) sum += std::exp(Parzen(choice, some).log_density(v));
        EXPECT_NEAR(sum, 1, 1e-12);
    }
}

TEST(ParzenTest, samples_follow_the_density) {
    const ParameterRange whole{"x", ParameterKind::integer, 0, 9, {}};
    const Parzen parzen(whole, std::vector<double>{2, 3, 8, 8, 8});
    SplitMix64 random(3);
    std::vector<double> count(10);
    constexpr int draws = 200'000;
    for (int i = 0; i < draws; ++i) ++count[static_cast<std::size_t>(parzen.sample(random))];
    for (int v = 0; v < 10; ++v) {
        const double p = std::exp(parzen.log_density(v));
        EXPECT_NEAR(count[static_cast<std::size_t>(v)] / draws, p, 5 * std::sqrt(p / draws));
    }
}

TEST(ParzenTest, recent_values_weigh_more) {
    const ParameterRange choice{"x", ParameterKind::categorical, 0, 0, {"old", "new"}};
    std::vector<double> values(60, 0.0);
    std::fill(values.begin() + 30, values.end(), 1.0);
    EXPECT_GT(Parzen(choice, values).log_density(1), Parzen(choice, values).log_density(0));
}

}  // namespace
}  // namespace aitrading::learning

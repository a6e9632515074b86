#include "models/ensemble/har_learner.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace aitrading::models {
namespace {

const std::vector<std::string> names{"noise", "har_1d_year", "har_5d_year", "har_20d_year"};

/// Labels that follow the second HAR column, one row in ten without it.
struct Rows {
    std::vector<double> x, weight;
    std::vector<float> y;
    explicit Rows(std::uint64_t seed) {
        SplitMix64 random(seed);
        for (int i = 0; i < 2000; ++i) {
            const double signal = random.next_normal();
            const bool known = i % 10 != 0;
            x.insert(x.end(), {random.next_normal(), random.next_normal(),
                               known ? signal : std::numeric_limits<double>::quiet_NaN(), random.next_normal()});
            y.push_back(random.next_uniform() < 1 / (1 + std::exp(-2 * signal)) ? 1.0F : 0.0F);
            weight.push_back(1);
        }
    }
    TrainingData data() const { return {{x.data(), y.size(), names.size(), names.size()}, y, weight}; }
};

TEST(HarLearner, finds_the_column_that_matters_and_restores_to_the_same_answers) {
    const Rows rows(3);
    const auto learner = make_har_learner(names);
    ASSERT_TRUE(learner.has_value());
    const auto fitted = (*learner)->fit(rows.data(), {}, {});
    ASSERT_TRUE(fitted.has_value());
    const auto importance = (*fitted)->importance();
    EXPECT_GT(importance[2], 0.8);
    EXPECT_EQ(importance[0], 0.0);
    const auto back = har_learner_for_restore()->restore((*fitted)->serialise());
    ASSERT_TRUE(back.has_value());
    for (std::size_t i = 0; i < 50; ++i)
        EXPECT_EQ((*back)->predict_row(rows.data().x.row(i)), (*fitted)->predict_row(rows.data().x.row(i)));
}

TEST(HarLearner, gives_the_base_rate_where_a_column_is_unknown) {
    const Rows rows(4);
    const auto fitted = (*make_har_learner(names))->fit(rows.data(), {}, {});
    ASSERT_TRUE(fitted.has_value());
    EXPECT_NEAR((*fitted)->predict_row(rows.data().x.row(0)), 0.5, 0.05);
}

TEST(HarLearner, refuses_matrices_without_its_columns_and_damaged_bytes) {
    const std::vector<std::string> others{"noise"};
    EXPECT_FALSE(make_har_learner(others).has_value());
    const auto fitted = (*make_har_learner(names))->fit(Rows(5).data(), {}, {});
    std::string bytes = (*fitted)->serialise();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    EXPECT_FALSE(har_learner_for_restore()->restore(bytes).has_value());
}

}  // namespace
}  // namespace aitrading::models

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/ensemble/har_learner.hpp"
#include "models/ensemble/pipeline_input.hpp"
#include "models/ensemble/stack.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

/// Two members: the first knows the truth, the second is loud noise.
struct Votes {
    std::vector<double> logits;
    std::vector<float> y;

    explicit Votes(std::size_t rows) {
        SplitMix64 random(3);
        for (std::size_t i = 0; i < rows; ++i) {
            const double z = random.next_normal();
            logits.insert(logits.end(), {z, 2 * random.next_normal()});
            y.push_back(random.next_uniform() < 1 / (1 + std::exp(-z)) ? 1.0F : 0.0F);
        }
    }
};

TEST(Stack, learns_which_member_to_follow) {
    const Votes votes(4000);
    const Stack stack = Stack::fit(votes.logits, votes.y, 2, 1);
    ASSERT_TRUE(stack.fitted());
    EXPECT_NEAR(stack.weights()[0], 1.0, 0.15);
    EXPECT_NEAR(stack.weights()[1], 0.0, 0.1);
}

TEST(Stack, keeps_to_its_centre_where_independent_rows_are_few) {
    const Votes votes(4000);
    StackOptions options;
    EXPECT_EQ(Stack::fit(votes.logits, votes.y, 2, 120, options).weights(), (std::vector<double>{0.5, 0.5}));
    options.centre = {0, 1};
    const Stack centred = Stack::fit(votes.logits, votes.y, 2, 120, options);
    EXPECT_FALSE(centred.fitted());
    EXPECT_EQ(centred.weights(), options.centre);
}

TEST(Stack, starts_from_the_benchmark_among_the_learners) {
    const testing_learners::ColumnLearner plain("plain", 0, 1);
    const auto har = har_learner_for_restore();
    const std::vector<const Learner*> with{&plain, har.get()}, without{&plain};
    EXPECT_EQ(centred_on_benchmark({}, with).centre, (std::vector<double>{0, 1}));
    EXPECT_TRUE(centred_on_benchmark({}, without).centre.empty());
}

}  // namespace
}  // namespace aitrading::models

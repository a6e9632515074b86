#include <gtest/gtest.h>

#include "base/tests/count_allocations.hpp"
#include "models/deep/causal_net.hpp"
#include "models/deep/tests/random_net.hpp"

namespace aitrading::models {
namespace {

TEST(CausalNet, a_step_allocates_nothing) {
    if (!AIT_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer brings its own operator new";
    const auto& allocations = testing_base::allocations;
    for (const NetSpec& spec : small_specs()) {
        const CausalNet net = *CausalNet::build(random_weights(spec, 1));
        NetState state = net.start();
        const std::vector<double> row(spec.inputs, 0.5);
        std::vector<float> out(spec.outputs);
        const std::size_t before = allocations;
        ASSERT_GT(before, 0U);  // the counter counts
        for (int bar = 0; bar < 200; ++bar) net.step(state, row, out);
        EXPECT_EQ(allocations - before, 0U) << describe(spec);
    }
}

}  // namespace
}  // namespace aitrading::models

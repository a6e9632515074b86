#include <gtest/gtest.h>

#include "models/deep/causal_net.hpp"
#include "models/deep/tests/allocations.hpp"
#include "models/deep/tests/random_net.hpp"

namespace aitrading::models {
namespace {

TEST(CausalNet, a_step_allocates_nothing) {
    if (testing_deep::count() == 0) GTEST_SKIP() << "not counted: a sanitizer brings its own operator new";
    for (const NetSpec& spec : small_specs()) {
        const CausalNet net = *CausalNet::build(random_weights(spec, 1));
        NetState state = net.start();
        const std::vector<double> row(spec.inputs, 0.5);
        std::vector<float> out(spec.outputs);
        const std::size_t before = testing_deep::count();
        for (int bar = 0; bar < 200; ++bar) net.step(state, row, out);
        EXPECT_EQ(testing_deep::count(), before) << describe(spec);
    }
}

}  // namespace
}  // namespace aitrading::models

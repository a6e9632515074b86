#include <gtest/gtest.h>

#include "engines/vectors/hnsw/tests/hnsw_ground.hpp"
#include "ports/vectors/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

class HnswConformance : public testing::TestWithParam<ports::conformance::VectorCheck> {};

TEST_P(HnswConformance, holds_where_everything_is_searched_through_the_graph) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<HnswGround>(0); }), "");
}

TEST_P(HnswConformance, holds_where_little_is_searched_one_by_one) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<HnswGround>(1'000); }), "");
}

INSTANTIATE_TEST_SUITE_P(Vectors, HnswConformance, testing::ValuesIn(ports::conformance::vector_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines

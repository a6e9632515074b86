#include <gtest/gtest.h>

#include "engines/key_value/memory/tests/memory_ground.hpp"
#include "ports/key_value/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

class MemoryStoreConformance : public testing::TestWithParam<ports::conformance::KeyValueCheck> {};

TEST_P(MemoryStoreConformance, holds) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<MemoryGround>(testing::TempDir()); }), "");
}

INSTANTIATE_TEST_SUITE_P(KeyValue, MemoryStoreConformance, testing::ValuesIn(ports::conformance::key_value_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines

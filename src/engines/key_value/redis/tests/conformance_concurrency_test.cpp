#include <gtest/gtest.h>

#include "engines/key_value/redis/tests/redis_ground.hpp"
#include "ports/key_value/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

class RedisStoreConformance : public testing::TestWithParam<ports::conformance::KeyValueCheck> {};

TEST_P(RedisStoreConformance, holds_on_a_real_server) {
    if (test_redis() == nullptr) GTEST_SKIP() << "no Redis server: AITRADING_TEST_REDIS is not set; ./dev test --with-servers sets it";
    EXPECT_EQ(GetParam().run([] { return std::make_unique<RedisGround>(test_redis()); }), "");
}

INSTANTIATE_TEST_SUITE_P(KeyValue, RedisStoreConformance, testing::ValuesIn(ports::conformance::key_value_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines

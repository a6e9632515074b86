#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/uuid.hpp"
#include "engines/event_bus/kafka/kafka_bus.hpp"
#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// A prefix of its own on the broker of the tests. The broker itself is shared and goes on: what is cut is the process.
class KafkaGround final : public ports::conformance::Ground {
  public:
    explicit KafkaGround(std::string brokers) : brokers_(std::move(brokers)) {}
    Result<std::unique_ptr<ports::EventBus>> open(ports::BusLimits limits) override {
        return open_kafka_bus({.brokers = brokers_, .prefix = prefix_, .limits = limits});
    }
    void cut(std::unique_ptr<ports::EventBus> bus) override { cut_kafka_bus(std::move(bus)); }

  private:
    static std::string fresh() {
        static int count = 0;
        static const std::uint64_t seed = std::random_device{}();
        return "c" + std::to_string(seed) + "." + std::to_string(++count);
    }
    std::string brokers_, prefix_ = fresh();
};

class KafkaConformance : public testing::TestWithParam<ports::conformance::Check> {};

TEST_P(KafkaConformance, holds) {
    const char* brokers = std::getenv("AITRADING_TEST_KAFKA");
    if (brokers == nullptr) GTEST_SKIP() << "needs a real Kafka: ./dev test --with-servers";
    EXPECT_EQ(GetParam().run([&] { return std::make_unique<KafkaGround>(brokers); }), "");
}

INSTANTIATE_TEST_SUITE_P(Suite, KafkaConformance, testing::ValuesIn(ports::conformance::checks()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aitrading::engines

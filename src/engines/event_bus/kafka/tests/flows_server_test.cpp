#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "engines/event_bus/kafka/kafka_bus.hpp"
#include "kit/events/overview.hpp"
#include "kit/events/saga_runner.hpp"
#include "kit/events/tests/order_stand_ins.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

/// What is built on the port runs on Kafka as it does on the journal.
class FlowsOnKafka : public testing::Test {
  protected:
    void SetUp() override {
        if (std::getenv("AITRADING_TEST_KAFKA") == nullptr) GTEST_SKIP() << "needs a real Kafka: ./dev test --with-servers";
        options_ = {.brokers = std::getenv("AITRADING_TEST_KAFKA"), .prefix = "flows" + std::to_string(std::random_device{}())};
        bus = open_kafka_bus(options_).value();
    }
    /// As if the process had been killed.
    void cut() {
        cut_kafka_bus(std::move(bus));
        bus = open_kafka_bus(options_).value();
    }
    std::vector<std::string> said(const std::string& topic) {
        const auto all = ports::conformance::all_of(*bus, topic).value();
        std::vector<std::string> types;
        types.reserve(all.size());
        for (const auto& d : all) types.push_back(d.event.type);
        return types;
    }
    /// Runs the order until nothing moves; where `kills` is set the process dies after every turn that did something.
    void run_order(const kit::Script& script, bool kills) {
        for (int start = 0; start < 40; ++start) {
            ASSERT_TRUE(kit::place_order(*bus));
            auto runner = kit::SagaRunner::open(*bus, saga::order_saga(), {kit::saga_sources});
            ASSERT_TRUE(runner) << runner.error().text;
            kit::StandIns others(*bus, script);
            int moved = 0;
            for (int idle = 0; idle < 2 && (moved == 0 || !kills);) {
                const int now = (*runner)->turn(std::chrono::milliseconds(0)).value() + others.turn().value();
                moved += now;
                idle = now > 0 ? 0 : idle + 1;
            }
            if (moved == 0 || !kills) return;
            runner->reset();
            others = kit::StandIns();
            cut();
        }
        ADD_FAILURE() << "it does not end";
    }

    KafkaOptions options_;
    std::unique_ptr<ports::EventBus> bus;
};

TEST_F(FlowsOnKafka, the_order_saga_ends_although_its_process_dies_after_every_turn) {
    run_order({}, true);
    EXPECT_EQ(said("orders.events"), std::vector<std::string>{"OrderDone"});
}

TEST_F(FlowsOnKafka, the_order_saga_undoes_what_was_done) {
    run_order({.refuses = "AwaitFill", .answers_twice = true}, false);
    EXPECT_EQ(said("orders.events"), std::vector<std::string>{"OrderUndone"});
    EXPECT_EQ(said("risk.commands"), (std::vector<std::string>{"ReserveRisk", "ReleaseRisk"}));
}

TEST_F(FlowsOnKafka, a_read_model_goes_on_is_checked_and_is_built_anew) {
    ASSERT_TRUE(bus->create_topic("t", {}));
    const kit::ReadModelPlace place{"t", "overview", 40};
    ports::conformance::Counter counter;
    kit::Overview model, stored, fresh;
    for (int round = 1; round <= 3; ++round) {
        ASSERT_TRUE(bus->publish_and_wait("t", counter.some(100)));
        const auto run = kit::catch_up(*bus, model, place);
        ASSERT_TRUE(run) << run.error().text;
        EXPECT_EQ(model.types().at("ops.load_appended").events, 100 * round);
        cut();
    }
    ASSERT_TRUE(bus->publish_and_wait("t", counter.some(7)));
    const auto found = kit::check_read_model(*bus, stored, fresh, place);
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_TRUE(found->lines.empty());
    EXPECT_EQ(found->events, 300);
    EXPECT_EQ(found->behind, 7);
    kit::Overview anew;
    ASSERT_TRUE(kit::rebuild(*bus, anew, place));
    ASSERT_TRUE(kit::catch_up(*bus, model, place));
    EXPECT_EQ(anew.rows(), model.rows());
}

}  // namespace
}  // namespace aitrading::engines

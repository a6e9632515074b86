#include "kit/http/gate.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace aitrading::kit {
namespace {

using std::chrono::seconds;

Deadline in(seconds time) { return Deadline::after(std::chrono::steady_clock::now(), time); }

/// Work that ends when it is told to.
struct Held {
    std::promise<void> begun, go;
    Gate::Work work() {
        return [this](bool in_time) {
            EXPECT_TRUE(in_time);
            begun.set_value();
            go.get_future().get();
        };
    }
};

struct Narrow {
    Workers workers{2, 10};
    std::shared_ptr<Gate> gate = Gate::make(workers, {.fast = {1, 2}});
    bool enter(Gate::Work work) { return !gate->enter(RequestClass::fast, in(seconds(5)), std::move(work)); }
};

TEST(gate, that_is_closed_lets_nobody_in_and_tells_who_waits_that_it_is_too_late) {
    Narrow t;
    Held held;
    ASSERT_TRUE(t.enter(held.work()));
    std::promise<bool> waiting;
    ASSERT_TRUE(t.enter([&](bool in_time) { waiting.set_value(in_time); }));
    held.begun.get_future().get();
    EXPECT_FALSE(t.gate->close(in(seconds(0)))) << "one runs";
    EXPECT_FALSE(t.enter([](bool) { ADD_FAILURE() << "nobody comes in"; }));
    t.gate->pass([] { ADD_FAILURE() << "nor past the workers"; });
    held.go.set_value();
    EXPECT_FALSE(waiting.get_future().get());
    EXPECT_TRUE(t.gate->close(in(seconds(20))));
    EXPECT_EQ(t.gate->running() + t.gate->waiting(), 0);
}

TEST(gate, that_closes_waits_for_what_runs_and_for_what_passes) {
    Narrow t;
    Held held;
    ASSERT_TRUE(t.enter(held.work()));
    std::promise<void> passing, passed;
    const std::jthread passer([&] {
        t.gate->pass([&] {
            passing.set_value();
            passed.get_future().get();
        });
    });
    held.begun.get_future().get();
    passing.get_future().get();
    EXPECT_FALSE(t.gate->close(in(seconds(0))));
    held.go.set_value();
    EXPECT_FALSE(t.gate->close(in(seconds(0)))) << "one passes";
    passed.set_value();
    EXPECT_TRUE(t.gate->close(in(seconds(20))));
}

TEST(gate, keeps_what_its_last_work_uses_and_no_longer) {
    Narrow t;
    Held held;
    ASSERT_TRUE(t.enter(held.work()));
    held.begun.get_future().get();
    ASSERT_FALSE(t.gate->close(in(seconds(0))));
    auto used = std::make_shared<const int>(1);
    const std::weak_ptr<const int> seen = used;
    t.gate->keep(std::move(used));
    EXPECT_FALSE(seen.expired());
    held.go.set_value();
    t.workers.stop();
    EXPECT_TRUE(seen.expired());
    used = std::make_shared<const int>(2);
    const std::weak_ptr<const int> unused = used;
    t.gate->keep(std::move(used));
    EXPECT_TRUE(unused.expired()) << "nothing runs";
}

}  // namespace
}  // namespace aitrading::kit

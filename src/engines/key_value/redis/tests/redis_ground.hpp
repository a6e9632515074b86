#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <tuple>

#include "engines/key_value/redis/redis_store.hpp"
#include "ports/key_value/conformance/ground.hpp"

namespace aitrading::engines {

/// The address of a real server that tests may use; null where there is none.
inline const char* test_redis() { return std::getenv("AITRADING_TEST_REDIS"); }

/// A space of its own on a real server; what lies there goes when the ground does.
class RedisGround final : public ports::conformance::KeyValueGround {
  public:
    explicit RedisGround(std::string address)
        : address_(std::move(address)), space_("test-" + std::to_string(::getpid()) + "-" + std::to_string(made_++)) {
        sweep();
    }
    ~RedisGround() override { sweep(); }
    RedisGround(const RedisGround&) = delete;
    RedisGround& operator=(const RedisGround&) = delete;
    Result<std::unique_ptr<ports::KeyValue>> open() override { return open_redis_store(options()); }
    /// Until a key that was given so long a life is gone: the server's own clock tells.
    void pass(std::chrono::milliseconds time) override {
        const auto clock = open_redis_store(options());
        if (!clock || !(*clock)->put({"clock", "k"}, "", {.lives_for = time})) return;
        for (auto there = (*clock)->life({"clock", "k"}); there && there->there;) there = (*clock)->life({"clock", "k"});
    }
    /// The server is the durable part; what is cut are the connections.
    void cut(std::unique_ptr<ports::KeyValue> store) override { store.reset(); }

    RedisStoreOptions options() const { return {.address = address_, .space = space_}; }

  private:
    void sweep() const {
        const auto store = open_redis_store(options());
        if (!store) return;
        for (const char* tenant : {"t", "a", "a.", "b", "clock"}) std::ignore = (*store)->remove_prefix(tenant, "");
    }

    inline static std::atomic<int> made_{0};
    std::string address_, space_;
};

}  // namespace aitrading::engines

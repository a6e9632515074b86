#include <chrono>
#include <cstdlib>
#include <thread>
#include <tuple>

#include "engines/key_value/redis/redis_store.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// Calls per second of one store that several threads use, with a pool of its own.
kit::BenchRow pooled(const RedisStoreOptions& options, int threads) {
    constexpr int calls = 10'000;
    auto store = open_redis_store(options).value();
    const std::string value(256, 'v');
    const auto begun = Clock::now();
    std::vector<std::thread> running;
    running.reserve(static_cast<std::size_t>(threads));
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            const std::string key = "k" + std::to_string(t);
            for (int i = 0; i < calls; ++i) (void)(i % 10 == 0 ? store->put({"bench", key}, value).has_value() : store->get({"bench", key}).has_value());
        });
    for (std::thread& thread : running) thread.join();
    const double rate = threads * calls / seconds_since(begun);
    std::ignore = store->remove_prefix("bench", "");
    return {"key_value redis, 9 reads to 1 write, " + std::to_string(threads) + " thread(s), pooled", rate, "calls/s", {}, true, "none", {}, "256 bytes, loopback"};
}

/// The same with a connection for each call.
kit::BenchRow unpooled(const RedisStoreOptions& options) {
    constexpr int calls = 500;
    const auto begun = Clock::now();
    for (int i = 0; i < calls; ++i) {
        auto store = open_redis_store(options).value();
        std::ignore = store->get({"bench", "k"});
    }
    return {"key_value redis, a connection for each call", calls / seconds_since(begun), "calls/s", {}, true, "none", {}, "connects and signs in each time"};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    const char* address = std::getenv("AITRADING_TEST_REDIS");
    std::vector<aitrading::kit::BenchRow> rows;
    if (address != nullptr) {
        const RedisStoreOptions options{.address = address, .space = "bench"};
        rows = {pooled(options, 1), pooled(options, 4), unpooled(options)};
    }
    return aitrading::kit::print_bench(rows, argc, argv);
}

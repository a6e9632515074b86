#include <chrono>
#include <thread>
#include <tuple>

#include "base/random.hpp"
#include "engines/key_value/memory/memory_store.hpp"
#include "kit/bench.hpp"

namespace aitrading::engines {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int keys_count = 100'000, calls = 500'000;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

std::vector<std::string> names() {
    std::vector<std::string> keys;
    keys.reserve(keys_count);
    for (int i = 0; i < keys_count; ++i) keys.push_back("prediction:" + std::to_string(i));
    return keys;
}

/// Nine reads and a write of 256 bytes in turn, over all keys at random.
void work(MemoryStore& store, const std::vector<std::string>& keys, std::uint64_t seed) {
    SplitMix64 random(seed);
    const std::string value(256, 'v');
    for (int i = 0; i < calls; ++i) {
        const std::string& key = keys[random.next_below(keys.size())];
        if (i % 10 == 0) std::ignore = store.put({"default", key}, value, {.lives_for = std::chrono::minutes(5)});
        else std::ignore = store.get({"default", key});
    }
}

kit::BenchRow mixed(MemoryStore& store, const std::vector<std::string>& keys, int threads) {
    double best = 0;
    for (int round = 0; round < 3; ++round) {
        const auto begun = Clock::now();
        std::vector<std::thread> running;
        running.reserve(static_cast<std::size_t>(threads));
        for (int t = 0; t < threads; ++t) running.emplace_back([&, t] { work(store, keys, static_cast<std::uint64_t>(t) + 1); });
        for (std::thread& thread : running) thread.join();
        best = std::max(best, threads * calls / seconds_since(begun));
    }
    return {"key_value memory, 9 reads to 1 write, " + std::to_string(threads) + " thread(s)", best, "calls/s", {}, true, "none", {},
            "best of 3; 100,000 keys, values of 256 bytes with a life"};
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    const auto file = std::filesystem::temp_directory_path() / "aitrading_memory_store_bench";
    auto store = open_memory_store({.snapshot = file}).value();
    const auto keys = names();
    for (const std::string& key : keys) std::ignore = store->put({"default", key}, std::string(256, 'v'));
    std::vector<aitrading::kit::BenchRow> rows{mixed(*store, keys, 1), mixed(*store, keys, 2)};
    const auto begun = Clock::now();
    const bool saved = store->save().has_value();
    rows.push_back({"key_value memory, snapshot of 100,000 values of 256 bytes", saved ? 1e3 * seconds_since(begun) : -1, "ms", {}, false, "none", {},
                    "written, synced and renamed"});
    store->abandon();
    std::filesystem::remove(file);
    return aitrading::kit::print_bench(rows, argc, argv);
}

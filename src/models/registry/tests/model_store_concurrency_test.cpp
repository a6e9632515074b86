#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "models/registry/service/model_store.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;

/// Four writers of one name, each with a store of its own as in four processes, and a reader that never waits.
TEST(ModelStore, writers_side_by_side_get_different_versions_and_readers_see_whole_ones) {
    const fs::path home = fs::path(testing::TempDir()) / ("model_store_concurrency." + std::to_string(::getpid()));
    constexpr int writers = 4, each = 3;
    StoredModel model;
    model.metadata.name = "m";
    model.bytes = std::string(10'000, 'x');
    std::atomic<int> stored{0};
    std::vector<std::thread> threads;
    threads.reserve(writers);
    for (int w = 0; w < writers; ++w)
        threads.emplace_back([&home, &model, &stored] {
            for (int i = 0; i < each; ++i) stored += ModelStore(home).store(model).has_value();
        });
    const ModelStore store(home);
    int damaged = 0;
    for (int look = 0; look < 50; ++look) {
        const auto list = store.list();
        EXPECT_TRUE(list) << list.error().text;
        for (const ModelEntry& entry : list.value_or(std::vector<ModelEntry>{})) damaged += entry.damage.empty() ? 0 : 1;
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(damaged, 0);
    EXPECT_EQ(stored.load(), writers * each);
    EXPECT_EQ(store.list()->size(), std::size_t{writers} * each);
    for (int version = 1; version <= writers * each; ++version) EXPECT_TRUE(store.load("m", version)) << version;
    fs::remove_all(home);
}

}  // namespace
}  // namespace aitrading::models

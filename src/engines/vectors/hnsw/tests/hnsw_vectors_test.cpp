#include <gtest/gtest.h>

#include <fstream>

#include "engines/disk/tests/full_disk.hpp"
#include "engines/vectors/hnsw/tests/hnsw_ground.hpp"
#include "ports/cipher/conformance/toy_cipher.hpp"
#include "ports/vectors/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using ports::conformance::drawn_vectors;

std::unique_ptr<HnswVectors> filled(const HnswOptions& options, int count) {
    auto store = open_hnsw_vectors(options).value();
    EXPECT_TRUE(store->create("s", {8, ports::VectorMetric::l2}));
    EXPECT_TRUE(store->put("t", "s", drawn_vectors(count, 8, 1)));
    return store;
}

TEST(HnswVectors, gives_the_same_answers_whether_it_was_restarted_or_not) {
    HnswGround one(0), other(0);
    auto restarted = filled(one.options(), 500);
    restarted.reset();
    restarted = open_hnsw_vectors(one.options()).value();
    const auto all_the_time = filled(other.options(), 500);
    for (HnswVectors* store : {restarted.get(), all_the_time.get()}) {
        ASSERT_TRUE(store->remove("t", "s", {"v3", "v300"}));
        ASSERT_TRUE(store->put("t", "s", drawn_vectors(300, 8, 2, 400)));
    }
    for (const auto& query : drawn_vectors(50, 8, 3))
        EXPECT_EQ(restarted->nearest("t", "s", query.values, 10).value(), all_the_time->nearest("t", "s", query.values, 10).value());
}

TEST(HnswVectors, places_of_removed_vectors_are_taken_again) {
    HnswGround ground(0);
    HnswOptions options = ground.options();
    options.floats_max = 1'000 * 8;
    const auto store = filled(options, 1'000);
    for (int round = 0; round < 5; ++round) {
        std::vector<std::string> ids;
        ids.reserve(100);
        for (int i = 0; i < 100; ++i) ids.push_back("v" + std::to_string(round * 100 + i));
        ASSERT_EQ(store->remove("t", "s", ids).value(), 100);
        const auto put = store->put("t", "s", drawn_vectors(100, 8, 5, 10'000 + round * 100));
        ASSERT_TRUE(put) << put.error().text;
    }
    const auto full = store->put("t", "s", drawn_vectors(200, 8, 6, 50'000));
    ASSERT_FALSE(full);
    EXPECT_NE(full.error().text.find("floats_max"), std::string::npos);
    EXPECT_TRUE(store->put("t", "s", drawn_vectors(50, 8, 7, 600))) << "what is there can be replaced";
    EXPECT_EQ(store->count("t", "s").value(), 1'000) << "nothing of what had no room is there";
}

TEST(HnswVectors, a_damaged_file_is_refused_by_name_and_left_as_it_is) {
    HnswGround ground(0);
    filled(ground.options(), 100).reset();
    std::fstream(ground.file(), std::ios::in | std::ios::out | std::ios::binary).seekp(2'000).put('\x7F');
    for (int i = 0; i < 2; ++i) {
        const auto store = open_hnsw_vectors(ground.options());
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, ErrorCode::gate_refused);
        EXPECT_NE(store.error().text.find(ground.file().string()), std::string::npos);
    }
}

TEST(HnswVectors, a_full_disk_leaves_what_was_saved) {
    HnswGround ground(0);
    const auto store = filled(ground.options(), 100);
    ASSERT_TRUE(store->save());
    ASSERT_TRUE(store->put("t", "s", drawn_vectors(2'000, 8, 4, 1'000)));
    {
        const FullDisk full(50'000);
        EXPECT_EQ(store->save().error().code, ErrorCode::failed);
    }
    EXPECT_TRUE(store->verify());
    EXPECT_EQ(open_hnsw_vectors(ground.options()).value()->count("t", "s").value(), 100);
}

TEST(HnswVectors, is_encrypted_where_there_is_a_cipher) {
    HnswGround ground(0, std::make_shared<ports::conformance::ToyCipher>());
    filled(ground.options(), 100).reset();
    EXPECT_EQ(open_hnsw_vectors(ground.options()).value()->count("t", "s").value(), 100);
    HnswOptions plain = ground.options();
    plain.cipher = nullptr;
    EXPECT_EQ(open_hnsw_vectors(plain).error().code, ErrorCode::gate_refused);
}

}  // namespace
}  // namespace aitrading::engines

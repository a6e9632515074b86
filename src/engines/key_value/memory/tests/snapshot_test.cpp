#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "engines/disk/tests/full_disk.hpp"
#include "engines/key_value/memory/tests/memory_ground.hpp"
#include "ports/cipher/conformance/toy_cipher.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;

void change_a_byte(const fs::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2));
    stream.put('\x7F');
}

TEST(MemorySnapshot, keeps_the_order_of_use) {
    MemoryGround ground(testing::TempDir());
    MemoryStoreOptions options = ground.options();
    options.bytes_max = 64 << 10;
    const std::string value(10'000, 'v');
    {
        auto store = open_memory_store(options).value();
        for (const char* key : {"a", "b", "c", "d"}) ASSERT_TRUE(store->put({"t", key}, value));
        ASSERT_TRUE(store->get({"t", "a"}).value());
    }
    auto store = open_memory_store(options).value();
    for (const char* key : {"e", "f", "g"}) ASSERT_TRUE(store->put({"t", key}, value));
    EXPECT_TRUE(store->get({"t", "a"}).value()) << "used last before the restart";
    EXPECT_FALSE(store->get({"t", "b"}).value()) << "not used since it was put";
    EXPECT_EQ(store->stats().evicted, 1u);
}

TEST(MemorySnapshot, a_damaged_one_is_refused_by_name_and_left_as_it_is) {
    MemoryGround ground(testing::TempDir());
    { ASSERT_TRUE(open_memory_store(ground.options()).value()->put({"t", "k"}, std::string(1'000, 'v'))); }
    change_a_byte(ground.file());
    for (int i = 0; i < 2; ++i) {
        const auto store = open_memory_store(ground.options());
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, ErrorCode::gate_refused);
        EXPECT_NE(store.error().text.find(ground.file().string()), std::string::npos) << store.error().text;
    }
    fs::remove(ground.file());
    EXPECT_TRUE(open_memory_store(ground.options()));
}

TEST(MemorySnapshot, a_full_disk_leaves_the_old_one_whole) {
    MemoryGround ground(testing::TempDir());
    auto store = open_memory_store(ground.options()).value();
    ASSERT_TRUE(store->put({"t", "k"}, "old"));
    ASSERT_TRUE(store->save());
    ASSERT_TRUE(store->put({"t", "k"}, std::string(100'000, 'n')));
    {
        const FullDisk full(20'000);
        const auto saved = store->save();
        ASSERT_FALSE(saved);
        EXPECT_EQ(saved.error().code, ErrorCode::failed);
    }
    EXPECT_TRUE(store->verify());
    store->abandon();
    store.reset();
    EXPECT_EQ(open_memory_store(ground.options()).value()->get({"t", "k"}).value(), "old");
    int files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(ground.file().parent_path())) ++files;
    EXPECT_EQ(files, 1) << "nothing half-written is left";
}

TEST(MemorySnapshot, is_encrypted_where_there_is_a_cipher) {
    MemoryGround ground(testing::TempDir());
    MemoryStoreOptions options = ground.options();
    options.cipher = std::make_shared<ports::conformance::ToyCipher>();
    { ASSERT_TRUE(open_memory_store(options).value()->put({"t", "k"}, "a secret word")); }
    std::ifstream in(ground.file(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find("secret"), std::string::npos);
    EXPECT_EQ(open_memory_store(options).value()->get({"t", "k"}).value(), "a secret word");
    EXPECT_EQ(open_memory_store(ground.options()).error().code, ErrorCode::gate_refused);
}

/// Saves a store whose two keys always hold the same value, as often as it can.
[[noreturn]] void save_for_ever(const MemoryStoreOptions& options) {
    auto store = open_memory_store(options).value();
    for (int i = 0;; ++i) {
        const std::string value(2'000 + i % 50 * 1'000, static_cast<char>('a' + i % 26));
        if (!store->put({"t", "one"}, value) || !store->put({"t", "two"}, value) || !store->save()) ::_exit(1);
    }
}

TEST(MemorySnapshot, is_whole_after_kill_9_while_it_is_written) {
    MemoryGround ground(testing::TempDir());
    for (int round = 0; round < 10; ++round) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) save_for_ever(ground.options());
        // Killed after a number of snapshots that differs from round to round, wherever the next one is by then.
        int status = 0, snapshots = 0;
        for (fs::file_time_type last{}; snapshots < 3 + round;) {
            std::error_code none;
            const auto time = fs::last_write_time(ground.file(), none);
            if (!none && time != last) last = time, ++snapshots;
            ASSERT_EQ(::waitpid(child, &status, WNOHANG), 0) << "the child could not save";
        }
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child could not save";
        const auto store = open_memory_store(ground.options());
        ASSERT_TRUE(store) << store.error().text;
        const auto one = (*store)->get({"t", "one"}).value();
        ASSERT_TRUE(one);
        EXPECT_EQ(one, (*store)->get({"t", "two"}).value()) << "one moment, whole";
    }
}

TEST(MemoryStore, takes_no_value_that_it_could_never_hold) {
    auto store = open_memory_store({.bytes_max = 100'000}).value();
    EXPECT_EQ(store->put({"t", "k"}, std::string(100'000, 'v')).error().code, ErrorCode::usage);
    EXPECT_EQ(open_memory_store({.bytes_max = 10}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::engines

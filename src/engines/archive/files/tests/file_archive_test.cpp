#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/random.hpp"
#include "engines/archive/files/tests/folder_ground.hpp"
#include "ports/archive/conformance/checks.hpp"
#include "ports/cipher/conformance/toy_cipher.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using ports::conformance::archive_content;

std::string file_bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FileArchive, is_open_in_one_process_at_a_time) {
    FolderGround ground;
    const auto first = ground.open().value();
    const auto second = ground.open();
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().retry_helps);
    EXPECT_TRUE(verify_file_archive(ground.folder(), nullptr)) << "verifying needs no lock";
}

TEST(FileArchive, any_changed_or_missing_byte_is_noticed) {
    FolderGround ground;
    const auto archive = ground.open().value();
    const std::string content = archive_content(100, 1), id = archive->put("t", content).value();
    const fs::path file = ground.object({"t", id});
    const std::string whole = file_bytes(file);
    fs::permissions(file, fs::perms::owner_all);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 0x20);
        std::ofstream(file, std::ios::binary | std::ios::trunc) << changed;
        EXPECT_EQ(archive->get({"t", id}).error().code, ErrorCode::gate_refused) << "byte " << i;
        std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, i);
        EXPECT_EQ(archive->get({"t", id}).error().code, ErrorCode::gate_refused) << "cut at " << i;
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole << 'x';
    EXPECT_EQ(archive->get({"t", id}).error().code, ErrorCode::gate_refused);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole;
    EXPECT_EQ(archive->get({"t", id}).value(), content);
}

TEST(FileArchive, a_damaged_rule_keeps_its_object_and_is_named) {
    FolderGround ground;
    const auto archive = ground.open().value();
    const std::string id = archive->put("t", "content").value();
    const fs::path rule = ground.folder() / "tenants/t/rules" / id.substr(0, 2) / id;
    std::ofstream(rule, std::ios::binary | std::ios::trunc) << "nonsense";
    const auto removed = archive->remove({"t", id});
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::gate_refused);
    EXPECT_NE(removed.error().text.find(rule.string()), std::string::npos);
    EXPECT_EQ(archive->get({"t", id}).value(), "content");
    EXPECT_EQ(archive->verify().error().code, ErrorCode::gate_refused);
    fs::remove(rule);
    EXPECT_EQ(archive->verify().error().code, ErrorCode::gate_refused) << "a lost rule is no removed object";
}

TEST(FileArchive, hides_contents_from_whoever_lacks_the_key) {
    FolderGround ground(std::make_shared<ports::conformance::ToyCipher>());
    const std::string content(5'000, 's');
    std::string id;
    {
        const auto archive = ground.open().value();
        id = archive->put("t", content).value();
        EXPECT_EQ(archive->get({"t", id}).value(), content);
    }
    EXPECT_EQ(file_bytes(ground.object({"t", id})).find("ssss"), std::string::npos);
    EXPECT_EQ(verify_file_archive(ground.folder(), nullptr).error().code, ErrorCode::gate_refused);
    ports::conformance::ToyCipher cipher;
    EXPECT_TRUE(verify_file_archive(ground.folder(), &cipher));
}

/// Puts objects as fast as it can and names each in the pipe when it was told that it is durable.
[[noreturn]] void put_for_ever(FolderGround& ground, int pipe) {
    const auto archive = ground.open().value();
    for (std::uint64_t i = 0;; ++i) {
        const auto id = archive->put("t", archive_content(1'000 + i % 7 * 300'000, i));
        if (!id || ::write(pipe, id->data(), id->size()) != static_cast<ssize_t>(id->size())) ::_exit(1);
    }
}

TEST(FileArchive, what_it_said_was_durable_is_there_after_kill_9) {
    FolderGround ground;
    std::vector<std::string> told;
    for (std::size_t round = 0; round < 5; ++round) {
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) put_for_ever(ground, pipe[1]);
        ::close(pipe[1]);
        std::string id(64, '\0');
        for (std::size_t seen = 0; seen < 5 + round; ++seen) {
            ASSERT_EQ(::read(pipe[0], id.data(), id.size()), 64) << "the child could not put";
            told.push_back(id);
        }
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ::close(pipe[0]);
        const auto archive = ground.open().value();
        for (const std::string& one : told) EXPECT_TRUE(archive->get({"t", one})) << one;
        const auto sound = archive->verify();
        EXPECT_TRUE(sound) << sound.error().text;
        EXPECT_TRUE(fs::is_empty(ground.folder() / "incoming.unfinished"));
    }
}

}  // namespace
}  // namespace aitrading::engines

#include "kit/atomic_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace aitrading::kit {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
  protected:
    AtomicFileTest() { fs::create_directories(folder_); }
    ~AtomicFileTest() override { fs::remove_all(folder_); }
    std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }
    fs::path folder_ = fs::path(testing::TempDir()) / ("atomic_file." + std::to_string(::getpid()));
};

TEST_F(AtomicFileTest, appears_whole_on_commit_only) {
    const fs::path path = folder_ / "out.csv";
    {
        AtomicFile file = *AtomicFile::create(path);
        ASSERT_TRUE(file.write("one,"));
        ASSERT_TRUE(file.write("two\n"));
        EXPECT_FALSE(fs::exists(path));
        ASSERT_TRUE(file.commit());
    }
    EXPECT_EQ(*read_file(path), "one,two\n");
    EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, keeps_the_old_content_when_abandoned) {
    const fs::path path = folder_ / "out.csv";
    {
        AtomicFile file = *AtomicFile::create(path);
        ASSERT_TRUE(file.write("old"));
        ASSERT_TRUE(file.commit());
    }
    {
        AtomicFile file = *AtomicFile::create(path);
        ASSERT_TRUE(file.write("new and unfinished"));
    }
    EXPECT_EQ(*read_file(path), "old");
    EXPECT_EQ(files(), 1) << "the hidden neighbour is gone";
}

TEST_F(AtomicFileTest, names_the_path_when_the_folder_is_missing) {
    const auto file = AtomicFile::create(folder_ / "no" / "out.csv");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::not_found);
    EXPECT_NE(file.error().text.find("out.csv"), std::string::npos);
    EXPECT_EQ(read_file(folder_ / "absent").error().code, ErrorCode::not_found);
}

TEST_F(AtomicFileTest, leaves_a_link_and_replaces_the_file_behind_it) {
    const fs::path path = folder_ / "real", link = folder_ / "link";
    for (const char* text : {"one", "two"}) {
        AtomicFile file = *AtomicFile::create(text[0] == 'o' ? path : link);
        ASSERT_TRUE(file.write(text));
        ASSERT_TRUE(file.commit());
        if (text[0] == 'o') fs::create_symlink(path, link);
    }
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(*read_file(path), "two");
    fs::remove(path);
    EXPECT_EQ(AtomicFile::create(link).error().code, ErrorCode::not_found);
}

/// Standard output redirected to a file is a link to that file: the link must survive.
TEST_F(AtomicFileTest, writes_through_below_dev_and_proc) {
    const fs::path path = folder_ / "redirected";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_GE(descriptor, 0);
    const fs::path through = "/proc/self/fd/" + std::to_string(descriptor);
    AtomicFile file = *AtomicFile::create(through);
    ASSERT_TRUE(file.write("bytes"));
    EXPECT_EQ(*read_file(path), "bytes");
    ASSERT_TRUE(file.commit());
    EXPECT_TRUE(fs::is_symlink(through));
    EXPECT_EQ(files(), 1);
    ::close(descriptor);
}

TEST_F(AtomicFileTest, a_new_file_is_read_only_and_never_written_over) {
    const fs::path path = folder_ / "new";
    ASSERT_TRUE(write_new_file(path, "first"));
    EXPECT_EQ(fs::status(path).permissions() & fs::perms::owner_write, fs::perms::none);
    EXPECT_EQ(write_new_file(path, "second").error().code, ErrorCode::failed);
    EXPECT_EQ(*read_file(path), "first");
}

TEST_F(AtomicFileTest, reports_a_full_disk) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    AtomicFile file = *AtomicFile::create("/dev/full");
    const auto written = file.write("x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::failed);
}

}  // namespace
}  // namespace aitrading::kit

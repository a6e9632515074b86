// What the store promises when things break: kill -9, a full disk, a home that may not be written, files of others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <fstream>

#include "engines/series_store/parquet/home_format.hpp"
#include "engines/series_store/parquet/manifest.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/series_store/parquet/tests/home_folder.hpp"
#include "ports/series_store/conformance/made_up_series.hpp"

namespace aitrading::engines {
namespace {

using ports::conformance::expect_equal;
using ports::conformance::some_bars;
using ports::conformance::some_ticks;
using testing::HasSubstr;

const SeriesKey minutes{"EURUSD", Timeframe::m1};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Runs `work` in a child and kills it after `microseconds`; true when it was killed before it ended.
template <class Work>
bool run_and_kill(unsigned microseconds, Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    ::usleep(microseconds);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

TEST(Survival, kill_9_during_a_replacement_leaves_the_old_or_the_new_content) {
    if (sanitized) GTEST_SKIP() << "forked children under a sanitizer take minutes; release builds run this";
    HomeFolder home;
    constexpr std::size_t old_rows = 20'000, new_rows = 60'000;
    SplitMix64 random(1);
    int killed = 0, old_seen = 0;
    for (int round = 0; round < 25; ++round) {
        {
            const auto store = *open_parquet_store(home.path(), {10'000});
            ASSERT_TRUE(store->replace_bars(some_bars(minutes, old_rows)).has_value());
        }
        killed += run_and_kill(static_cast<unsigned>(random.next() % 120'000), [&] {
            const auto store = open_parquet_store(home.path(), {10'000});
            (void)(*store)->replace_bars(some_bars(minutes, new_rows));
        });
        const auto store = *open_parquet_store(home.path());
        const auto bars = store->read_bars(minutes, {});
        ASSERT_TRUE(bars.has_value()) << bars.error().text;
        old_seen += bars->size() == old_rows;
        expect_equal(*bars, some_bars(minutes, bars->size() == old_rows ? old_rows : new_rows));
    }
    EXPECT_GT(killed, 0);
    EXPECT_GT(old_seen, 0);
    const auto store = *open_parquet_store(home.path());
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 10)).has_value());
    EXPECT_THAT(home.files(), testing::UnorderedElementsAre("format", "lock", "series.manifest", testing::StartsWith("part-")));
}

TEST(Survival, writers_of_one_series_take_turns) {
    if (sanitized) GTEST_SKIP() << "forked children under a sanitizer take minutes; release builds run this";
    HomeFolder home;
    const auto store = *open_parquet_store(home.path());
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 0)).has_value());
    std::vector<pid_t> children;
    for (int child = 0; child < 4; ++child) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        const auto mine = open_parquet_store(home.path());
        for (int i = 0; i < 5; ++i) {
            const auto lock = (*mine)->lock_writers(minutes);
            const auto bars = (*mine)->read_bars(minutes, {});
            if (!lock || !bars || !(*mine)->replace_bars(some_bars(minutes, bars->size() + 1))) ::_exit(1);
        }
        ::_exit(0);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(store->describe(minutes)->rows, 20);
}

/// A small file system of its own, where the machine lets us have one.
class SmallDisk {
  public:
    explicit SmallDisk(const std::filesystem::path& where) : where_(where) {
        std::filesystem::create_directories(where_);
        mounted_ = ::mount("tmpfs", where_.c_str(), "tmpfs", 0, "size=256k") == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount(where_.c_str());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }
    bool make_read_only() const {
        return ::mount("tmpfs", where_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=256k") == 0;
    }

  private:
    std::filesystem::path where_;
    bool mounted_ = false;
};

TEST(Survival, a_full_disk_keeps_the_old_content_and_says_so) {
    HomeFolder home;
    const SmallDisk disk(home.path());
    if (!disk.mounted()) GTEST_SKIP() << "may not mount a small file system here";
    const auto store = *open_parquet_store(home.path());
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 1'000)).has_value());
    const auto full = store->replace_bars(some_bars(minutes, 400'000));
    ASSERT_FALSE(full.has_value());
    EXPECT_EQ(full.error().code, ErrorCode::failed);
    EXPECT_THAT(full.error().text, HasSubstr("No space left"));
    expect_equal(*store->read_bars(minutes, {}), some_bars(minutes, 1'000));
    {
        auto writer = store->replace_ticks({"EURUSD", Timeframe::ticks}, 5);
        ASSERT_TRUE(writer.has_value());
        TickColumns ticks = some_ticks({"EURUSD", Timeframe::ticks}, 1'000'000);
        SplitMix64 random(3);
        for (Quantity& size : ticks.bid_size) size.raw = static_cast<std::int64_t>(random.next() >> 4);
        EXPECT_FALSE((*writer)->append(ticks).has_value());
    }
    EXPECT_EQ(store->list()->size(), 1U);
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 1'001)).has_value()) << "the space of the failed write is free again";
}

TEST(Survival, a_read_only_home_is_read_and_refuses_writes_with_a_remedy) {
    HomeFolder home;
    const SmallDisk disk(home.path());
    if (!disk.mounted()) GTEST_SKIP() << "may not mount a file system here, and root may write to any folder";
    const auto store = *open_parquet_store(home.path());
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 100)).has_value());
    ASSERT_TRUE(disk.make_read_only());
    const auto refused = store->replace_bars(some_bars(minutes, 200));
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().text, HasSubstr("Read-only file system"));
    EXPECT_THAT(refused.error().text, HasSubstr("--home"));
    EXPECT_EQ(store->read_bars(minutes, {})->size(), 100U);
}

TEST(Survival, a_home_that_is_a_file_is_refused_with_its_path) {
    HomeFolder home;
    std::ofstream(home.path()) << "not a folder";
    const auto store = *open_parquet_store(home.path());
    const auto refused = store->replace_bars(some_bars(minutes, 10));
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().text, HasSubstr(home.path().string()));
}

TEST(Survival, a_damaged_file_is_an_error_that_names_it) {
    HomeFolder home;
    const auto store = *open_parquet_store(home.path());
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 1'000)).has_value());
    const auto folder = home.path() / "data" / "EURUSD" / "M1";
    std::ofstream(folder / "part-1-0.parquet", std::ios::trunc) << "PAR1 no parquet at all PAR1";
    EXPECT_THAT(store->read_bars(minutes, {}).error().text, HasSubstr("part-1-0.parquet"));
    std::filesystem::remove(folder / "part-1-0.parquet");
    EXPECT_THAT(store->read_bars(minutes, {}).error().text, HasSubstr("missing"));
    std::ofstream(folder / "series.manifest", std::ios::trunc) << "aitrading-series 1\nrows ten\n";
    EXPECT_THAT(store->read_bars(minutes, {}).error().text, HasSubstr("series.manifest, line 2"));
}

TEST(HomeFormat, refuses_a_newer_home) {
    HomeFolder home;
    std::filesystem::create_directories(home.path());
    std::ofstream(home.path() / "format") << "2\n";
    const auto store = open_parquet_store(home.path());
    ASSERT_FALSE(store.has_value());
    EXPECT_THAT(store.error().text, HasSubstr("format 2"));
}

TEST(HomeFormat, migrates_an_older_home_after_a_copy) {
    HomeFolder home;
    std::filesystem::create_directories(home.path() / "data");
    std::ofstream(home.path() / "format") << "1\n";
    std::ofstream(home.path() / "data" / "content") << "old";
    const HomeFormat next{2, {{1, [](const std::filesystem::path& path) -> Result<void> {
                                   std::ofstream(path / "data" / "content") << "new";
                                   return {};
                               }}}};
    ASSERT_TRUE(prepare_home(home.path(), next).has_value());
    const auto read = [&](const std::filesystem::path& file) {
        std::ifstream in(file);
        std::string text;
        std::getline(in, text);
        return text;
    };
    EXPECT_EQ(read(home.path() / "format"), "2");
    EXPECT_EQ(read(home.path() / "data" / "content"), "new");
    EXPECT_EQ(read(home.path() / "before-format-1" / "data" / "content"), "old");
    ASSERT_TRUE(prepare_home(home.path(), next).has_value());
}

TEST(FolderName, keeps_every_symbol_inside_its_folder) {
    EXPECT_EQ(folder_name("EURUSD"), "EURUSD");
    EXPECT_EQ(folder_name("US30.cash"), "US30.cash");
    EXPECT_EQ(folder_name("../../etc"), "%2E.%2F..%2Fetc");
    EXPECT_EQ(folder_name("BTC/USD"), "BTC%2FUSD");
    EXPECT_EQ(folder_name("."), "%2E");
}

TEST(Export, writes_one_parquet_file_that_reads_back) {
    HomeFolder home, other;
    const auto store = *open_parquet_store(home.path(), {400});
    ASSERT_TRUE(store->replace_bars(some_bars(minutes, 1'000)).has_value());
    std::filesystem::create_directories(other.path());
    const auto rows = store->export_parquet(minutes, other.path() / "out.parquet");
    ASSERT_TRUE(rows.has_value()) << rows.error().text;
    EXPECT_EQ(*rows, 1'000);
    EXPECT_THAT(other.files(), testing::ElementsAre("out.parquet"));
    EXPECT_FALSE(store->export_parquet(minutes, other.path() / "no" / "such" / "folder").has_value());
}

}  // namespace
}  // namespace aitrading::engines

#include "models/registry/service/model_store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/random.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ModelStoreTest : public testing::Test {
  protected:
    ModelStoreTest() { fs::create_directories(home_); }
    ~ModelStoreTest() override { fs::remove_all(home_); }

    static StoredModel example(const std::string& name, std::string bytes = "trees") {
        StoredModel model;
        model.metadata.name = name;
        model.metadata.series = {"EURUSD", Timeframe::h1};
        model.metadata.label = "next_bar";
        model.metadata.training_from = *parse_iso8601("2012-10-01");
        model.metadata.training_end = *parse_iso8601("2018-02-01");
        model.metadata.members = {"lightgbm"};
        model.bytes = std::move(bytes);
        model.card = "# A model\n";
        model.predictions_csv = "time,p_up\n2014-01-01T00:00:00Z,0.5\n";
        return model;
    }
    fs::path home_ = fs::path(testing::TempDir()) / ("model_store." + std::to_string(::getpid()));
    ModelStore store_{home_};
};

TEST_F(ModelStoreTest, gives_back_what_was_stored) {
    StoredModel model = example("m", std::string("\0binary\xFF", 8));
    ASSERT_EQ(*store_.store(model), 1);
    const auto loaded = store_.load("m");
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_EQ(loaded->bytes, model.bytes);
    EXPECT_EQ(loaded->card, model.card);
    EXPECT_EQ(loaded->predictions_csv, model.predictions_csv);
    model.metadata.version = 1;
    EXPECT_EQ(*to_json(loaded->metadata), *to_json(model.metadata));
}

TEST_F(ModelStoreTest, counts_versions_up_and_loads_the_newest_or_the_one_asked_for) {
    for (int i = 1; i <= 11; ++i) ASSERT_EQ(*store_.store(example("m", "v" + std::to_string(i))), i);
    EXPECT_EQ(store_.load("m")->bytes, "v11") << "11 is newer than 9";
    EXPECT_EQ(store_.load("m", 2)->bytes, "v2");
    EXPECT_EQ(store_.show("m", 9)->metadata.version, 9);
    ASSERT_TRUE(store_.store(example("a")));
    const auto list = store_.list();
    ASSERT_EQ(list->size(), 12U);
    EXPECT_EQ(list->front().metadata.name, "a");
    EXPECT_EQ(list->back().metadata.version, 11);
    EXPECT_EQ(list->back().damage, "");
}

TEST_F(ModelStoreTest, equal_contents_have_equal_hashes) {
    ASSERT_TRUE(store_.store(example("m")));
    ModelStore other(home_ / "other");
    ASSERT_TRUE(other.store(example("m")));
    ASSERT_TRUE(store_.store(example("n", "other trees")));
    EXPECT_EQ(store_.show("m")->content_hash, other.show("m")->content_hash);
    EXPECT_NE(store_.show("m")->content_hash, store_.show("n")->content_hash);
}

TEST_F(ModelStoreTest, says_what_there_is_when_something_is_not) {
    EXPECT_EQ(store_.load("m").error().code, ErrorCode::not_found);
    EXPECT_THAT(store_.load("m").error().text, HasSubstr("there is no model m; there is none yet"));
    ASSERT_TRUE(store_.store(example("beta")));
    ASSERT_TRUE(store_.store(example("alpha")));
    ASSERT_TRUE(store_.store(example("alpha")));
    EXPECT_THAT(store_.load("m").error().text, HasSubstr("there are alpha, beta"));
    EXPECT_EQ(store_.show("alpha", 3).error().code, ErrorCode::not_found);
    EXPECT_THAT(store_.show("alpha", 3).error().text, HasSubstr("model alpha has no version 3; there are 1, 2"));
    EXPECT_EQ(store_.load("../alpha").error().code, ErrorCode::usage);
    EXPECT_EQ(store_.store(example("../alpha")).error().code, ErrorCode::usage);
}

TEST_F(ModelStoreTest, refuses_a_version_with_any_damaged_file) {
    ASSERT_TRUE(store_.store(example("m")));
    for (const char* file : {"model.bin", "card.md", "metadata.json", "predictions.csv", "checksums.txt"}) {
        const fs::path path = home_ / "models" / "m" / "1" / file;
        const fs::path kept = home_ / "kept";
        fs::copy_file(path, kept, fs::copy_options::overwrite_existing);
        fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
        {
            std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
            stream.seekp(3);
            stream.put('~');
        }
        for (const ErrorCode code : {store_.load("m").error().code, store_.show("m").error().code})
            EXPECT_EQ(code, ErrorCode::gate_refused) << file;
        EXPECT_THAT(store_.load("m").error().text, HasSubstr(file));
        fs::remove(path);
        EXPECT_EQ(store_.load("m").error().code, ErrorCode::gate_refused) << file << " missing";
        fs::copy_file(kept, path);
        EXPECT_TRUE(store_.load("m")) << file;
    }
}

TEST_F(ModelStoreTest, a_damaged_version_stays_in_the_list_and_says_so) {
    ASSERT_TRUE(store_.store(example("m")));
    ASSERT_TRUE(store_.store(example("m")));
    fs::remove(home_ / "models" / "m" / "1" / "metadata.json");
    const auto list = store_.list();
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ(list->at(0).metadata.version, 1);
    EXPECT_THAT(list->at(0).damage, HasSubstr("metadata.json"));
    EXPECT_EQ(list->at(1).damage, "");
}

TEST_F(ModelStoreTest, files_are_read_only) {
    ASSERT_TRUE(store_.store(example("m")));
    const auto permissions = fs::status(home_ / "models" / "m" / "1" / "model.bin").permissions();
    EXPECT_EQ(permissions & (fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write), fs::perms::none);
}

TEST_F(ModelStoreTest, clears_away_what_a_killed_writer_left) {
    const fs::path part = home_ / "models" / "m" / ".part-1";
    fs::create_directories(part);
    std::ofstream(part / "half.bin") << "half";
    EXPECT_TRUE(store_.list()->empty());
    EXPECT_EQ(store_.load("m").error().code, ErrorCode::not_found);
    ASSERT_EQ(*store_.store(example("m")), 1);
    EXPECT_FALSE(fs::exists(home_ / "models" / "m" / "1" / "half.bin"));
    EXPECT_FALSE(fs::exists(part));
}

/// A writer is killed at any instant of its work, twenty times; every version that it had acknowledged must be there,
/// every version that is there must be whole, and the next writer must find its way.
TEST_F(ModelStoreTest, kill_leaves_whole_versions_only) {
    SplitMix64 random(7);
    int acknowledged = 0;
    for (int round = 0; round < 20; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (;;) {
                if (!store_.store(example("m", std::string(300'000, 'x')))) ::_exit(1);
                if (::write(ends[1], "+", 1) != 1) ::_exit(1);
            }
        }
        ::close(ends[1]);
        char byte = 0;
        for (std::uint64_t wanted = random.next_below(3); wanted > 0; --wanted)
            acknowledged += ::read(ends[0], &byte, 1) == 1;
        for (std::uint64_t spin = random.next_below(2'000'000); spin > 0; --spin) random.next();
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed before it was killed";
        while (::read(ends[0], &byte, 1) == 1) ++acknowledged;
        ::close(ends[0]);
        const auto list = store_.list();
        ASSERT_TRUE(list);
        EXPECT_GE(static_cast<int>(list->size()), acknowledged);
        acknowledged = static_cast<int>(list->size());  // one more may be there than its writer lived to tell
        for (const ModelEntry& entry : *list) ASSERT_EQ(entry.damage, "");
        for (const ModelEntry& entry : *list) ASSERT_TRUE(store_.load("m", entry.metadata.version));
    }
    ASSERT_EQ(*store_.store(example("m")), acknowledged + 1);
    for (const auto& entry : fs::directory_iterator(home_ / "models" / "m"))
        EXPECT_FALSE(entry.path().filename().string().starts_with(".part-")) << entry.path();
}

}  // namespace
}  // namespace aitrading::models

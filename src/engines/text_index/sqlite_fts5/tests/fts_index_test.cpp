#include "engines/text_index/sqlite_fts5/fts_index.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "engines/text_index/sqlite_fts5/expression.hpp"
#include "ports/text_index/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// A disk that loses what was not synced.
class DiskGround final : public ports::conformance::TextGround {
  public:
    explicit DiskGround(std::uint64_t seed) : disk_(seed) {}
    Result<std::unique_ptr<ports::TextIndex>> open() override { return open_fts_index({"text", disk_.file_system(), 16}); }
    void cut(std::unique_ptr<ports::TextIndex> index) override {
        disk_.cut_at(1);  // the next step is the last
        index.reset();
        disk_.restart();
    }

  private:
    SimulatedDisk disk_;
};

class FtsIndexOnSimulatedDisk : public testing::TestWithParam<ports::conformance::TextCheck> {};

TEST_P(FtsIndexOnSimulatedDisk, holds) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) EXPECT_EQ(GetParam().run([seed] { return std::make_unique<DiskGround>(seed); }), "") << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(TextIndex, FtsIndexOnSimulatedDisk, testing::ValuesIn(ports::conformance::text_index_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

std::vector<ports::TextDocument> batch(int number) {
    std::vector<ports::TextDocument> some;
    some.reserve(5);
    for (int k = 0; k < 5; ++k) some.push_back({std::to_string(number) + "." + std::to_string(k), {number}, {"batch" + std::to_string(number), "word"}});
    return some;
}

/// One life until the power goes, and what is left of it: every batch that was told, whole; at most one more, whole.
void live_and_be_cut(std::uint64_t seed) {
    SimulatedDisk disk(seed);
    disk.cut_at(20 + static_cast<std::int64_t>(seed * 7));
    int told = 0;
    {
        auto index = open_fts_index({"text", disk.file_system(), 8});
        if (index && !(*index)->create("news", {"title", "body"})) index = fail(ErrorCode::failed, "cut");
        while (index && told < 200 && (*index)->put("t", "news", batch(told))) ++told;
    }
    disk.restart();
    auto index = open_fts_index({"text", disk.file_system(), 8});
    ASSERT_TRUE(index) << "seed " << seed << ": " << index.error().text;
    ASSERT_TRUE((*index)->create("news", {"title", "body"})) << "seed " << seed;
    const auto hits = (*index)->search("t", "news", {.query = "word", .hits_max = 1'000});
    ASSERT_TRUE(hits) << "seed " << seed << ": " << hits.error().text;
    const auto there = static_cast<int>(hits->hits.size());
    EXPECT_TRUE(there == told * 5 || there == told * 5 + 5) << "seed " << seed << ": " << there << " documents after " << told << " batches";
    const auto sound = (*index)->verify();
    EXPECT_TRUE(sound) << "seed " << seed << ": " << sound.error().text;
}

TEST(FtsIndex, what_was_told_survives_power_cuts_at_any_step) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) live_and_be_cut(seed);
}

TEST(FtsIndex, a_refused_write_stops_writing_and_reading_goes_on) {
    for (const bool full : {true, false}) {
        SimulatedDisk disk(5);
        auto index = open_fts_index({"text", disk.file_system(), 8}).value();
        ASSERT_TRUE(index->create("news", {"title", "body"}));
        ASSERT_TRUE(index->put("t", "news", batch(1)));
        full ? disk.fill_at(disk.steps() + 1) : disk.fail_sync_at(disk.steps() + 1);
        int number = 2;
        while (number < 100 && index->put("t", "news", batch(number))) ++number;
        ASSERT_LT(number, 100) << "the disk refused nothing";
        const auto again = index->put("t", "news", batch(1'000));
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code, ErrorCode::failed);
        EXPECT_EQ(index->search("t", "news", {.query = "batch1"})->hits.size(), 5u) << "reading goes on";
        EXPECT_TRUE(index->search("t", "news", {.query = "batch" + std::to_string(number)})->hits.empty()) << "what was refused is not there";
    }
}

TEST(FtsIndex, is_open_in_one_process_at_a_time_and_refuses_what_is_no_index) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("fts_index_files." + std::to_string(::getpid()));
    {
        const auto first = open_fts_index({folder / "text.sqlite"}).value();
        EXPECT_TRUE(open_fts_index({folder / "text.sqlite"}).error().retry_helps);
    }
    std::ofstream(folder / "other.sqlite") << std::string(10'000, 'x');
    EXPECT_EQ(open_fts_index({folder / "other.sqlite"}).error().code, ErrorCode::gate_refused);
    std::filesystem::remove_all(folder);
}

TEST(FtsExpression, encloses_every_text_in_quotes) {
    using text_index::expression_of;
    EXPECT_EQ(expression_of({{"gold"}, {"rate cut"}, {"infl", true}}, {}), R"(("gold" AND "rate cut" AND "infl" *))");
    EXPECT_EQ(expression_of({{"a"}, {"b", false, true}, {"c", true, true}}, "f_title"), R"({f_title} : (("a") NOT ("b" OR "c" *)))");
    EXPECT_EQ(expression_of({{"a\"b"}}, {}), R"(("a""b"))");
}

TEST(FtsExpression, finds_marks_in_a_snippet) {
    const auto marked = text_index::unmarked("a \x02" "b\x03 \x02" "cc\x03 \x03 \x02" "d");
    EXPECT_EQ(marked.text, "a b cc \x03 d");
    EXPECT_EQ(marked.places, (std::vector<std::pair<std::size_t, std::size_t>>{{2, 1}, {4, 2}}));
}

}  // namespace
}  // namespace aitrading::engines

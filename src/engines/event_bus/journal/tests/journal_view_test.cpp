#include "engines/event_bus/journal/journal_view.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "engines/event_bus/journal/journal.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

class JournalViewTest : public testing::Test {
  protected:
    JournalViewTest() { std::filesystem::remove_all(folder_); }
    ~JournalViewTest() override { std::filesystem::remove_all(folder_); }
    void publish(int count) {
        auto bus = open_journal({folder_, {}, {}}).value();
        ASSERT_TRUE(bus->create_topic("t", {2}));
        ASSERT_TRUE(bus->publish_and_wait("t", counter_.some(count)));
    }
    void spoil(const char* sql) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open((folder_ / "events.sqlite").c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }
    /// Events of all partitions, or the first error.
    static Result<std::size_t> count(JournalView& view) {
        TRY(const auto extents, view.extents());
        std::size_t all = 0;
        for (const PartitionExtent& extent : extents) {
            TRY(const auto some, view.read(extent, extent.first, {}));
            all += some.size();
        }
        return all;
    }
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("journal_view." + std::to_string(::getpid()));
    ports::conformance::Counter counter_;
};

TEST_F(JournalViewTest, looks_beside_the_process_that_writes) {
    EXPECT_EQ(JournalView::open(folder_).error().code, ErrorCode::not_found);
    auto bus = open_journal({folder_, {}, {}}).value();
    EXPECT_FALSE(open_journal({folder_, {}, {}})) << "one process has it open";
    ASSERT_TRUE(bus->create_topic("t", {2}));
    auto view = JournalView::open(folder_).value();
    EXPECT_EQ(count(view).value(), 0U);
    ASSERT_TRUE(bus->publish_and_wait("t", counter_.some(20)));
    EXPECT_EQ(count(view).value(), 20U);
    ASSERT_TRUE(bus->retain("t", {.events_max = 0}));
    EXPECT_EQ(count(view).value(), 0U);
    EXPECT_TRUE(view.check_file());
}

TEST_F(JournalViewTest, names_a_changed_and_a_missing_event) {
    publish(20);
    for (const char* sql : {"UPDATE e_1_0 SET data=x'393939' WHERE position=2", "DELETE FROM e_1_0 WHERE position=2"}) {
        spoil(sql);
        auto view = JournalView::open(folder_).value();
        const auto counted = count(view);
        ASSERT_FALSE(counted) << sql;
        EXPECT_EQ(counted.error().code, ErrorCode::gate_refused);
        EXPECT_NE(counted.error().text.find("topic t, partition 0: offset 2"), std::string::npos) << counted.error().text;
    }
}

TEST_F(JournalViewTest, refuses_a_newer_format) {
    publish(1);
    spoil("PRAGMA user_version=2");
    EXPECT_EQ(JournalView::open(folder_).error().code, ErrorCode::gate_refused);
    EXPECT_EQ(open_journal({folder_, {}, {}}).error().code, ErrorCode::gate_refused);
}

}  // namespace
}  // namespace aitrading::engines

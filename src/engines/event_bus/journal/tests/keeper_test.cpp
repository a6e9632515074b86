#include "kit/events/keeper.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/uuid.hpp"
#include "engines/event_bus/journal/journal.hpp"

namespace aitrading::kit {
namespace {

Event event(UuidMaker& ids) {
    return {.id = ids.next({1'500'000'000'000'000'000}), .type = "test", .source = "/test", .subject = "s", .time = {1'500'000'000'000'000'000}, .trace = {}, .data = {}};
}

TEST(keeper, without_a_bus_keeps_nothing_and_refuses_nothing) {
    Keeper keeper(nullptr, "t");
    UuidMaker ids(1);
    EXPECT_TRUE(keeper.open());
    keeper.add(event(ids));
    EXPECT_TRUE(keeper.flush());
    EXPECT_EQ(keeper.durable(), 0U);
}

TEST(keeper, what_was_flushed_becomes_durable_and_a_refusal_is_told) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("keeper." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    {
        const auto journal = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}});
        ASSERT_TRUE(journal) << journal.error().text;
        UuidMaker ids(1);
        Keeper keeper(journal->get(), "t");
        ASSERT_TRUE(keeper.open());
        for (int i = 0; i < 10; ++i) keeper.add(event(ids));
        ASSERT_TRUE(keeper.flush());
        // What is acknowledged later comes behind in the same queue.
        ASSERT_TRUE((*journal)->publish_and_wait("t", {event(ids)}));
        EXPECT_EQ(keeper.durable(), 10U);
        Keeper lost(journal->get(), "nobody");
        lost.add(event(ids));
        EXPECT_EQ(lost.flush().error().code, ErrorCode::not_found);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::kit

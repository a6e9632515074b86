#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "models/registry/tests/registry_home.hpp"

namespace aitrading::models {
namespace {

constexpr int writers = 5, rounds = 4;

/// What one process does: keeps a version and forces it into production, again and again, and rolls back once.
int write_side_by_side(const RegistryHome& home, int writer) {
    for (int round = 0; round < rounds; ++round) {
        const auto version = home.store().store(RegistryHome::model("m", "by " + std::to_string(writer), "null"));
        if (!version) return 1;
        if (!home.promotions().promote(RegistryHome::forced("m", *version, "writer " + std::to_string(writer)))) return 2;
    }
    return home.promotions().rollback({}) ? 0 : 3;
}

/// No line of the record is lost or written twice, and each change goes on from the one before it.
TEST(RegistryWriters, processes_side_by_side_take_turns) {
    const RegistryHome home("writers");
    std::vector<pid_t> children;
    for (int writer = 0; writer < writers; ++writer) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) ::_exit(write_side_by_side(home, writer));
        children.push_back(child);
    }
    // A reader in between is never refused and never sees half a change.
    for (int look = 0; look < 30; ++look) {
        const auto list = home.store().list();
        ASSERT_TRUE(list) << list.error().text;
        for (const ModelEntry& entry : *list) EXPECT_EQ(entry.damage, "");
        const auto current = home.promotions().in_production();
        ASSERT_TRUE(current) << current.error().text;
        EXPECT_LE(current->size(), 1U);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    EXPECT_EQ(home.store().list()->size(), std::size_t{writers} * rounds);
    const auto changes = home.promotions().history();
    ASSERT_TRUE(changes) << changes.error().text;
    ASSERT_EQ(changes->size(), std::size_t{writers} * (rounds + 1));
    for (std::size_t i = 1; i < changes->size(); ++i) {
        const Change& change = changes->at(i);
        if (change.kind == ChangeKind::promotion) {
            EXPECT_EQ(change.before, static_cast<std::int64_t>(i)) << "replaces the one that served";
        }
    }
}

}  // namespace
}  // namespace aitrading::models

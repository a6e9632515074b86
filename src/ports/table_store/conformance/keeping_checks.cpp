#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

std::string commit_five(const Bench& b, int round) {
    for (int i = 0; i < 5; ++i) {
        const std::string id = std::to_string(round) + "-" + std::to_string(i);
        AIT_OK(b.store->apply("t1", {{.table = "users", .values = user(id, round).row()},
                                     {.table = "usage", .values = {id, std::int64_t{round}, std::int64_t{i}, std::int64_t{0}}},
                                     {.table = "users", .values = user("last", 5 * round + i).row()}}));
    }
    return {};
}

std::string is_all_there(const Bench& b, int rounds) {
    const auto users = rows(*b.store, "t1", "users", {.index = "by_email"});
    AIT_OK(users);
    AIT_EXPECT(users->size() == static_cast<std::size_t>(5 * rounds + 1), "nothing that was committed is lost: " + std::to_string(users->size()));
    AIT_EXPECT(rows(*b.store, "t1", "usage").value().size() == static_cast<std::size_t>(5 * rounds), "in no table");
    AIT_EXPECT(get(*b.store, "t1", "users", {"last"}).value()->row == user("last", 5 * rounds - 1).row(), "and the last write counts");
    AIT_OK(b.store->verify());
    return {};
}

std::string what_was_committed_survives_a_restart(const MakeGround& make) {
    Bench b(make);
    for (int round = 0; round < 3; ++round) {
        AIT_OPEN(b);
        if (std::string why = commit_five(b, round); !why.empty()) return why;
        b.reopen();
        AIT_OPEN(b);
        if (std::string why = is_all_there(b, round + 1); !why.empty()) return why;
    }
    return {};
}

std::string what_was_committed_survives_a_power_cut(const MakeGround& make) {
    Bench b(make);
    for (int round = 0; round < 3; ++round) {
        AIT_OPEN(b);
        if (std::string why = commit_five(b, round); !why.empty()) return why;
        b.cut();
        AIT_OPEN(b);
        if (std::string why = is_all_there(b, round + 1); !why.empty()) return why;
    }
    return {};
}

std::string what_was_not_committed_is_not_there_after_a_power_cut(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    if (std::string why = commit_five(b, 0); !why.empty()) return why;
    {
        auto open = b.store->begin("t1", Access::write);
        AIT_OK(open);
        AIT_OK(open->put("users", user("half").row()));
        AIT_OK(open->erase("users", {"last"}));
        // Its store goes first in a real cut; here the transaction must be over before it may.
    }
    b.cut();
    AIT_OPEN(b);
    return is_all_there(b, 1);
}

}  // namespace

std::vector<Check> keeping_checks() {
    return {{"what_was_committed_survives_a_restart", what_was_committed_survives_a_restart},
            {"what_was_committed_survives_a_power_cut", what_was_committed_survives_a_power_cut},
            {"what_was_not_committed_is_not_there_after_a_power_cut", what_was_not_committed_is_not_there_after_a_power_cut}};
}

}  // namespace aitrading::ports::conformance::tables

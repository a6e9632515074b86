#include <thread>

#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

Migration grow() {
    return {"0004-grow",
            {AddColumn{"users", {"plan", ColumnType::text}, std::string("free")},
             AddColumn{"users", {"pin", ColumnType::integer, true, true}, Value{}},
             AddIndex{"users", {"by_plan", {"plan", "logins"}, false}},
             DropIndex{"users", "by_logins"},
             DropTable{"by_time"},
             CreateTable{{.name = "plans", .columns = {{"plan", ColumnType::text}, {"price", ColumnType::integer}}, .key = {"plan"}}}}};
}

std::vector<Migration> more(std::vector<Migration> begun, Migration next) {
    begun.push_back(std::move(next));
    return begun;
}

std::string steps_go_forward_and_keep_the_rows(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    for (const char* id : {"b", "a"}) AIT_OK(put(*b.store, "t1", "users", user(id, 1).row()));
    AIT_EXPECT(b.store->applied().value().size() == 3, "what was done is known");
    b.store.reset();
    AIT_EXPECT(refusal_of(b.another(more(steps(), grow()), false)) == ErrorCode::gate_refused, "a step that lacks is done only where that is allowed");
    auto grown = b.another(more(steps(), grow()));
    AIT_OK(grown);
    AIT_OK((*grown)->verify());
    const auto applied = (*grown)->applied();
    AIT_OK(applied);
    AIT_EXPECT(applied->size() == 4 && applied->back() == (AppliedMigration{"0004-grow", checksum(grow())}), "it is noted");
    Row old = user("a", 1).row();
    old.insert(old.end(), {Value{std::string("free")}, Value{}});
    AIT_EXPECT(get(**grown, "t1", "users", {"a"}).value()->row == old, "rows that were there have the new column's value");
    old[0] = std::string("c"), old[1] = std::string("c"), old[8] = std::string("paid"), old[9] = std::int64_t{1234};
    AIT_OK(put(**grown, "t1", "users", old));
    AIT_EXPECT(first_of(rows(**grown, "t1", "users", {.index = "by_plan"}).value()) == "a b c", "a new index has the old rows");
    AIT_EXPECT(refusal_of(rows(**grown, "t1", "users", {.index = "by_logins"})) == ErrorCode::usage, "an index that went");
    AIT_OK(put(**grown, "t1", "plans", {"paid", std::int64_t{100}}));
    b.ground->cut(std::move(*grown));
    grown = b.another(more(steps(), grow()), false);
    AIT_OK(grown);
    AIT_EXPECT(get(**grown, "t1", "users", {"c"}).value()->row == old && get(**grown, "t1", "plans", {"paid"}).value(), "all of it survives a power cut");
    return {};
}

std::string other_steps_than_those_done_are_refused(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("a").row()));
    auto changed = steps();
    std::get<CreateTable>(changed[0].changes[0]).table.columns[1].nullable = true;
    std::get<CreateTable>(changed[0].changes[0]).table.indexes.erase(std::get<CreateTable>(changed[0].changes[0]).table.indexes.begin());
    AIT_EXPECT(refusal_of(b.another(changed)) == ErrorCode::gate_refused, "one was changed");
    auto missing = steps();
    missing.erase(missing.begin() + 1);
    AIT_EXPECT(refusal_of(b.another(missing)) == ErrorCode::gate_refused, "one is missing");
    auto turned = steps();
    std::swap(turned[0], turned[1]);
    AIT_EXPECT(refusal_of(b.another(turned)) == ErrorCode::gate_refused, "two changed places");
    auto fewer = steps();
    fewer.pop_back();
    const auto newer = b.another(fewer);
    AIT_EXPECT(refusal_of(newer) == ErrorCode::gate_refused, "the store is newer than the program");
    AIT_EXPECT(newer.error().text.find("newer") != std::string::npos, "and says so");
    AIT_EXPECT(b.store->applied().value().size() == 3 && get(*b.store, "t1", "users", {"a"}).value(), "nothing was done to it");
    AIT_EXPECT(refusal_of(b.another(more(steps(), {"0004-empty", {}}))) == ErrorCode::usage, "a step that changes nothing");
    AIT_EXPECT(refusal_of(b.another(more(steps(), {"0004-x", {DropTable{"nowhere"}}}))) == ErrorCode::usage, "a step over a table that is not there");
    AIT_EXPECT(refusal_of(b.another(more(steps(), {"0004-x", {AddIndex{"users", {"by_token", {"token"}, false}}}}))) == ErrorCode::usage, "a secret orders nothing");
    AIT_EXPECT(refusal_of(b.another(more(steps(), {"0001-users", {DropTable{"usage"}}}))) == ErrorCode::usage, "a name used twice");
    return {};
}

std::string a_step_that_fails_leaves_nothing(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    for (const char* id : {"a", "b"}) AIT_OK(put(*b.store, "t1", "users", user(id, 1).row()));
    AIT_OK(put(*b.store, "t1", "usage", {"old", std::int64_t{1}, std::int64_t{1}, std::int64_t{1}}));
    const CreateTable plans{{.name = "plans", .columns = {{"plan", ColumnType::text}}, .key = {"plan"}}};
    // Two users are alike in what is to be unique: the second change cannot be done, the first must not stay.
    const Migration bad{"0004-plans", {plans, DropTable{"usage"}, AddIndex{"users", {"one_login", {"logins"}, true}}}};
    const auto refused = b.another(more(steps(), bad));
    AIT_EXPECT(refusal_of(refused) == ErrorCode::gate_refused, "rows that are there contradict it");
    AIT_EXPECT(refused.error().text.find("0004-plans") != std::string::npos, "the error names the step");
    AIT_EXPECT(b.store->applied().value().size() == 3, "it is not noted");
    AIT_OK(put(*b.store, "t1", "usage", {"a", std::int64_t{1}, std::int64_t{1}, std::int64_t{1}}));
    AIT_OK(b.store->verify());
    const auto repaired = b.another(more(steps(), {"0004-plans", {plans}}));
    AIT_OK(repaired);
    AIT_OK(put(**repaired, "t1", "plans", {"free"}));
    AIT_EXPECT(rows(**repaired, "t1", "usage").value().size() == 2, "nothing of the failed step is left");
    return {};
}

std::string several_that_migrate_at_once_all_succeed(const MakeGround& make) {
    Bench b(make, {}, {});
    AIT_OPEN(b);
    std::vector<std::string> said(3);
    std::vector<std::thread> threads;
    threads.reserve(said.size());
    for (std::string& one : said)
        threads.emplace_back([&] {
            const auto opened = b.another(more(steps(), grow()));
            if (!opened) one = opened.error().text;
            else if ((*opened)->applied().value_or(std::vector<AppliedMigration>{}).size() != 4) one = "not all steps are done";
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : said) AIT_EXPECT(one.empty(), one);
    const auto after = b.another(more(steps(), grow()), false);
    AIT_OK(after);
    AIT_OK((*after)->verify());
    AIT_EXPECT((*after)->applied().value().size() == 4, "each step once");
    return {};
}

}  // namespace

std::vector<Check> migration_checks() {
    return {{"steps_go_forward_and_keep_the_rows", steps_go_forward_and_keep_the_rows},
            {"other_steps_than_those_done_are_refused", other_steps_than_those_done_are_refused},
            {"a_step_that_fails_leaves_nothing", a_step_that_fails_leaves_nothing},
            {"several_that_migrate_at_once_all_succeed", several_that_migrate_at_once_all_succeed}};
}

}  // namespace aitrading::ports::conformance::tables

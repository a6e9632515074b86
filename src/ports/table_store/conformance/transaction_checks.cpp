#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

constexpr std::chrono::milliseconds short_wait{20};

std::string a_transaction_is_all_or_nothing(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("kept", 1).row()));
    {
        auto t = b.store->begin("t1", Access::write);
        AIT_OK(t);
        AIT_OK(t->put("users", user("a").row()));
        AIT_OK(t->erase("users", {"kept"}));
        AIT_OK(t->put("usage", {"a", std::int64_t{1}, std::int64_t{1}, std::int64_t{1}}));
    }
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "kept", "without a commit nothing of it happens");
    AIT_EXPECT(rows(*b.store, "t1", "usage").value().empty(), "in no table");
    const std::vector<Write> batch{{.table = "users", .values = user("a").row()},
                                   {.kind = Write::Kind::erase, .table = "users", .values = {"kept"}},
                                   {.table = "users", .values = user("b").row(), .expect = Expect::present()}};
    AIT_EXPECT(refusal_of(b.store->apply("t1", batch)) == ErrorCode::gate_refused, "a batch of which one write is refused");
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "kept", "does nothing");
    const auto gave_up = in_transaction(*b.store, "t1", [](Transaction& t) -> Result<void> {
        TRY([[maybe_unused]] const auto version, t.put("users", user("a").row()));
        return fail(ErrorCode::bad_input, "changed my mind");
    });
    AIT_EXPECT(refusal_of(gave_up) == ErrorCode::bad_input, "work that gives up");
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "kept", "leaves nothing");
    AIT_OK(b.store->apply("t1", {batch[0], batch[1]}));
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "a", "committed, all of it is there");
    return {};
}

std::string nothing_is_seen_before_its_commit(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("a", 1).row()));
    auto writer = b.store->begin("t1", Access::write);
    AIT_OK(writer);
    AIT_OK(writer->put("users", user("a", 2).row()));
    AIT_OK(writer->put("users", user("b").row()));
    AIT_EXPECT(get(*b.store, "t1", "users", {"a"}).value()->row == user("a", 1).row(), "a reader meanwhile sees what was");
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "a", "in scans as well");
    AIT_OK(writer->commit());
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "a b", "then what is");
    return {};
}

std::string a_reader_sees_one_state(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    for (const char* id : {"a", "b"}) AIT_OK(put(*b.store, "t1", "users", user(id, 1).row()));
    auto reader = b.store->begin("t1", Access::read);
    AIT_OK(reader);
    AIT_EXPECT(reader->get("users", {"a"}).value()->row == user("a", 1).row(), "at its first look");
    for (const char* id : {"a", "b", "c"}) AIT_OK(put(*b.store, "t1", "users", user(id, 2).row()));
    AIT_OK(erase(*b.store, "t1", "users", {"a"}));
    AIT_EXPECT(reader->get("users", {"b"}).value()->row == user("b", 1).row(), "what others commit later it does not see");
    AIT_EXPECT(reader->get("users", {"a"}).value().has_value(), "nor what they erase");
    AIT_EXPECT(reader->scan("users", {.index = "by_logins"}).value().rows.size() == 2, "nor in an index");
    AIT_EXPECT(refusal_of(reader->put("users", user("d").row())) == ErrorCode::usage, "it cannot write");
    AIT_EXPECT(refusal_of(reader->erase("users", {"b"})) == ErrorCode::usage, "nor erase");
    return {};
}

Result<void> look(Transaction& transaction) {
    TRY([[maybe_unused]] const auto found, transaction.get("users", {"a"}));
    return {};
}

/// Two transactions that overlap; either may be refused, but only with retry_helps. Returns how many committed, or 9 where
/// one was refused for good.
int overlap(const TableStore& store, const std::function<Result<void>(Transaction&)>& first, const std::function<Result<void>(Transaction&)>& second) {
    auto t1 = store.begin("t1", Access::write, short_wait);
    if (!t1) return 9;
    Result<void> went1 = look(*t1);
    auto t2 = store.begin("t1", Access::write, short_wait);
    Result<void> went2 = t2 ? look(*t2) : Result<void>(std::unexpected(t2.error()));
    if (went1) went1 = first(*t1);
    // A second writer may have to wait for the first one's end: it comes after the first commit.
    if (went1) went1 = t1->commit();
    if (went2) went2 = second(*t2);
    if (went2) went2 = t2->commit();
    for (const auto& went : {went1, went2})
        if (!went && !went.error().retry_helps) return 9;
    return (went1 ? 1 : 0) + (went2 ? 1 : 0);
}

std::string no_update_is_lost(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("a", 0).row()));
    const auto add_one = [](Transaction& t) -> Result<void> {
        TRY(const StoredRow found, must_get(t, "users", {"a"}));
        TRY([[maybe_unused]] const auto version, t.put("users", user("a", std::get<std::int64_t>(found.row[2]) + 1).row()));
        return {};
    };
    const int committed = overlap(*b.store, add_one, add_one);
    AIT_EXPECT(committed == 1 || committed == 2, "one of two that overlap commits at least; the other is told to try again");
    AIT_EXPECT(get(*b.store, "t1", "users", {"a"}).value()->row == user("a", committed).row(), "each commit had its effect");
    return {};
}

std::string writers_that_read_each_others_rows_are_serial(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    // At least one of the two is to stay on duty. Each goes only where it sees the other there.
    for (const char* id : {"a", "b"}) AIT_OK(put(*b.store, "t1", "users", user(id, 1).row()));
    const auto leave = [](const char* who) {
        return [who](Transaction& t) -> Result<void> {
            TRY(const Page there, t.scan("users", {.index = "by_logins", .equal = {std::int64_t{1}}}));
            if (there.rows.size() < 2) return {};
            TRY([[maybe_unused]] const auto version, t.put("users", user(who, 0).row()));
            return {};
        };
    };
    const int committed = overlap(*b.store, leave("a"), leave("b"));
    AIT_EXPECT(committed == 1 || committed == 2, "one commits at least");
    AIT_EXPECT(rows(*b.store, "t1", "users", {.index = "by_logins", .equal = {std::int64_t{1}}}).value().size() == 1, "as if one had run after the other");
    return {};
}

std::string two_stores_on_one_ground_are_one(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const auto other = b.another();
    AIT_OK(other);
    const auto version = put(*b.store, "t1", "users", user("a", 1).row());
    AIT_OK(version);
    AIT_EXPECT(get(**other, "t1", "users", {"a"}).value()->version == *version, "one sees what the other committed");
    AIT_OK(put(**other, "t1", "users", user("a", 2).row(), Expect::at(*version)));
    AIT_EXPECT(refusal_of(put(*b.store, "t1", "users", user("a", 3).row(), Expect::at(*version))) == ErrorCode::gate_refused, "versions are common");
    auto t = b.store->begin("t1", Access::write);
    AIT_OK(t);
    AIT_OK(t->put("users", user("a", 4).row()));
    const auto blocked = (*other)->apply("t1", {{.table = "users", .values = user("b").row()}}, short_wait);
    AIT_EXPECT(blocked || blocked.error().retry_helps, "writers of both meet: at most one has to try again");
    const auto ended = t->commit();
    AIT_EXPECT(ended || ended.error().retry_helps, "either of them");
    AIT_EXPECT(ended || blocked, "not both");
    return {};
}

}  // namespace

std::vector<Check> transaction_checks() {
    return {{"a_transaction_is_all_or_nothing", a_transaction_is_all_or_nothing},
            {"nothing_is_seen_before_its_commit", nothing_is_seen_before_its_commit},
            {"a_reader_sees_one_state", a_reader_sees_one_state},
            {"no_update_is_lost", no_update_is_lost},
            {"writers_that_read_each_others_rows_are_serial", writers_that_read_each_others_rows_are_serial},
            {"two_stores_on_one_ground_are_one", two_stores_on_one_ground_are_one}};
}

}  // namespace aitrading::ports::conformance::tables

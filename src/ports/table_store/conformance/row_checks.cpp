#include <cmath>
#include <limits>
#include <set>

#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

template <class T>
constexpr T most = std::numeric_limits<T>::max();
template <class T>
constexpr T least = std::numeric_limits<T>::lowest();

std::string values_of_every_type_come_back(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    std::string all_bytes;
    for (int i = 0; i < 256; ++i) all_bytes.push_back(static_cast<char>(i));
    User plain = user("a");
    User full{"ünï\tcode '\"\\ 漢 😀", "", most<std::int64_t>, 0.1, false, {most<std::int64_t>}, Bytes{all_bytes}, std::string("s3cret")};
    User other{"", "e", least<std::int64_t>, least<double>, true, {least<std::int64_t>}, Bytes{}, std::string()};
    User inf{"inf", "i", -1, std::numeric_limits<double>::infinity(), true, {-1}, Bytes{"\\x00"}, Value{}};
    User tiny{"tiny", "t", 0, std::numeric_limits<double>::denorm_min(), true, {0}, Value{}, std::string(3'000, 'x')};
    for (const User& one : {plain, full, other, inf, tiny}) {
        AIT_OK(put(*b.store, "t1", "users", one.row()));
        const auto back = get(*b.store, "t1", "users", {one.id});
        AIT_OK(back);
        AIT_EXPECT(back->has_value(), "what was put is there: " + one.id);
        for (std::size_t i = 0; i < one.row().size(); ++i)
            AIT_EXPECT((*back)->row[i] == one.row()[i], "user '" + one.id + "', value " + std::to_string(i) + " comes back as it was");
    }
    User zero = user("zero");
    zero.score = -0.0;
    AIT_OK(put(*b.store, "t1", "users", zero.row()));
    const auto back = get(*b.store, "t1", "users", {"zero"});
    AIT_OK(back);
    AIT_EXPECT(std::get<double>((*back)->row[3]) == 0 && !std::signbit(std::get<double>((*back)->row[3])), "-0.0 becomes 0.0 everywhere");
    return {};
}

std::string a_put_replaces_and_an_erase_removes(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_EXPECT(!get(*b.store, "t1", "users", {"a"}).value(), "nothing is there at first");
    AIT_OK(put(*b.store, "t1", "users", user("a", 1).row()));
    AIT_OK(put(*b.store, "t1", "users", user("b", 1).row()));
    AIT_OK(put(*b.store, "t1", "users", user("a", 2).row()));
    const auto all = rows(*b.store, "t1", "users");
    AIT_OK(all);
    AIT_EXPECT(all->size() == 2 && (*all)[0] == user("a", 2).row(), "a put with a key that is there replaces its row");
    AIT_EXPECT(erase(*b.store, "t1", "users", {"a"}).value(), "an erase says that there was a row");
    AIT_EXPECT(!erase(*b.store, "t1", "users", {"a"}).value(), "or that there was none");
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "b", "the others stay");
    return {};
}

std::string a_transaction_reads_its_own_writes(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("b").row()));
    auto t = b.store->begin("t1", Access::write);
    AIT_OK(t);
    AIT_OK(t->put("users", user("a", 1).row()));
    AIT_OK(t->put("users", user("c").row()));
    AIT_OK(t->put("users", user("a", 5).row()));
    AIT_EXPECT(t->erase("users", {"b"}).value(), "it erases");
    AIT_EXPECT(t->get("users", {"a"}).value()->row == user("a", 5).row(), "it gets what it put last");
    AIT_EXPECT(!t->get("users", {"b"}).value(), "and not what it erased");
    const auto page = t->scan("users", {.index = "by_logins", .descending = true});
    AIT_OK(page);
    AIT_EXPECT(page->rows.size() == 2 && page->rows[0].row == user("a", 5).row(), "its scans see it, in an index as well");
    AIT_OK(t->commit());
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users").value()) == "a c", "and so do others after its commit");
    AIT_EXPECT(refusal_of(t->get("users", {"a"})) == ErrorCode::usage && refusal_of(t->commit()) == ErrorCode::usage, "then it is over");
    return {};
}

std::string versions_rise_and_are_never_used_twice(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    std::set<std::int64_t> seen;
    std::int64_t last = 0;
    for (int i = 0; i < 6; ++i) {
        const auto version = put(*b.store, i % 2 == 0 ? "t1" : "t2", "users", user("a", i).row());
        AIT_OK(version);
        AIT_EXPECT(*version > last, "a version is greater than all before it");
        AIT_EXPECT(get(*b.store, i % 2 == 0 ? "t1" : "t2", "users", {"a"}).value()->version == *version, "a read tells the version that the write told");
        last = *version;
        seen.insert(*version);
        if (i == 3) AIT_OK(erase(*b.store, "t2", "users", {"a"}));
        if (i == 4) b.cut();
        AIT_OPEN(b);
    }
    AIT_EXPECT(seen.size() == 6, "nor is one used again, after an erase or a power cut");
    const auto page = b.store->begin("t1", Access::read)->scan("users", {});
    AIT_OK(page);
    AIT_EXPECT(page->rows.size() == 1 && seen.contains(page->rows[0].version), "scans tell versions as well");
    return {};
}

std::string conditional_writes_are_refused_where_the_row_is_another(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const TableStore& s = *b.store;
    AIT_EXPECT(refusal_of(put(s, "t1", "users", user("a").row(), Expect::present())) == ErrorCode::gate_refused, "present: there is none");
    AIT_EXPECT(refusal_of(put(s, "t1", "users", user("a").row(), Expect::at(1))) == ErrorCode::gate_refused, "a version: there is none");
    const auto first = put(s, "t1", "users", user("a", 1).row(), Expect::absent());
    AIT_OK(first);
    AIT_EXPECT(refusal_of(put(s, "t1", "users", user("a").row(), Expect::absent())) == ErrorCode::gate_refused, "absent: there is one");
    const auto second = put(s, "t1", "users", user("a", 2).row(), Expect::at(*first));
    AIT_OK(second);
    const auto late = put(s, "t1", "users", user("a", 3).row(), Expect::at(*first));
    AIT_EXPECT(refusal_of(late) == ErrorCode::gate_refused && !late.error().retry_helps, "another has written since");
    AIT_EXPECT(refusal_of(erase(s, "t1", "users", {"a"}, Expect::at(*first))) == ErrorCode::gate_refused, "the same for an erase");
    AIT_EXPECT(get(s, "t1", "users", {"a"}).value()->row == user("a", 2).row(), "what was refused has changed nothing");
    AIT_OK(erase(s, "t1", "users", {"a"}, Expect::at(*second)));
    AIT_OK(put(s, "t1", "users", user("a", 4).row()));
    AIT_EXPECT(refusal_of(put(s, "t1", "users", user("a").row(), Expect::at(*second))) == ErrorCode::gate_refused, "a row that went and came is another");
    auto t = s.begin("t1", Access::write);
    AIT_OK(t);
    AIT_EXPECT(refusal_of(t->put("users", user("a").row(), Expect::absent())) == ErrorCode::gate_refused, "inside a transaction");
    AIT_OK(t->put("users", user("b").row()));
    AIT_OK(t->commit());
    AIT_EXPECT(first_of(rows(s, "t1", "users").value()) == "a b", "which goes on");
    return {};
}

std::string a_unique_index_refuses_within_a_tenant(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const TableStore& s = *b.store;
    AIT_OK(put(s, "t1", "users", user("a", 1).row()));
    User thief = user("b");
    thief.email = user("a").email;
    const auto taken = put(s, "t1", "users", thief.row());
    AIT_EXPECT(refusal_of(taken) == ErrorCode::gate_refused, "a value that is taken");
    AIT_EXPECT(taken.error().text.find("by_email") != std::string::npos, "the error names the index");
    AIT_OK(put(s, "t1", "users", user("a", 2).row()));
    AIT_OK(put(s, "t2", "users", thief.row()));
    auto t = s.begin("t1", Access::write);
    AIT_OK(t);
    AIT_EXPECT(refusal_of(t->put("users", thief.row())) == ErrorCode::gate_refused, "inside a transaction");
    AIT_OK(t->erase("users", {"a"}));
    AIT_OK(t->put("users", thief.row()));
    AIT_OK(t->commit());
    AIT_EXPECT(first_of(rows(s, "t1", "users", {.index = "by_email"}).value()) == "b", "which goes on, and finds it free once it is");
    return {};
}

}  // namespace

std::vector<Check> row_checks() {
    return {{"values_of_every_type_come_back", values_of_every_type_come_back},
            {"a_put_replaces_and_an_erase_removes", a_put_replaces_and_an_erase_removes},
            {"a_transaction_reads_its_own_writes", a_transaction_reads_its_own_writes},
            {"versions_rise_and_are_never_used_twice", versions_rise_and_are_never_used_twice},
            {"conditional_writes_are_refused_where_the_row_is_another", conditional_writes_are_refused_where_the_row_is_another},
            {"a_unique_index_refuses_within_a_tenant", a_unique_index_refuses_within_a_tenant}};
}

std::string Check::run(const MakeGround& make) const {
    try {
        return body(make);
    } catch (const std::bad_expected_access<Error>& refused) {  // a value() of what should have been there
        return "a call was refused: " + refused.error().text;
    }
}

std::vector<Check> checks() {
    std::vector<Check> all;
    for (const auto& part : {row_checks(), order_checks(), bound_checks(), transaction_checks(), concurrency_checks(), keeping_checks(), migration_checks()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace aitrading::ports::conformance::tables

#include <limits>

#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

std::string tenants_do_not_see_each_other(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const TableStore& s = *b.store;
    for (const char* tenant : {"t1", "t2", "t"})
        for (const char* id : {"a", "b"}) {
            User one = user(id, tenant == std::string("t1") ? 1 : 2);
            one.token = std::string(tenant);
            AIT_OK(put(s, tenant, "users", one.row(), Expect::absent()));
        }
    AIT_OK(put(s, "t2", "users", user("only-2").row()));
    AIT_EXPECT(!get(s, "t1", "users", {"only-2"}).value(), "a key of another tenant's is not there");
    AIT_EXPECT(std::get<std::string>(get(s, "t1", "users", {"a"}).value()->row[7]) == "t1", "the same key is another row");
    AIT_EXPECT(first_of(rows(s, "t1", "users").value()) == "a b", "a scan stays inside");
    for (const char* index : {"by_email", "by_logins"}) AIT_EXPECT(rows(s, "t1", "users", {.index = index}).value().size() == 2, "in an index as well");
    AIT_EXPECT(rows(s, "t1", "users", {.descending = true, .rows_max = 1}).value().size() == 2, "backwards as well");
    AIT_EXPECT(!erase(s, "t1", "users", {"only-2"}).value(), "nothing of another tenant's can be erased");
    AIT_OK(erase(s, "t1", "users", {"a"}));
    AIT_EXPECT(rows(s, "t2", "users").value().size() == 3 && rows(s, "t", "users").value().size() == 2, "what goes here stays there");
    AIT_EXPECT(refusal_of(s.begin("", Access::read)) == ErrorCode::usage && refusal_of(s.begin("..", Access::read)) == ErrorCode::usage &&
                   refusal_of(s.begin("t1' or '1'='1", Access::read)) == ErrorCode::usage && refusal_of(s.begin(std::string(tenant_characters_max + 1, 't'), Access::read)) == ErrorCode::usage,
               "a tenant has a name");
    AIT_OK(put(s, std::string(tenant_characters_max, 't'), "users", user("a").row()));
    return {};
}

std::string what_is_no_row_is_refused_and_changes_nothing(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const auto why = [&](Row row) { return refusal_of(put(*b.store, "t1", "users", std::move(row))); };
    const auto with = [](std::size_t at, Value value) {
        Row row = user("a").row();
        row[at] = std::move(value);
        return row;
    };
    AIT_EXPECT(why(with(3, std::numeric_limits<double>::quiet_NaN())) == ErrorCode::bad_input, "NaN");
    AIT_EXPECT(why(with(1, std::string("a\0b", 3))) == ErrorCode::bad_input, "NUL in text");
    for (const char* text : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "half \xe6\xbc"})
        AIT_EXPECT(why(with(1, std::string(text))) == ErrorCode::bad_input, "text that is no UTF-8");
    AIT_EXPECT(why(with(1, Value{})) == ErrorCode::bad_input, "a column that must be known");
    AIT_EXPECT(why(with(2, std::string("7"))) == ErrorCode::bad_input, "a value of another type");
    AIT_EXPECT(why(with(5, std::int64_t{7})) == ErrorCode::bad_input, "a number for a time");
    Row small = user("a").row();
    small.pop_back();
    AIT_EXPECT(why(small) == ErrorCode::bad_input, "too few values");
    const auto named = put(*b.store, "t1", "users", with(3, std::string("x")));
    AIT_EXPECT(!named && named.error().text.find("score") != std::string::npos, "the error names the column");
    AIT_EXPECT(refusal_of(get(*b.store, "t1", "users", {"a", "b"})) == ErrorCode::bad_input, "a key of other columns");
    AIT_EXPECT(refusal_of(put(*b.store, "t1", "nowhere", {})) == ErrorCode::not_found, "no such table");
    AIT_EXPECT(rows(*b.store, "t1", "users").value().empty(), "nothing of it is there");
    // Names are data: they cannot leave their quotes.
    const std::string quotes = "'; DROP TABLE users; --\" $1 ?1";
    AIT_OK(put(*b.store, "t1", "users", user(quotes).row()));
    AIT_EXPECT(first_of(rows(*b.store, "t1", "users", {.equal = {quotes}}).value()) == quotes, "text is only text");
    return {};
}

std::string limits_hold_and_what_is_just_inside_passes(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    const TableStore& s = *b.store;
    const std::string longest(key_bytes_max, 'k');
    Row full{longest, Bytes{std::string(row_bytes_max - key_bytes_max, '\xee')}};
    AIT_OK(put(s, "t1", "notes", full));
    AIT_EXPECT(get(s, "t1", "notes", {longest}).value()->row == full, "the largest row comes back");
    std::get<Bytes>(full[1]).value.push_back('x');
    AIT_EXPECT(refusal_of(put(s, "t1", "notes", full)) == ErrorCode::bad_input, "a larger one is refused");
    AIT_EXPECT(refusal_of(put(s, "t1", "notes", {longest + "k", Value{}})) == ErrorCode::bad_input, "a longer key");
    User user_long = user("u");
    user_long.email = std::string(index_bytes_max, 'e');
    AIT_OK(put(s, std::string(tenant_characters_max, 't'), "users", user_long.row()));
    user_long.email += "e";
    AIT_EXPECT(refusal_of(put(s, "t1", "users", user_long.row())) == ErrorCode::bad_input, "longer values in an index");
    auto t = s.begin("t1", Access::write);
    AIT_OK(t);
    for (int i = 0; i < 70; ++i) {
        const auto went = t->put("notes", {"n" + std::to_string(i), Bytes{std::string(row_bytes_max - 100, 'x')}});
        if (went) continue;
        AIT_EXPECT(went.error().code == ErrorCode::usage && i >= 64, "bytes of a transaction are bounded");
        break;
    }
    AIT_EXPECT(!t->put("notes", {"last", Bytes{std::string(row_bytes_max - 100, 'x')}}), "at 64 MiB");
    return {};
}

std::string connections_are_bounded_and_waited_for(const MakeGround& make) {
    Bench b(make, {.connections_max = 2, .connections_kept = 1});
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("a").row()));
    auto first = b.store->begin("t1", Access::read);
    AIT_OK(first);
    {
        const auto second = b.store->begin("t1", Access::read);
        AIT_OK(second);
        const auto third = b.store->begin("t1", Access::read, std::chrono::milliseconds(20));
        AIT_EXPECT(!third && third.error().code == ErrorCode::failed && third.error().retry_helps, "more than allowed: try again");
        AIT_EXPECT(refusal_of(b.store->apply("t1", {}, std::chrono::milliseconds(0))) == ErrorCode::failed, "for writers as well");
    }
    for (int i = 0; i < 5; ++i) {
        auto again = b.store->begin("t1", Access::read, std::chrono::milliseconds(0));
        AIT_OK(again);
        AIT_EXPECT(again->get("users", {"a"}).value(), "a place that came free serves the next");
    }
    return {};
}

std::string secrets_are_stored_through_the_cipher(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    User one = user("a");
    one.email = "open-in-the-store";
    one.token = std::string("hidden-from-thieves");
    AIT_OK(put(*b.store, "t1", "users", one.row()));
    AIT_OK(put(*b.store, "t1", "users", user("b").row()));
    AIT_EXPECT(get(*b.store, "t1", "users", {"a"}).value()->row == one.row(), "it comes back");
    AIT_EXPECT(is_null(get(*b.store, "t1", "users", {"b"}).value()->row[7]), "unknown stays unknown");
    AIT_EXPECT(std::get<std::string>(rows(*b.store, "t1", "users").value()[0][7]) == "hidden-from-thieves", "scans open it as well");
    AIT_EXPECT(b.ground->holds("open-in-the-store"), "what is not secret is found in the store (or this check sees nothing)");
    AIT_EXPECT(!b.ground->holds("hidden-from-thieves"), "what is secret is not");
    const auto with_keys = [&](std::map<std::string, std::string> keys) -> Result<std::unique_ptr<TableStore>> {
        TRY(auto engine, b.ground->open({}));
        return TableStore::open(std::move(engine), {steps(), keys.empty() ? nullptr : std::make_shared<TestCipher>(std::move(keys))});
    };
    AIT_EXPECT(refusal_of(with_keys({})) == ErrorCode::usage, "secrets need a cipher");
    const auto turned = with_keys({{"k1", "first"}, {"k2", "second"}});
    AIT_OK(turned);
    AIT_EXPECT(get(**turned, "t1", "users", {"a"}).value()->row == one.row(), "old keys go on opening");
    User two = user("c");
    two.token = std::string("by-the-new-key");
    AIT_OK(put(**turned, "t1", "users", two.row()));
    AIT_EXPECT(refusal_of(get(*b.store, "t1", "users", {"c"})) == ErrorCode::not_found, "a key that is not there is named");
    const auto other = with_keys({{"k1", "another"}});
    AIT_OK(other);
    AIT_EXPECT(refusal_of(get(**other, "t1", "users", {"a"})) == ErrorCode::gate_refused, "a wrong key opens nothing");
    return {};
}

}  // namespace

std::vector<Check> bound_checks() {
    return {{"tenants_do_not_see_each_other", tenants_do_not_see_each_other},
            {"what_is_no_row_is_refused_and_changes_nothing", what_is_no_row_is_refused_and_changes_nothing},
            {"limits_hold_and_what_is_just_inside_passes", limits_hold_and_what_is_just_inside_passes},
            {"connections_are_bounded_and_waited_for", connections_are_bounded_and_waited_for},
            {"secrets_are_stored_through_the_cipher", secrets_are_stored_through_the_cipher}};
}

}  // namespace aitrading::ports::conformance::tables

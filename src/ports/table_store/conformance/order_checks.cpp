#include <algorithm>
#include <limits>

#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

Value bytes(std::string text) { return Bytes{std::move(text)}; }

std::string keys_of_every_type_are_in_order(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    constexpr auto low = std::numeric_limits<std::int64_t>::min(), high = std::numeric_limits<std::int64_t>::max();
    constexpr double inf = std::numeric_limits<double>::infinity();
    // Text by its bytes: no language's order, where 'a' stands before 'B' and 'ä' beside 'a'.
    const std::vector<std::pair<std::string, std::vector<Value>>> sorted{
        {"by_text", {"", " ", "10", "9", "A", "B", "Z_", "a", "a b", "aa", "b", "ä", "漢", "😀"}},
        {"by_integer", {low, std::int64_t{-10}, std::int64_t{-9}, std::int64_t{0}, std::int64_t{9}, std::int64_t{10}, high}},
        {"by_real", {-inf, -1e300, -2.5, -1e-300, 0.0, 1e-300, 2.5, 10.0, 1e300, inf}},
        {"by_bytes", {bytes(""), bytes(std::string(1, '\0')), bytes(std::string("\0a", 2)), bytes("a"), bytes("aa"), bytes("\x7f"), bytes("\x80"), bytes("\xff")}},
        {"by_boolean", {false, true}},
        {"by_time", {UnixNanos{low}, UnixNanos{-1}, UnixNanos{0}, UnixNanos{1}, UnixNanos{high}}}};
    for (const auto& [table, values] : sorted) {
        for (std::size_t i = 0; i < values.size(); ++i) AIT_OK(put(*b.store, "t1", table, {values[(i * 5 + 3) % values.size()]}));
        for (const Value& value : values) AIT_OK(put(*b.store, "t1", table, {value}));
        auto all = rows(*b.store, "t1", table, {.rows_max = 2});
        AIT_OK(all);
        AIT_EXPECT(all->size() == values.size(), table + ": every key is there once");
        for (std::size_t i = 0; i < values.size(); ++i) AIT_EXPECT((*all)[i][0] == values[i], table + ": " + shown(values[i]) + " at its place");
        auto back = rows(*b.store, "t1", table, {.descending = true, .rows_max = 3});
        AIT_OK(back);
        std::ranges::reverse(*back);
        AIT_EXPECT(*back == *all, table + ": descending is the other way round");
    }
    return {};
}

std::string scanned(const Bench& b, const Scan& scan) {
    const auto all = rows(*b.store, "t1", "usage", scan);
    if (!all) return all.error().text;
    std::string out;
    for (const Row& row : *all)
        out += (out.empty() ? "" : " ") + std::get<std::string>(row[0]) + std::to_string(std::get<std::int64_t>(row[1])) + std::to_string(std::get<std::int64_t>(row[2]));
    return out;
}

std::string a_scan_begins_and_ends_where_it_says(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    std::vector<Write> batch;
    for (const char* account : {"b", "a"})
        for (const std::int64_t day : {2, 1, 3})
            for (const std::int64_t number : {1, 2}) batch.push_back({.table = "usage", .values = {account, day, number, std::int64_t{0}}});
    AIT_OK(b.store->apply("t1", batch));
    constexpr std::int64_t one = 1, two = 2, three = 3;
    AIT_EXPECT(scanned(b, {}) == "a11 a12 a21 a22 a31 a32 b11 b12 b21 b22 b31 b32", scanned(b, {}));
    AIT_EXPECT(scanned(b, {.equal = {"a"}, .rows_max = 2}) == "a11 a12 a21 a22 a31 a32", "one account");
    AIT_EXPECT(scanned(b, {.equal = {"a"}, .from = {two}}) == "a21 a22 a31 a32", "from a day on");
    AIT_EXPECT(scanned(b, {.equal = {"a"}, .to = {two}}) == "a11 a12", "before a day");
    AIT_EXPECT(scanned(b, {.equal = {"a"}, .from = {one, two}, .to = {three, two}}) == "a12 a21 a22 a31", "between two places");
    AIT_EXPECT(scanned(b, {.equal = {"a"}, .from = {two}, .to = {three}, .descending = true, .rows_max = 1}) == "a22 a21", "backwards");
    AIT_EXPECT(scanned(b, {.from = {"a", three}, .to = {"b", two}}) == "a31 a32 b11 b12", "across accounts");
    AIT_EXPECT(scanned(b, {.equal = {"b", one, two}}) == "b12", "one row");
    AIT_EXPECT(scanned(b, {.equal = {"c"}}).empty() && scanned(b, {.from = {"b"}, .to = {"a"}}).empty(), "none");
    auto t = b.store->begin("t1", Access::read);
    AIT_OK(t);
    AIT_EXPECT(refusal_of(t->scan("usage", {.equal = {"a", one, two, one}})) == ErrorCode::usage, "more values than columns");
    AIT_EXPECT(refusal_of(t->scan("usage", {.equal = {one}})) == ErrorCode::bad_input, "a value of another type");
    AIT_EXPECT(refusal_of(t->scan("usage", {.index = "by_day"})) == ErrorCode::usage, "no such index");
    AIT_EXPECT(refusal_of(t->scan("nowhere", {})) == ErrorCode::not_found, "no such table");
    AIT_OK(t->scan("usage", {}));
    return {};
}

std::string an_index_orders_rows_and_follows_their_changes(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    for (const auto& [id, logins] : std::vector<std::pair<std::string, std::int64_t>>{{"d", 2}, {"a", 3}, {"c", 2}, {"b", 1}, {"e", 10}})
        AIT_OK(put(*b.store, "t1", "users", user(id, logins).row()));
    const auto by_logins = [&](Scan scan) {
        scan.index = "by_logins";
        const auto all = rows(*b.store, "t1", "users", scan);
        return all ? first_of(*all) : all.error().text;
    };
    constexpr std::int64_t two = 2, three = 3;
    AIT_EXPECT(by_logins({}) == "b c d a e", "alike ones in order of the key: " + by_logins({}));
    AIT_EXPECT(by_logins({.rows_max = 1}) == "b c d a e", "page by page as well");
    AIT_EXPECT(by_logins({.descending = true, .rows_max = 2}) == "e a d c b", "backwards");
    AIT_EXPECT(by_logins({.equal = {two}}) == "c d" && by_logins({.from = {two}, .to = {three}}) == "c d", "those alike");
    AIT_EXPECT(by_logins({.equal = {two}, .from = {"d"}}) == "d", "from a key on among them");
    AIT_OK(put(*b.store, "t1", "users", user("b", 7).row()));
    AIT_OK(erase(*b.store, "t1", "users", {"c"}));
    AIT_EXPECT(by_logins({}) == "d a b e", "after changes");
    return {};
}

std::string pages_keep_their_bounds_and_lose_nothing(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    std::vector<Write> batch;
    for (int i = 100; i < 160; ++i) batch.push_back({.table = "notes", .values = {"n" + std::to_string(i), Bytes{std::string(1'000, 'x')}}});
    AIT_OK(b.store->apply("t1", batch));
    auto t = b.store->begin("t1", Access::read);
    AIT_OK(t);
    const auto by_rows = t->scan("notes", {.rows_max = 7});
    AIT_OK(by_rows);
    AIT_EXPECT(by_rows->rows.size() == 7 && !by_rows->next.empty(), "as many rows as asked for");
    const auto by_bytes = t->scan("notes", {.bytes_max = 5'500});
    AIT_OK(by_bytes);
    AIT_EXPECT(by_bytes->rows.size() == 5 && !by_bytes->next.empty(), "as many bytes as asked for");
    AIT_EXPECT(t->scan("notes", {.bytes_max = 1}).value().rows.size() == 1, "one row always passes");
    const auto all = t->scan("notes", {.rows_max = 60});
    AIT_OK(all);
    AIT_EXPECT(all->rows.size() == 60 && all->next.empty(), "a page that holds the last row is the last");
    AIT_EXPECT(refusal_of(t->scan("notes", {.rows_max = 0})) == ErrorCode::usage && refusal_of(t->scan("notes", {.rows_max = page_rows_max + 1})) == ErrorCode::usage, "bounds of a page");
    AIT_EXPECT(refusal_of(t->scan("notes", {.rows_max = 7, .after = "nonsense"})) == ErrorCode::usage, "no mark");
    AIT_EXPECT(refusal_of(t->scan("notes", {.descending = true, .rows_max = 7, .after = by_rows->next})) == ErrorCode::usage, "a mark of another scan");
    AIT_EXPECT(refusal_of(b.store->begin("t2", Access::read)->scan("notes", {.rows_max = 7, .after = by_rows->next})) == ErrorCode::usage, "or of another tenant's");
    const auto page_two = t->scan("notes", {.rows_max = 7, .after = by_rows->next});
    AIT_OK(page_two);
    AIT_EXPECT(std::get<std::string>(page_two->rows[0].row[0]) == "n107", "the next page begins behind the one before");
    return {};
}

std::string pages_go_on_while_the_table_changes(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    std::vector<Write> batch;
    for (int i = 10; i < 40; ++i) batch.push_back({.table = "notes", .values = {"n" + std::to_string(i), Value{}}});
    AIT_OK(b.store->apply("t1", batch));
    Scan scan{.rows_max = 10};
    std::vector<std::string> seen;
    for (int round = 0;; ++round) {
        auto t = b.store->begin("t1", Access::read);
        AIT_OK(t);
        const auto page = t->scan("notes", scan);
        AIT_OK(page);
        for (const StoredRow& row : page->rows) seen.push_back(std::get<std::string>(row.row[0]));
        scan.after = page->next;
        if (scan.after.empty()) break;
        { [[maybe_unused]] const auto over = std::move(*t); }
        if (round > 0) continue;
        AIT_OK(erase(*b.store, "t1", "notes", {"n19"}));   // the row of the mark
        AIT_OK(erase(*b.store, "t1", "notes", {"n25"}));
        AIT_OK(put(*b.store, "t1", "notes", {"n05", Value{}}));
        AIT_OK(put(*b.store, "t1", "notes", {"n275", Value{}}));
    }
    AIT_EXPECT(std::ranges::is_sorted(seen) && std::ranges::adjacent_find(seen) == seen.end(), "in order, none twice");
    AIT_EXPECT(seen.size() == 30, "what was there all the time is seen, what came behind the mark as well: " + std::to_string(seen.size()));
    return {};
}

}  // namespace

std::vector<Check> order_checks() {
    return {{"keys_of_every_type_are_in_order", keys_of_every_type_are_in_order},
            {"a_scan_begins_and_ends_where_it_says", a_scan_begins_and_ends_where_it_says},
            {"an_index_orders_rows_and_follows_their_changes", an_index_orders_rows_and_follows_their_changes},
            {"pages_keep_their_bounds_and_lose_nothing", pages_keep_their_bounds_and_lose_nothing},
            {"pages_go_on_while_the_table_changes", pages_go_on_while_the_table_changes}};
}

}  // namespace aitrading::ports::conformance::tables

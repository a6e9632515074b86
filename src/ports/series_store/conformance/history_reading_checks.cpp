#include <algorithm>
#include <limits>

#include "base/random.hpp"
#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = HistoryBench;
using Make = MakeHistoryGround;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();

std::string rows_come_back_as_they_were_appended(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> rows;
    rows.reserve(50);
    for (std::int64_t i = 0; i < 50; ++i) rows.push_back(made_up_row("EURUSD", i - 25, i));
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    rows.push_back({"EURUSD", {100}, {"", least, -0.0, false, UnixNanos{least}, std::vector<double>{}}});
    rows.push_back({"EURUSD", {101}, {"Grüße, 'x' \"y\" \\ \n,", most, infinite, true, UnixNanos{most}, std::vector<double>{nan, -infinite, -0.0, 5e-324}}});
    rows.push_back({"EURUSD", {102}, {std::string(5'000, 'x'), std::int64_t{0}, -infinite, true, UnixNanos{0}, std::vector<double>(3'000, 0.1)}});
    rows.push_back({"EURUSD", {103}, {"few"}});
    rows.push_back({"EURUSD", {104}, {std::monostate{}, std::monostate{}, nan}});
    AIT_OK(b.store->append("h", batch_of(rows, 1)));
    rows[53].values.resize(6);
    rows[54].values = std::vector<HistoryValue>(6);
    for (const bool compacted : {false, true}) {
        if (compacted) AIT_OK(b.store->compact());
        const auto got = b.all({.symbol = "EURUSD"});
        AIT_OK(got);
        AIT_EXPECT(difference(*got, rows).empty(), difference(*got, rows) + (compacted ? ", compacted" : ""));
    }
    return {};
}

std::string rows_lie_by_the_time_at_which_they_became_known(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> all;
    SplitMix64 random(5);
    for (std::int64_t batch = 0; batch < 12; ++batch) {
        std::vector<HistoryRow> rows;
        rows.reserve(20);
        for (std::int64_t i = 0; i < 20; ++i) rows.push_back(made_up_row("A", static_cast<std::int64_t>(random.next() % 60), batch * 20 + i));
        AIT_OK(b.store->append("h", batch_of(rows, batch * 20 + 1)));
        all.insert(all.end(), rows.begin(), rows.end());
        if (batch % 4 == 1) AIT_OK(b.store->compact());
        std::vector<HistoryRow> expected = all;
        std::ranges::stable_sort(expected, {}, &HistoryRow::known_at);
        const auto got = b.all({.symbol = "A", .rows_max = 1'000});
        AIT_OK(got);
        AIT_EXPECT(difference(*got, expected).empty(), difference(*got, expected));
    }
    return {};
}

std::string a_range_is_half_open(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> rows;
    rows.reserve(100);
    for (std::int64_t i = 0; i < 100; ++i) rows.push_back(made_up_row("A", i * 10, i));
    AIT_OK(b.store->append("h", batch_of(rows, 1)));
    for (const bool compacted : {false, true}) {
        if (compacted) AIT_OK(b.store->compact());
        for (const auto& [from, to] : {std::pair{200, 300}, {201, 301}, {0, 1}, {990, 5'000}, {300, 300}, {400, 300}, {-50, 0}}) {
            std::vector<HistoryRow> expected;
            for (const HistoryRow& row : rows)
                if (row.known_at.value >= from && row.known_at.value < to) expected.push_back(row);
            const auto got = b.all({.symbol = "A", .range = {{from}, {to}}});
            AIT_OK(got);
            AIT_EXPECT(difference(*got, expected).empty(), difference(*got, expected));
        }
    }
    return {};
}

std::string symbols_and_tenants_do_not_meet(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    HistoryBatch batch{"bus/topic", {{0, 90}}, {}};
    std::vector<HistoryRow> mine, other;
    for (std::int64_t i = 0; i < 90; ++i) {
        const HistoryRow row = made_up_row(i % 3 == 0 ? "A" : i % 3 == 1 ? "AB" : "a", i, i);
        const bool first = i < 60;
        batch.entries.push_back({first ? "t" : "u", row, {0, i + 1}});
        if (row.symbol == "AB") (first ? mine : other).push_back(row);
    }
    AIT_OK(b.store->append("h", batch));
    for (const bool compacted : {false, true}) {
        if (compacted) AIT_OK(b.store->compact());
        const auto got = b.all({.symbol = "AB"}), others = b.all({.symbol = "AB"}, "u");
        AIT_OK(got);
        AIT_OK(others);
        AIT_EXPECT(difference(*got, mine).empty(), difference(*got, mine));
        AIT_EXPECT(difference(*others, other).empty(), difference(*others, other));
        AIT_EXPECT(b.all({.symbol = "AB"}, "nobody")->empty() && b.all({.symbol = "none"})->empty(), "what nobody has is empty");
        const auto symbols = b.store->symbols("u", "h");
        AIT_OK(symbols);
        AIT_EXPECT((*symbols == std::vector<HistorySymbol>{{"A", 10, {60}, {87}}, {"AB", 10, {61}, {88}}, {"a", 10, {62}, {89}}}), "symbols by their bytes, with rows and times, the tenant's own");
    }
    AIT_EXPECT((*b.store->tenants("h") == std::vector<std::string>{"t", "u"}), "the tenants that have rows, by name");
    AIT_EXPECT(refusal_of(b.store->symbols("../t", "h")) == ErrorCode::usage, "a tenant's name is checked");
    AIT_EXPECT(refusal_of(b.store->read("a/b", "h", {.symbol = "A"})) == ErrorCode::usage, "a tenant's name is checked");
    return {};
}

std::string columns_come_as_they_are_asked_for(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> rows;
    rows.reserve(20);
    for (std::int64_t i = 0; i < 20; ++i) rows.push_back(made_up_row("A", i, i));
    AIT_OK(b.store->append("h", batch_of(rows, 1)));
    for (HistoryRow& row : rows) row.values = {row.values[5], row.values[0], row.values[3]};
    for (const bool compacted : {false, true}) {
        if (compacted) AIT_OK(b.store->compact());
        const auto page = b.store->read("t", "h", {.symbol = "A", .columns = {"list", "word", "flag"}});
        AIT_OK(page);
        AIT_EXPECT((page->columns == std::vector<HistoryColumn>{{"list", HistoryType::reals}, {"word", HistoryType::text}, {"flag", HistoryType::boolean}}), "the page names its columns");
        AIT_EXPECT(difference(page->rows, rows).empty(), difference(page->rows, rows));
    }
    return {};
}

std::string pages_go_through_all(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> rows;
    rows.reserve(300);
    for (std::int64_t i = 0; i < 300; ++i) rows.push_back(made_up_row("A", i / 7, i));  // seven rows at one moment
    AIT_OK(b.store->append("h", batch_of({rows.begin(), rows.begin() + 150}, 1)));
    AIT_OK(b.store->compact());
    AIT_OK(b.store->append("h", batch_of({rows.begin() + 150, rows.end()}, 151)));
    for (const std::size_t size : {1U, 7U, 50U, 299U, 300U, 301U}) {
        const auto got = b.all({.symbol = "A", .rows_max = size});
        AIT_OK(got);
        AIT_EXPECT(difference(*got, rows).empty(), difference(*got, rows) + ", pages of " + std::to_string(size));
    }
    // A compaction, a restart and rows that come between two pages change nothing of the others.
    HistoryQuery query{.symbol = "A", .rows_max = 100};
    auto page = b.store->read("t", "h", query);
    AIT_OK(page);
    std::vector<HistoryRow> got = page->rows;
    AIT_OK(b.store->append("h", batch_of({made_up_row("A", 1'000, 1'000)}, 301)));
    rows.push_back(made_up_row("A", 1'000, 1'000));
    AIT_OK(b.store->compact());
    b.reopen();
    while (!page->next.empty()) {
        query.page = page->next;
        page = b.store->read("t", "h", query);
        AIT_OK(page);
        got.insert(got.end(), page->rows.begin(), page->rows.end());
    }
    AIT_EXPECT(difference(got, rows).empty(), difference(got, rows));
    return {};
}

std::string a_page_is_bounded_in_bytes(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::vector<HistoryRow> rows;
    rows.reserve(700);
    for (std::int64_t i = 0; i < 700; ++i) rows.push_back({"A", {i}, {std::string(50'000, static_cast<char>('a' + i % 26))}});
    AIT_OK(b.store->append("h", batch_of(rows, 1)));
    for (const bool compacted : {false, true}) {
        if (compacted) AIT_OK(b.store->compact());
        const auto page = b.store->read("t", "h", {.symbol = "A", .columns = {"word"}, .rows_max = 10'000});
        AIT_OK(page);
        AIT_EXPECT(page->rows.size() > 100 && page->rows.size() < 500 && !page->next.empty(), "a page has at most 16 MiB");
        AIT_EXPECT(b.all({.symbol = "A", .columns = {"word"}, .rows_max = 10'000})->size() == 700, "the pages have all");
        const auto small = b.store->read("t", "h", {.symbol = "A", .rows_max = 10'000, .bytes_max = 200'000});
        AIT_OK(small);
        AIT_EXPECT(!small->rows.empty() && small->rows.size() < 4, "a page is as small as it was asked for");
        AIT_EXPECT(b.store->read("t", "h", {.symbol = "A", .bytes_max = 1})->rows.size() == 1, "one row always passes");
    }
    return {};
}

std::string what_is_asked_wrongly_is_refused(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const HistoryRow row = made_up_row("A", 1, 1);
    AIT_OK(b.store->append("h", batch_of({row, row, row}, 1)));
    AIT_EXPECT(refusal_of(b.store->read("t", "none", {.symbol = "A"})) == ErrorCode::not_found, "a history that is not there");
    AIT_EXPECT(refusal_of(b.store->append("none", batch_of({row}, 1))) == ErrorCode::not_found, "a history that is not there");
    AIT_EXPECT(refusal_of(b.store->marks("none", "bus/topic")) == ErrorCode::not_found, "a history that is not there");
    AIT_EXPECT(refusal_of(b.store->read("t", "h", {.symbol = "A", .columns = {"none"}})) == ErrorCode::usage, "a column that is not there");
    AIT_EXPECT(refusal_of(b.store->read("t", "h", {.symbol = "A", .rows_max = 0})) == ErrorCode::usage, "no rows");
    AIT_EXPECT(refusal_of(b.store->read("t", "h", {.symbol = "A", .rows_max = 10'001})) == ErrorCode::usage, "too many rows");
    AIT_EXPECT(refusal_of(b.store->read("t", "h", {.symbol = "A", .page = "x"})) == ErrorCode::usage, "no page");
    const auto page = b.store->read("t", "h", {.symbol = "A", .rows_max = 1});
    AIT_OK(page);
    AIT_EXPECT(refusal_of(b.store->read("t", "h", {.symbol = "B", .page = page->next})) == ErrorCode::usage, "another symbol's page");
    AIT_EXPECT(refusal_of(b.store->read("u", "h", {.symbol = "A", .page = page->next})) == ErrorCode::usage, "another tenant's page");
    HistoryRow bad = row;
    bad.values[1] = 1.5;
    AIT_EXPECT(refusal_of(b.store->append("h", batch_of({bad}, 4))) == ErrorCode::usage, "a real in a column of integers");
    bad.values.resize(7);
    bad.values[1] = std::int64_t{1};
    AIT_EXPECT(refusal_of(b.store->append("h", batch_of({bad}, 4))) == ErrorCode::usage, "more values than columns");
    AIT_EXPECT(refusal_of(b.store->append("h", batch_of({{"", {1}, {}}}, 4))) == ErrorCode::usage, "no symbol");
    AIT_EXPECT(refusal_of(b.store->append("h", batch_of({row}, 4, "a/b"))) == ErrorCode::usage, "a tenant's name is checked");
    HistoryBatch outside = batch_of({row}, 4);
    outside.up_to[0].offset = 3;
    AIT_EXPECT(refusal_of(b.store->append("h", outside)) == ErrorCode::usage, "a row of an event behind the mark");
    AIT_EXPECT(b.all({.symbol = "A"})->size() == 3, "what was refused left nothing");
    return {};
}

}  // namespace

std::vector<HistoryCheck> history_reading_checks() {
    return {{"rows_come_back_as_they_were_appended", rows_come_back_as_they_were_appended},
            {"rows_lie_by_the_time_at_which_they_became_known", rows_lie_by_the_time_at_which_they_became_known},
            {"a_range_is_half_open", a_range_is_half_open},
            {"symbols_and_tenants_do_not_meet", symbols_and_tenants_do_not_meet},
            {"columns_come_as_they_are_asked_for", columns_come_as_they_are_asked_for},
            {"pages_go_through_all", pages_go_through_all},
            {"a_page_is_bounded_in_bytes", a_page_is_bounded_in_bytes},
            {"what_is_asked_wrongly_is_refused", what_is_asked_wrongly_is_refused}};
}

}  // namespace aitrading::ports::conformance

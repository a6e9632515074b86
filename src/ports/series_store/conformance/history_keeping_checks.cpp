#include <atomic>
#include <thread>

#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::ports::conformance {
namespace {

using Bench = HistoryBench;
using Make = MakeHistoryGround;

std::vector<HistoryRow> some_rows(std::int64_t from, std::int64_t to) {
    std::vector<HistoryRow> rows;
    for (std::int64_t i = from; i < to; ++i) rows.push_back(made_up_row("A", i, i));
    return rows;
}

/// What is wrong where exactly rows [0, to) should be; empty: nothing.
std::string not_exactly(const Bench& b, std::int64_t to) {
    const auto got = b.all({.symbol = "A"});
    return got ? difference(*got, some_rows(0, to)) : got.error().text;
}

std::string a_batch_has_one_effect(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.store->marks("h", "bus/topic")->empty(), "no marks at the beginning");
    const HistoryBatch first = batch_of(some_rows(0, 30), 1);
    for (int round = 0; round < 5; ++round) {
        if (round == 2) AIT_OK(b.store->compact());
        if (round == 3) b.reopen();
        if (round == 4) b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
        const auto appended = b.store->append("h", first);
        AIT_OK(appended);
        AIT_EXPECT(appended->added == (round == 0 ? 30 : 0) && appended->known == (round == 0 ? 0 : 30), "it is told what was there already");
        AIT_EXPECT(not_exactly(b, 30).empty(), not_exactly(b, 30));
    }
    // The same events cut in another way, with new ones behind.
    const auto more = b.store->append("h", batch_of(some_rows(10, 40), 11));
    AIT_OK(more);
    AIT_EXPECT(more->added == 10 && more->known == 20, "only what is new is added");
    AIT_EXPECT(not_exactly(b, 40).empty(), not_exactly(b, 40));
    AIT_EXPECT((*b.store->marks("h", "bus/topic") == std::vector<HistoryMark>{{0, 40}}), "the mark moved on");
    // An older batch does not take it back.
    AIT_OK(b.store->append("h", first));
    AIT_EXPECT((*b.store->marks("h", "bus/topic") == std::vector<HistoryMark>{{0, 40}}), "no mark moves back");
    return {};
}

std::string marks_are_an_origins_and_a_partitions_own(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto row = [](std::int64_t i) { return made_up_row("A", i, i); };
    AIT_OK(b.store->append("h", {"bus/topic", {{0, 1}, {2, 2}}, {{"t", row(0), {2, 1}}, {"t", row(1), {0, 1}}, {"t", row(2), {2, 2}}}}));
    AIT_OK(b.store->append("h", {"bus/topic", {{1, 7}}, {{"t", row(3), {1, 7}}}}));
    AIT_OK(b.store->append("h", {"other/topic", {{0, 1}}, {{"t", row(4), {0, 1}}}}));
    AIT_OK(b.store->append("h", {"bus/topic", {{2, 9}}, {}}));  // events that came to no rows
    AIT_EXPECT(not_exactly(b, 5).empty(), not_exactly(b, 5));
    AIT_EXPECT((*b.store->marks("h", "bus/topic") == std::vector<HistoryMark>{{0, 1}, {1, 7}, {2, 9}}), "marks by partition");
    AIT_EXPECT((*b.store->marks("h", "other/topic") == std::vector<HistoryMark>{{0, 1}}), "marks by origin");
    // Two rows of one event, and none of them again.
    AIT_OK(b.store->append("h", {"other/topic", {{0, 2}}, {{"t", row(5), {0, 2}}, {"t", row(6), {0, 2}}}}));
    AIT_OK(b.store->append("h", {"other/topic", {{0, 2}}, {{"t", row(5), {0, 2}}, {"t", row(6), {0, 2}}}}));
    AIT_EXPECT(not_exactly(b, 7).empty(), not_exactly(b, 7));
    HistorySchema second = made_up_schema();
    second.name = "second";
    AIT_OK(b.store->define(second));
    AIT_EXPECT(b.store->marks("second", "bus/topic")->empty(), "marks are a history's own");
    AIT_EXPECT(b.all({.symbol = "A"}, "t", "second")->empty(), "rows are a history's own");
    return {};
}

std::string what_was_appended_survives_a_cut_with_its_marks(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    std::int64_t told = 0;
    for (int life = 0; life < 6; ++life) {
        for (int i = 0; i < 5; ++i, told += 10) AIT_OK(b.store->append("h", batch_of(some_rows(told, told + 10), told + 1)));
        if (life % 3 == 1) AIT_OK(b.store->compact());
        b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
        AIT_EXPECT((*b.store->marks("h", "bus/topic") == std::vector<HistoryMark>{{0, told}}), "the mark of what was told");
        AIT_EXPECT(not_exactly(b, told).empty(), not_exactly(b, told));
        AIT_OK(b.store->verify());
    }
    AIT_EXPECT((*b.store->histories() == std::vector<HistorySchema>{made_up_schema()}), "histories survive");
    return {};
}

std::string columns_are_only_added(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    HistorySchema schema{"grows", {{"a", HistoryType::integer}}};
    AIT_OK(b.store->define(schema));
    AIT_OK(b.store->define(schema));
    AIT_OK(b.store->append("grows", batch_of({{"A", {1}, {std::int64_t{10}}}}, 1)));
    AIT_OK(b.store->compact());
    AIT_OK(b.store->append("grows", batch_of({{"A", {2}, {std::int64_t{20}}}}, 2)));
    HistorySchema wrong = schema;
    wrong.columns[0].type = HistoryType::real;
    AIT_EXPECT(refusal_of(b.store->define(wrong)) == ErrorCode::usage, "a type does not change");
    wrong.columns[0] = {"z", HistoryType::integer};
    AIT_EXPECT(refusal_of(b.store->define(wrong)) == ErrorCode::usage, "a name does not change");
    schema.columns.push_back({"b", HistoryType::text});
    schema.columns.push_back({"c", HistoryType::reals});
    AIT_OK(b.store->define(schema));
    AIT_EXPECT(refusal_of(b.store->define({"grows", {{"a", HistoryType::integer}}})) == ErrorCode::usage, "columns do not go");
    AIT_OK(b.store->append("grows", batch_of({{"A", {3}, {std::int64_t{30}, "x", std::vector<double>{1, 2}}}}, 3)));
    const std::vector<HistoryRow> expected{{"A", {1}, {std::int64_t{10}, std::monostate{}, std::monostate{}}},
                                           {"A", {2}, {std::int64_t{20}, std::monostate{}, std::monostate{}}},
                                           {"A", {3}, {std::int64_t{30}, "x", std::vector<double>{1, 2}}}};
    for (int round = 0; round < 3; ++round) {
        if (round == 1) b.reopen();
        if (round == 2) AIT_OK(b.store->compact());
        const auto got = b.all({.symbol = "A"}, "t", "grows");
        AIT_OK(got);
        AIT_EXPECT(difference(*got, expected).empty(), difference(*got, expected));
        const auto added = b.all({.symbol = "A", .columns = {"b"}}, "t", "grows");
        AIT_OK(added);
        AIT_EXPECT(added->size() == 3 && same((*added)[0].values[0], {}) && same((*added)[2].values[0], "x"), "a column that was added, alone");
    }
    AIT_EXPECT(refusal_of(b.store->define({"Bad Name", {{"a", HistoryType::integer}}})) == ErrorCode::usage, "names are checked");
    AIT_EXPECT(refusal_of(b.store->define({"twice", {{"a", HistoryType::integer}, {"a", HistoryType::text}}})) == ErrorCode::usage, "names are checked");
    AIT_EXPECT(refusal_of(b.store->define({"taken", {{"symbol", HistoryType::text}}})) == ErrorCode::usage, "names are checked");
    return {};
}

std::string what_is_damaged_is_refused_by_name(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    HistorySchema sound = made_up_schema();
    sound.name = "sound";
    AIT_OK(b.store->define(sound));
    AIT_OK(b.store->append("h", batch_of(some_rows(0, 3'000), 1)));
    AIT_OK(b.store->append("sound", batch_of(some_rows(0, 100), 1)));
    AIT_OK(b.store->compact());
    b.reopen();
    AIT_OK(b.store->verify());
    const std::string named = b.ground->damage("t", "h");
    b.reopen();
    AIT_EXPECT(b.broken.empty(), b.broken);
    const auto refused = b.all({.symbol = "A"});
    AIT_EXPECT(refusal_of(refused) == ErrorCode::gate_refused && refused.error().text.find(named) != std::string::npos, "what is damaged is refused with its name");
    const auto whole = b.store->verify();
    AIT_EXPECT(refusal_of(whole) == ErrorCode::gate_refused && whole.error().text.find(named) != std::string::npos, "verify names it");
    AIT_EXPECT(b.all({.symbol = "A"}, "t", "sound")->size() == 100, "others are read as ever");
    return {};
}

std::string readers_see_whole_batches_beside_a_writer(const Make& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    constexpr std::int64_t batches = 40, rows = 25;
    std::atomic<bool> done = false;
    std::string broken[2];
    std::vector<std::thread> readers;
    for (std::string& said : broken)
        readers.emplace_back([&b, &done, &said] {
            std::size_t seen = 0;
            while (said.empty()) {
                const bool last = done;
                const auto page = b.store->read("t", "h", {.symbol = "A", .rows_max = 10'000});
                if (!page) said = page.error().text;
                else if (page->rows.size() % rows != 0 || page->rows.size() < seen) said = std::to_string(page->rows.size()) + " rows after " + std::to_string(seen);
                else said = difference(page->rows, some_rows(0, static_cast<std::int64_t>(page->rows.size())));
                if (page) seen = page->rows.size();
                if (last) return;
            }
        });
    std::string refused;
    for (std::int64_t i = 0; i < batches && refused.empty(); ++i) {
        if (const auto appended = b.store->append("h", batch_of(some_rows(i * rows, (i + 1) * rows), i * rows + 1)); !appended) refused = appended.error().text;
        if (i % 8 == 5)
            if (const auto compacted = b.store->compact(); !compacted) refused = compacted.error().text;
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    AIT_EXPECT(refused.empty(), refused);
    for (const std::string& said : broken) AIT_EXPECT(said.empty(), said);
    AIT_EXPECT(not_exactly(b, batches * rows).empty(), not_exactly(b, batches * rows));
    return {};
}

}  // namespace

std::vector<HistoryCheck> history_keeping_checks() {
    return {{"a_batch_has_one_effect", a_batch_has_one_effect},
            {"marks_are_an_origins_and_a_partitions_own", marks_are_an_origins_and_a_partitions_own},
            {"what_was_appended_survives_a_cut_with_its_marks", what_was_appended_survives_a_cut_with_its_marks},
            {"columns_are_only_added", columns_are_only_added},
            {"what_is_damaged_is_refused_by_name", what_is_damaged_is_refused_by_name},
            {"readers_see_whole_batches_beside_a_writer", readers_see_whole_batches_beside_a_writer}};
}

}  // namespace aitrading::ports::conformance

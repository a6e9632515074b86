#include <atomic>
#include <thread>

#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

constexpr int threads_count = 4;
constexpr AttemptOptions patient{.attempts_max = 1'000, .wait = std::chrono::seconds(60)};

/// Runs `work(number)` on several threads. Empty, or what the first of them complained about.
std::string on_threads(const std::function<std::string(int)>& work) {
    std::vector<std::string> said(threads_count);
    std::vector<std::thread> threads;
    threads.reserve(threads_count);
    for (int i = 0; i < threads_count; ++i) threads.emplace_back([&, i] { said[static_cast<std::size_t>(i)] = work(i); });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : said)
        if (!one.empty()) return one;
    return {};
}

std::string counters_count_every_step_of_every_thread(const MakeGround& make) {
    Bench b(make, {.connections_max = 3, .connections_kept = 3});
    AIT_OPEN(b);
    AIT_OK(put(*b.store, "t1", "users", user("all", 0).row()));
    constexpr int steps_each = 15;
    const std::string said = on_threads([&](int number) -> std::string {
        for (int i = 0; i < steps_each; ++i)
            AIT_OK(in_transaction(
                *b.store, "t1",
                [&](Transaction& t) -> Result<void> {
                    TRY(const StoredRow found, must_get(t, "users", {"all"}));
                    TRY([[maybe_unused]] const auto sum, t.put("users", user("all", std::get<std::int64_t>(found.row[2]) + 1).row(), Expect::at(found.version)));
                    TRY([[maybe_unused]] const auto own, t.put("usage", {"thread" + std::to_string(number), std::int64_t{i}, std::int64_t{0}, std::int64_t{0}}, Expect::absent()));
                    return {};
                },
                patient));
        return {};
    });
    AIT_EXPECT(said.empty(), said);
    AIT_EXPECT(get(*b.store, "t1", "users", {"all"}).value()->row == user("all", threads_count * steps_each).row(), "no step is lost and none counts twice");
    AIT_EXPECT(rows(*b.store, "t1", "usage").value().size() == threads_count * steps_each, "nor what belongs to it");
    return {};
}

std::string readers_see_sums_that_writers_keep(const MakeGround& make) {
    Bench b(make);
    AIT_OPEN(b);
    constexpr std::int64_t each = 100;
    for (const char* id : {"a", "b", "c"}) AIT_OK(put(*b.store, "t1", "users", user(id, each).row()));
    std::atomic<int> writing{2};
    const std::string said = on_threads([&](int number) -> std::string {
        if (number < 2) {
            const std::vector<std::string> ids{"a", "b", "c"};
            std::string broke;
            for (int i = 0; i < 20 && broke.empty(); ++i) {
                const std::string& from = ids[static_cast<std::size_t>(i + number) % 3];
                const std::string& to = ids[static_cast<std::size_t>(i + number + 1) % 3];
                const auto moved = in_transaction(
                    *b.store, "t1",
                    [&](Transaction& t) -> Result<void> {
                        TRY(const StoredRow have, must_get(t, "users", {from}));
                        TRY(const StoredRow get, must_get(t, "users", {to}));
                        TRY([[maybe_unused]] const auto less, t.put("users", user(from, std::get<std::int64_t>(have.row[2]) - 1).row()));
                        TRY([[maybe_unused]] const auto more, t.put("users", user(to, std::get<std::int64_t>(get.row[2]) + 1).row()));
                        return {};
                    },
                    patient);
                if (!moved) broke = moved.error().text;
            }
            --writing;
            return broke;
        }
        do {
            std::int64_t sum = 0;
            auto t = b.store->begin("t1", Access::read, patient.wait);
            AIT_OK(t);
            const auto looked = t->each("users", {.rows_max = 1}, [&](const StoredRow& row) {
                sum += std::get<std::int64_t>(row.row[2]);
                return true;
            });
            if (!looked && looked.error().retry_helps) continue;
            AIT_OK(looked);
            AIT_EXPECT(sum == 3 * each, "a sum that no committed state had: " + std::to_string(sum));
        } while (writing > 0);
        return {};
    });
    AIT_EXPECT(said.empty(), said);
    return {};
}

std::string who_waits_for_a_connection_gets_the_next_free_one(const MakeGround& make) {
    Bench b(make, {.connections_max = 1, .connections_kept = 1});
    AIT_OPEN(b);
    const std::string said = on_threads([&](int number) -> std::string {
        for (int i = 0; i < 5; ++i)
            AIT_OK(in_transaction(
                *b.store, "t" + std::to_string(number),
                [&](Transaction& t) -> Result<void> {
                    TRY([[maybe_unused]] const auto version, t.put("users", user("u" + std::to_string(i)).row()));
                    return {};
                },
                patient));
        return {};
    });
    AIT_EXPECT(said.empty(), said);
    for (int i = 0; i < threads_count; ++i) AIT_EXPECT(rows(*b.store, "t" + std::to_string(i), "users").value().size() == 5, "all are served in the end");
    return {};
}

}  // namespace

std::vector<Check> concurrency_checks() {
    return {{"counters_count_every_step_of_every_thread", counters_count_every_step_of_every_thread},
            {"readers_see_sums_that_writers_keep", readers_see_sums_that_writers_keep},
            {"who_waits_for_a_connection_gets_the_next_free_one", who_waits_for_a_connection_gets_the_next_free_one}};
}

}  // namespace aitrading::ports::conformance::tables

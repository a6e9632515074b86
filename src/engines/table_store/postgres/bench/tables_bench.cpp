#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <tuple>

#include "engines/table_store/postgres/postgres_tables.hpp"
#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "kit/bench.hpp"
#include "ports/table_store/table_store.hpp"

namespace aitrading::engines {
namespace {

using namespace ports;  // NOLINT(google-build-using-namespace)
using Clock = std::chrono::steady_clock;
using Open = std::function<Result<std::unique_ptr<TableEngine>>(PoolOptions)>;

constexpr int rows_count = 2'000;

std::vector<Migration> steps() {
    return {{"0001-users", {CreateTable{{.name = "users", .columns = {{"id", ColumnType::integer}, {"email", ColumnType::text}, {"body", ColumnType::bytes}}, .key = {"id"},
                                          .indexes = {{"by_email", {"email"}, true}}}}}}};
}

Row row_of(std::int64_t n) { return {n, "user" + std::to_string(n) + "@example.org", Bytes{std::string(200, 'x')}}; }

std::unique_ptr<TableStore> store_on(const Open& open, int kept) {
    auto store = TableStore::open(open({.connections_max = 8, .connections_kept = kept}).value(), {steps()}).value();
    for (std::int64_t n = 0; n < rows_count; n += 500) {
        std::vector<Write> batch;
        for (std::int64_t i = n; i < n + 500; ++i) batch.push_back({.table = "users", .values = row_of(i)});
        std::ignore = store->apply("bench", batch);
    }
    return store;
}

/// Transactions per second of several threads, of one read or one write each.
double rate(const TableStore& store, int threads, int calls, bool writes) {
    const auto begun = Clock::now();
    std::vector<std::thread> running;
    running.reserve(static_cast<std::size_t>(threads));
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            for (int i = 0; i < calls; ++i) {
                const std::int64_t n = (i * 7 + t * 500) % rows_count;
                const auto work = [&](Transaction& transaction) -> Result<void> {
                    TRY([[maybe_unused]] const auto version, transaction.put("users", row_of(n)));
                    return {};
                };
                if (writes) std::ignore = in_transaction(store, "bench", work);
                else std::ignore = store.begin("bench", Access::read)->get("users", {n});
            }
        });
    for (std::thread& thread : running) thread.join();
    return threads * calls / std::chrono::duration<double>(Clock::now() - begun).count();
}

void measure(const std::string& name, const Open& open, std::vector<kit::BenchRow>& rows) {
    const auto row = [&](const std::string& what, double value, const std::string& note) {
        rows.push_back({"table_store " + name + ", " + what, value, "transactions/s", {}, true, "none", {}, note});
    };
    const auto pooled = store_on(open, 8), unpooled = store_on(open, 0);
    for (const int threads : {1, 4}) {
        const std::string on = ", " + std::to_string(threads) + " thread(s)";
        row("one row read" + on + ", pooled", rate(*pooled, threads, 4'000, false), "300-byte rows");
        row("one row read" + on + ", a connection each", rate(*unpooled, threads, 300, false), "");
        row("one row written" + on + ", pooled", rate(*pooled, threads, 150, true), "durable, a unique index");
        row("one row written" + on + ", a connection each", rate(*unpooled, threads, 60, true), "durable");
    }
    std::int64_t seen = 0;
    const auto begun = Clock::now();
    for (int i = 0; i < 20; ++i) std::ignore = pooled->begin("bench", Access::read)->each("users", {}, [&](const StoredRow&) { return ++seen > 0; });
    rows.push_back({"table_store " + name + ", rows scanned in order", static_cast<double>(seen) / std::chrono::duration<double>(Clock::now() - begun).count(), "rows/s", {}, true, "none", {}, "pages of 1,000"});
}

}  // namespace
}  // namespace aitrading::engines

int main(int argc, char** argv) {
    using namespace aitrading::engines;  // NOLINT(google-build-using-namespace)
    std::vector<aitrading::kit::BenchRow> rows;
    const auto folder = std::filesystem::current_path() / "build" / ("tables_bench." + std::to_string(::getpid()));
    measure("sqlite", [&](PoolOptions pool) { return open_sqlite_tables({folder / "t.sqlite", pool, {}}); }, rows);
    std::filesystem::remove_all(folder);
    const char* url = std::getenv("AITRADING_TEST_POSTGRES");
    if (url != nullptr) measure("postgres", [&](PoolOptions pool) { return open_postgres_tables({.url = url, .schema = "bench_tables", .pool = pool}); }, rows);
    return aitrading::kit::print_bench(rows, argc, argv);
}

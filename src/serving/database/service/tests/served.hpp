#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engines/archive/files/file_archive.hpp"
#include "engines/key_value/memory/memory_store.hpp"
#include "engines/series_store/histories/parquet_histories.hpp"
#include "engines/table_store/sqlite/sqlite_tables.hpp"
#include "ports/table_store/conformance/ground.hpp"
#include "serving/database/service/database_state.hpp"
#include "serving/database/service/tests/fake_series.hpp"

namespace aitrading::serving {

/// `notes` and `accounts` (with a secret) are open to writes, `usage` is not.
inline std::vector<ports::Migration> test_steps() {
    using ports::ColumnType;
    const ports::TableSchema notes{.name = "notes",
                                   .columns = {{"id", ColumnType::text}, {"number", ColumnType::integer}, {"body", ColumnType::text, true}, {"share", ColumnType::real, true}},
                                   .key = {"id"},
                                   .indexes = {{"by_number", {"number"}, false}}};
    const ports::TableSchema accounts{.name = "accounts",
                                      .columns = {{"id", ColumnType::text}, {"email", ColumnType::text}, {"password", ColumnType::text, true, true}},
                                      .key = {"id"},
                                      .indexes = {{"by_email", {"email"}, true}}};
    const ports::TableSchema usage{.name = "usage", .columns = {{"day", ColumnType::integer}, {"amount", ColumnType::integer}}, .key = {"day"}, .indexes = {}};
    return {{"0001-all", {ports::CreateTable{notes}, ports::CreateTable{accounts}, ports::CreateTable{usage}, ports::CreateTable{service_writes_table()}, ports::CreateTable{object_labels_table()}}}};
}

/// All requests over embedded engines in a folder of their own, with clocks that the test sets.
struct Served {
    std::filesystem::path folder;
    SteadyTime now = SteadyTime{} + std::chrono::hours(10);
    UnixNanos wall{1'700'000'000'000'000'000};
    std::shared_ptr<FakeSeries> series = std::make_shared<FakeSeries>();
    std::shared_ptr<ports::HistoryStore> histories;
    std::shared_ptr<DatabaseState> state;
    kit::RequestHandlers handlers;
    inline static int made = 0;

    explicit Served(const TenantLimits& limits = {}) : folder(std::filesystem::path(testing::TempDir()) / ("ait-database." + std::to_string(::getpid()) + "." + std::to_string(made++))) {
        std::filesystem::remove_all(folder);
        state = std::make_shared<DatabaseState>(DatabaseClocks{[this] { return now; }, [this] { return wall; }});
        state->set_limits(limits);
        state->open(stores());
        add_table_requests(handlers, state);
        add_value_requests(handlers, state);
        add_object_requests(handlers, state);
        add_series_requests(handlers, state);
        add_history_requests(handlers, state);
    }
    ~Served() {
        state->close();
        std::filesystem::remove_all(folder);
    }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    DatabaseStores stores() {
        DatabaseStores out;
        auto engine = engines::open_sqlite_tables({.file = folder / "tables.sqlite", .pool = {}, .file_system = {}});
        EXPECT_TRUE(engine);
        auto tables = ports::TableStore::open(*std::move(engine), {.migrations = test_steps(), .cipher = ports::conformance::tables::test_cipher()});
        EXPECT_TRUE(tables) << tables.error().text;
        out.tables = *std::move(tables);
        const auto clock = [this] { return wall; };
        auto values = engines::open_memory_store({.snapshot = {}, .now = clock, .cipher = {}});
        EXPECT_TRUE(values);
        out.values = *std::move(values);
        auto archive = engines::open_file_archive({.folder = folder / "archive", .now = clock, .cipher = {}});
        EXPECT_TRUE(archive) << archive.error().text;
        out.archive = *std::move(archive);
        out.series = series;
        if (!histories) histories = engines::open_parquet_histories({.folder = folder / "histories"}).value();
        out.histories = histories;
        out.writable = {"notes", "accounts"};
        return out;
    }
    /// @param method `TableService/GetRow`
    template <class Reply, class Request>
    Result<Reply> ask(const std::string& method, const Request& request, const std::string& tenant = "default", std::chrono::milliseconds within = std::chrono::hours(1)) {
        const kit::RequestContract* contract = kit::find_request("aitrading.v1." + method);
        EXPECT_NE(contract, nullptr) << method;
        const auto* handler = handlers.find(*contract);
        EXPECT_NE(handler, nullptr) << method;
        TRY(const auto reply, handler->answer(request, {tenant, Deadline::after(now, within), {}}));
        return static_cast<const Reply&>(*reply);
    }
    void pass(std::chrono::nanoseconds time) {
        now += time;
        wall.value += time.count();
    }
};

/// The error's text; empty: there was none.
template <class T>
std::string error_of(const Result<T>& result) { return result ? std::string() : result.error().text; }

template <class T>
ErrorCode code_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? ErrorCode::interrupted : result.error().code;
}

}  // namespace aitrading::serving

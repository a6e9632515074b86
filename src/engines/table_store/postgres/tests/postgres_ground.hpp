#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <tuple>

#include "engines/table_store/postgres/link.hpp"
#include "ports/table_store/conformance/checks.hpp"

namespace aitrading::engines {

/// The address of a real server that tests may use; null where there is none.
inline const char* test_postgres() { return std::getenv("AITRADING_TEST_POSTGRES"); }

#define AIT_NEEDS_POSTGRES() \
    if (test_postgres() == nullptr) GTEST_SKIP() << "no PostgreSQL server: AITRADING_TEST_POSTGRES is not set; ./dev test --with-servers sets it"

/// A schema of its own on a real server, dropped with the ground. A cut takes the connections away in the middle of what they
/// do; what the server's own death leaves is restart_server_test's.
class PostgresGround final : public ports::conformance::tables::Ground {
  public:
    explicit PostgresGround(std::string url) : url_(std::move(url)), schema_("test_" + std::to_string(::getpid()) + "_" + std::to_string(made_++)) { sweep(); }
    ~PostgresGround() override { sweep(); }
    PostgresGround(const PostgresGround&) = delete;
    PostgresGround& operator=(const PostgresGround&) = delete;

    Result<std::unique_ptr<ports::TableEngine>> open(ports::PoolOptions pool) override { return open_postgres_tables(options(pool)); }
    void cut(std::unique_ptr<ports::TableStore> store) override {
        end_connections();
        store.reset();
    }
    bool holds(std::string_view bytes) override {
        // Each row as text; bytes show as hexadecimal digits.
        std::string hex;
        for (const char c : bytes) hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4], hex += "0123456789abcdef"[c & 15];
        const auto found = run("SELECT 1 FROM \"" + schema_ + "\".users u WHERE u::text LIKE '%" + std::string(bytes) + "%' OR u::text LIKE '%" + hex + "%'");
        return found && found->rows() > 0;
    }

    PostgresTablesOptions options(ports::PoolOptions pool = {}) const {
        return {.url = url_ + (url_.find('?') == std::string::npos ? "?" : "&") + "application_name=" + schema_, .schema = schema_, .pool = pool};
    }
    /// As who has the server, on a connection of its own.
    Result<postgres::Answer> run(const std::string& text) const {
        TRY(const auto link, postgres::Link::open({.url = url_}));
        return link->run(text);
    }
    void end_connections() const { std::ignore = run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + schema_ + "'"); }

  private:
    void sweep() const { std::ignore = run("DROP SCHEMA IF EXISTS \"" + schema_ + "\" CASCADE"); }

    inline static std::atomic<int> made_{0};
    std::string url_, schema_;
};

}  // namespace aitrading::engines

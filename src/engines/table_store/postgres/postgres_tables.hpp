#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ports/table_store/table_engine.hpp"

namespace aitrading::engines {

struct PostgresTablesOptions {
    std::string url;                 ///< `postgresql://user@host:port/database?sslmode=verify-full`, or libpq's `key=value …`
    std::string schema = "public";   ///< of PostgreSQL: what one store calls its own in a database; made where it is missing
    ports::PoolOptions pool;
    std::chrono::milliseconds connect_wait{5'000};      ///< for one connection; whole seconds, at least two
    std::chrono::milliseconds statement_wait{30'000};   ///< for one statement, locks among it; the server ends it then
};

/// TableEngine on PostgreSQL 13 or later: transactions are SERIALIZABLE, a conflict says `retry_helps`. A connection that was
/// lost ends its transaction, with `retry_helps`; the next one opens another, so that a server may be restarted. Where it is
/// lost in the middle of a commit, the server is asked what became of it.
/// @errors usage (schema's name), failed (no connection: retry_helps), gate_refused (not UTF-8, newer format)
Result<std::unique_ptr<ports::TableEngine>> open_postgres_tables(const PostgresTablesOptions& options);

}  // namespace aitrading::engines

#include "engines/table_store/postgres/postgres_tables.hpp"

#include <algorithm>
#include <thread>

#include "engines/table_store/postgres/postgres_session.hpp"
#include "engines/table_store/sql/statements.hpp"

namespace aitrading::engines {
namespace {

using ports::AppliedMigration;
using postgres::Answer;
using postgres::Link;
using postgres::Session;

constexpr int format = 1;
constexpr std::chrono::milliseconds patience{10'000};  // where no caller says
constexpr std::chrono::milliseconds patience_in_doubt{30'000};  // for a server that is being started anew
constexpr std::chrono::milliseconds pause{50};         // between two questions to a server that comes back

std::vector<std::string> words(const Answer& answer) {
    std::vector<std::string> out;
    out.reserve(answer.rows());
    for (std::size_t i = 0; i < answer.rows(); ++i) out.emplace_back(answer.text(i, 0));
    std::ranges::sort(out);
    return out;
}

class PostgresTables final : public ports::TableEngine {
  public:
    explicit PostgresTables(const PostgresTablesOptions& options) : options_(options), pool_(options.pool, [this] { return Link::open(options_); }) {}

    /// Makes what a new store needs. @errors gate_refused (newer, not UTF-8), failed
    Result<void> found() {
        TRY(auto lease, pool_.take(patience));
        TRY(const Answer encoding, lease->run("SHOW server_encoding"));
        if (encoding.text(0, 0) != "UTF8") return fail(ErrorCode::gate_refused, "PostgreSQL: the database is in " + std::string(encoding.text(0, 0)) + "; make one in UTF8");
        TRY(const Answer there, lease->run("SELECT to_regclass('\"aitrading.store\"') IS NOT NULL"));
        if (there.text(0, 0) != "t") {
            // Others may be making it as well: one after the other.
            const std::string make = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('aitrading.store')); CREATE SCHEMA IF NOT EXISTS \"" + options_.schema + "\";"
                                     "CREATE TABLE IF NOT EXISTS \"aitrading.store\" (format integer PRIMARY KEY);"
                                     "CREATE TABLE IF NOT EXISTS \"aitrading.migrations\" (number bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL);"
                                     "CREATE TABLE IF NOT EXISTS \"aitrading.commits\" (connection uuid PRIMARY KEY, last bigint NOT NULL, noted timestamptz NOT NULL);"
                                     "CREATE SEQUENCE IF NOT EXISTS \"aitrading.versions\";"
                                     "INSERT INTO \"aitrading.store\" SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM \"aitrading.store\"); COMMIT";
            TRY([[maybe_unused]] const Answer made, lease->run(make));
        }
        // Connections that are long gone; who could still be in doubt about one of the last day asks within seconds.
        TRY([[maybe_unused]] const Answer swept, lease->run("DELETE FROM \"aitrading.commits\" WHERE noted < now() - interval '1 day'"));
        TRY(const Answer version, lease->run("SELECT max(format) FROM \"aitrading.store\""));
        if (postgres::number(version.text(0, 0)) <= format) return {};
        return fail(ErrorCode::gate_refused, "PostgreSQL: the store was made by a newer program (format " + std::string(version.text(0, 0)) + "); use that one");
    }

    Result<std::unique_ptr<ports::TableSession>> begin(std::string_view tenant, ports::Access access, std::chrono::milliseconds wait) override {
        TRY(auto session, Session::begin(pool_, std::string(tenant), access, wait, ask_outcome()));
        return std::unique_ptr<ports::TableSession>(std::move(session));
    }

    Result<std::vector<AppliedMigration>> applied() override {
        TRY(auto session, reader());
        TRY(const Answer answer, session->link().run("SELECT name, checksum FROM \"aitrading.migrations\" ORDER BY number"));
        std::vector<AppliedMigration> out;
        out.reserve(answer.rows());
        for (std::size_t i = 0; i < answer.rows(); ++i) out.push_back({std::string(answer.text(i, 0)), std::string(answer.text(i, 1))});
        return out;
    }

    Result<void> migrate(std::size_t done, const ports::Migration& migration, const ports::Catalog& after) override {
        // Serialisable as all others; the lock makes those who migrate at once wait instead of failing.
        TRY(auto session, Session::begin(pool_, "-", ports::Access::write, patience, ask_outcome()));
        Link& link = session->link();
        TRY([[maybe_unused]] const Answer locked, link.run("LOCK TABLE \"aitrading.migrations\" IN ACCESS EXCLUSIVE MODE"));
        TRY(const Answer count, link.run("SELECT count(*) FROM \"aitrading.migrations\""));
        if (static_cast<std::size_t>(postgres::number(count.text(0, 0))) != done) return fail(ErrorCode::failed, "PostgreSQL: another process migrates the store", true);
        for (const ports::Change& change : migration.changes)
            for (const sql::Query& query : sql::change(change, after, sql::Dialect::postgres)) {
                const auto went = link.run(query.text);
                if (!went && link.state() == "23505")
                    return fail(ErrorCode::gate_refused, "migration " + migration.name + ": rows are alike in a unique index (" + went.error().text + "); make them different first");
                if (!went) return std::unexpected(went.error());
            }
        TRY([[maybe_unused]] const Answer noted, link.ask("INSERT INTO \"aitrading.migrations\" VALUES ($1, $2, $3)", {std::to_string(done + 1), migration.name, checksum(migration)}));
        return session->commit();
    }

    Result<void> verify(const ports::Catalog& catalog) override {
        TRY(auto session, reader());
        Link& link = session->link();
        const auto damaged = [](const std::string& what) { return fail(ErrorCode::gate_refused, "PostgreSQL: " + what + "; restore the store from a backup"); };
        TRY(const Answer unsafe, link.run("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"));
        if (unsafe.rows() > 0) return fail(ErrorCode::gate_refused, "PostgreSQL: the server runs with " + std::string(unsafe.text(0, 0)) + "=off: a power cut loses what was committed");
        std::vector<std::string> tables{"aitrading.commits", "aitrading.migrations", "aitrading.store"};
        for (const auto& [name, table] : catalog) tables.push_back(name);
        std::ranges::sort(tables);
        TRY(const Answer there, link.run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"));
        if (words(there) != tables) return damaged("its tables are not those of the migrations that it notes");
        TRY(const Answer indexes, link.run("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%\\_pkey'"));
        if (words(indexes) != sql::stored_indexes(catalog)) return damaged("its indexes are not those of the migrations that it notes");
        for (const auto& [name, table] : catalog) {
            TRY(const Answer columns, link.ask("SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1", {name}));
            if (words(columns) != sql::stored_columns(table)) return damaged("table " + name + " has other columns than its migrations made");
        }
        return {};
    }

    Result<void> health() override {
        TRY(auto session, reader());
        return session->commit();
    }

  private:
    Result<std::unique_ptr<Session>> reader() { return Session::begin(pool_, "-", ports::Access::read, patience, nullptr); }

    /// Asks until the server answers, at most as long as patience lasts. Before the note is read, the process that may still be
    /// at it is made to end.
    std::optional<bool> outcome(const Link& lost, std::int64_t commit) const {
        for (const auto until = std::chrono::steady_clock::now() + patience_in_doubt; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(pause)) {
            const auto link = Link::open(options_);
            if (!link) continue;
            const auto there = (*link)->run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + lost.process());
            if (!there || there->rows() > 0) continue;
            const auto last = (*link)->ask("SELECT last FROM \"aitrading.commits\" WHERE connection = $1", {lost.token()});
            if (last) return last->rows() > 0 && postgres::number(last->text(0, 0)) >= commit;
        }
        return std::nullopt;
    }
    postgres::AskOutcome ask_outcome() {
        return [this](const Link& lost, std::int64_t commit) { return outcome(lost, commit); };
    }

    PostgresTablesOptions options_;
    postgres::Pool pool_;
};

}  // namespace

Result<std::unique_ptr<ports::TableEngine>> open_postgres_tables(const PostgresTablesOptions& options) {
    if (options.pool.connections_max < 1 || options.pool.connections_kept < 0) return fail(ErrorCode::usage, "a pool has at least one connection");
    const bool fits = !options.schema.empty() && options.schema.size() <= 63 &&
                      std::ranges::all_of(options.schema, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (!fits) return fail(ErrorCode::usage, "schema '" + options.schema.substr(0, 63) + "': a name has 1 to 63 lower-case letters, digits or underscores");
    auto engine = std::make_unique<PostgresTables>(options);
    TRY_VOID(engine->found());
    return std::unique_ptr<ports::TableEngine>(std::move(engine));
}

}  // namespace aitrading::engines

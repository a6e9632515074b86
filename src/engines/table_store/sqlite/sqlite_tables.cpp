#include "engines/table_store/sqlite/sqlite_tables.hpp"

#include <algorithm>

#include "engines/table_store/sql/statements.hpp"
#include "engines/table_store/sqlite/sqlite_session.hpp"

namespace aitrading::engines {
namespace {

using ports::AppliedMigration;
using sqlite::Database;
using sqlite::Statement;
using sqlite_tables::Connection;
using sqlite_tables::Pool;
using sqlite_tables::Session;
using sqlite_tables::WriteTurn;

constexpr int format = 1;                         // PRAGMA user_version of a file of this engine
constexpr std::chrono::milliseconds patience{10'000};  // for other processes, where no caller says

sqlite::Access access_of(std::string file_system) { return {Database::Mode::writer, std::move(file_system), "the table store", static_cast<int>(patience.count())}; }

std::vector<std::string> words(Database& database, std::string_view text) {
    Statement statement(database, text);
    std::vector<std::string> out;
    while (statement.step()) out.push_back(statement.text(0));
    std::ranges::sort(out);
    return out;
}

class SqliteTables final : public ports::TableEngine {
  public:
    explicit SqliteTables(const SqliteTablesOptions& options)
        : path_(options.file.string()),
          pool_(options.pool,
                [path = path_, file_system = options.file_system, pages = options.checkpoint_pages]() -> Result<std::unique_ptr<Connection>> {
                    TRY(auto database, Database::open(path, access_of(file_system)));
                    database->set_checkpoint_pages(pages);
                    return std::make_unique<Connection>(std::move(database));
                }) {}

    /// Makes what a new file needs. @errors gate_refused (newer), failed
    Result<void> found() {
        TRY(auto session, writer());
        Database& database = session->database();
        std::int64_t version = 0;
        {
            Statement statement(database, "PRAGMA user_version");
            if (statement.step()) version = statement.number(0);
        }
        TRY_VOID(session->sound());
        if (version > format) return fail(ErrorCode::gate_refused, path_ + ": written by a newer program (format " + std::to_string(version) + "); use that one");
        if (version == format) return {};
        database.execute("CREATE TABLE \"aitrading.migrations\" (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;"
                         "CREATE TABLE \"aitrading.versions\" (version INTEGER NOT NULL) STRICT; INSERT INTO \"aitrading.versions\" VALUES (0); PRAGMA user_version=1;");
        TRY_VOID(session->sound());
        return session->commit();
    }

    Result<std::unique_ptr<ports::TableSession>> begin(std::string_view tenant, ports::Access access, std::chrono::milliseconds wait) override {
        const auto until = std::chrono::steady_clock::now() + wait;
        const auto left = [until] { return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now())); };
        TRY(auto lease, pool_.take(wait));
        if (access == ports::Access::write) TRY_VOID(turn_.take(left()));
        TRY(auto session, Session::begin(std::move(lease), turn_, std::string(tenant), access, left()));
        return std::unique_ptr<ports::TableSession>(std::move(session));
    }

    Result<std::vector<AppliedMigration>> applied() override {
        TRY(auto lease, pool_.take(patience));
        Statement statement(lease->database(), "SELECT name, checksum FROM \"aitrading.migrations\" ORDER BY number");
        std::vector<AppliedMigration> out;
        while (statement.step()) out.push_back({statement.text(0), statement.text(1)});
        statement = {};
        if (const auto broken = lease->database().take_broken()) return std::unexpected(*broken);
        return out;
    }

    Result<void> migrate(std::size_t done, const ports::Migration& migration, const ports::Catalog& after) override {
        TRY(auto session, writer());
        Database& database = session->database();
        const auto rows = words(database, "SELECT name FROM \"aitrading.migrations\"");
        TRY_VOID(session->sound());
        if (rows.size() != done) return fail(ErrorCode::failed, path_ + ": another process migrates it", true);
        for (const ports::Change& change : migration.changes) {
            if (const auto* add = std::get_if<ports::AddIndex>(&change); add != nullptr && add->index.unique) TRY_VOID(check_alike(*session, migration, *add));
            for (const sql::Query& query : sql::change(change, after, sql::Dialect::sqlite)) database.execute(query.text.c_str());
            TRY_VOID(session->sound());
        }
        {
            Statement note(database, "INSERT INTO \"aitrading.migrations\" VALUES (?1, ?2, ?3)");
            const std::string sum = checksum(migration);
            note.bind(1, static_cast<std::int64_t>(done + 1)).bind(2, std::string_view(migration.name)).bind(3, std::string_view(sum)).run();
        }
        TRY_VOID(session->sound());
        return session->commit();
    }

    Result<void> verify(const ports::Catalog& catalog) override {
        TRY(auto lease, pool_.take(patience));
        Database& database = lease->database();
        const auto damaged = [this](const std::string& what) { return fail(ErrorCode::gate_refused, path_ + ": " + what + "; restore it from a backup"); };
        const auto report = words(database, "PRAGMA integrity_check(5)");
        std::vector<std::string> tables{"aitrading.migrations", "aitrading.versions"};
        for (const auto& [name, table] : catalog) tables.push_back(name);
        std::ranges::sort(tables);
        const auto there = words(database, "SELECT name FROM sqlite_schema WHERE type = 'table'");
        const auto indexes = words(database, "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
        if (const auto broken = database.take_broken()) return std::unexpected(*broken);
        if (report != std::vector<std::string>{"ok"}) return damaged(report.empty() ? "no report of its structure" : report.front());
        if (there != tables) return damaged("its tables are not those of the migrations that it notes");
        if (indexes != sql::stored_indexes(catalog)) return damaged("its indexes are not those of the migrations that it notes");
        for (const auto& [name, table] : catalog) {
            const auto columns = words(database, "SELECT name FROM pragma_table_info('" + name + "')");
            if (columns != sql::stored_columns(table)) return damaged("table " + name + " has other columns than its migrations made");
        }
        if (const auto broken = database.take_broken()) return std::unexpected(*broken);
        return {};
    }

    Result<void> health() override {
        if (const auto why = turn_.stopped()) return std::unexpected(*why);
        return {};
    }

  private:
    Result<std::unique_ptr<Session>> writer() {
        TRY(auto lease, pool_.take(patience));
        TRY_VOID(turn_.take(patience));
        return Session::begin(std::move(lease), turn_, "-", ports::Access::write, patience);
    }
    /// Rows that a unique index would refuse, before SQLite sees them. @errors gate_refused
    Result<void> check_alike(Session& session, const ports::Migration& migration, const ports::AddIndex& add) const {
        std::string columns = "\"_tenant\"";
        for (const std::string& column : add.index.columns) columns += ", " + sql::quoted(column);
        bool found = false;
        {
            Statement statement(session.database(), "SELECT 1 FROM " + sql::quoted(add.table) + " GROUP BY " + columns + " HAVING count(*) > 1 LIMIT 1");
            found = statement.step();
        }
        TRY_VOID(session.sound());
        if (!found) return {};
        return fail(ErrorCode::gate_refused, path_ + ": migration " + migration.name + ": table " + add.table + " has rows that are alike in the unique index " + add.index.name +
                                                 "; make them different first");
    }

    std::string path_;
    WriteTurn turn_;
    Pool pool_;
};

}  // namespace

Result<std::unique_ptr<ports::TableEngine>> open_sqlite_tables(const SqliteTablesOptions& options) {
    if (options.pool.connections_max < 1 || options.pool.connections_kept < 0) return fail(ErrorCode::usage, "a pool has at least one connection");
    if (options.file_system.empty() && options.file.has_parent_path()) {
        std::error_code error;
        std::filesystem::create_directories(options.file.parent_path(), error);
        if (error) return fail(ErrorCode::failed, options.file.parent_path().string() + ": cannot be made: " + error.message());
    }
    auto engine = std::make_unique<SqliteTables>(options);
    TRY_VOID(engine->found());
    return std::unique_ptr<ports::TableEngine>(std::move(engine));
}

}  // namespace aitrading::engines

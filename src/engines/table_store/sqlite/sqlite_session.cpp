#include "engines/table_store/sqlite/sqlite_session.hpp"

#include "engines/table_store/sql/statements.hpp"

namespace aitrading::engines::sqlite_tables {
namespace {

using ports::Table;
using sql::Dialect;
using sqlite::Statement;

/// Binds tenant and values from the first parameter on; returns the number of the next one.
int bind_all(Statement& statement, const std::string& tenant, const std::vector<ports::Value>& values) {
    statement.reset();
    statement.bind(1, std::string_view(tenant));
    int at = 2;
    for (const ports::Value& value : values) bind(statement, at++, value);
    return at;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::begin(Pool::Lease lease, WriteTurn& turn, std::string tenant, ports::Access access, std::chrono::milliseconds wait) {
    auto session = std::unique_ptr<Session>(new Session(std::move(lease), turn, std::move(tenant), access));
    sqlite::Database& database = session->database();
    // Another process may be writing: its turn is waited for by asking the file.
    database.set_busy_ms(static_cast<int>(std::min<std::int64_t>(wait.count(), 3'600'000)));
    session->open_ = database.execute(session->writes_ ? "BEGIN IMMEDIATE" : "BEGIN");
    TRY_VOID(session->sound());
    return session;
}

Session::~Session() {
    if (open_) {
        database().execute("ROLLBACK");
        if (!sound()) broken_ = true;
    }
    if (broken_) lease_.discard();
    if (writes_) turn_->give_back();
}

Result<void> Session::sound() {
    const auto broken = database().take_broken();
    if (!broken) return {};
    open_ = open_ && broken->retry_helps;
    if (!broken->retry_helps) {
        // The disk refused: not one more step on it, and nobody writes here any more. Readers go on, on other connections.
        if (writes_) turn_->stop(*broken);
        lease_->abandon();
        open_ = false;
        broken_ = true;
    }
    return std::unexpected(*broken);
}

Result<std::optional<ports::StoredRow>> Session::get(const Table& table, const ports::Key& key) {
    Statement& statement = lease_->prepared(sql::get_row(table, Dialect::sqlite));
    bind_all(statement, tenant_, key);
    std::optional<ports::StoredRow> out;
    if (statement.step()) out = stored_row(statement, table);
    statement.reset();
    TRY_VOID(sound());
    return out;
}

Result<ports::StoredPage> Session::scan(const ports::ScanPlan& plan) {
    const sql::Query query = sql::scan(plan, Dialect::sqlite);
    Statement& statement = lease_->prepared(query.text);
    bind_all(statement, tenant_, query.values);
    ports::StoredPage page;
    sql::PageFill fill(plan);
    while (statement.step() && fill.take(page, stored_row(statement, *plan.table))) {
    }
    statement.reset();
    TRY_VOID(sound());
    return page;
}

Result<std::optional<std::int64_t>> Session::version_of(const Table& table, const ports::Key& key) {
    TRY(const auto found, get(table, key));
    return found ? std::optional(found->version) : std::nullopt;
}

Result<void> Session::check_unique(const Table& table, const ports::Row& row) {
    for (const Table::Order& index : table.indexes) {
        if (!index.unique) continue;
        std::vector<ports::Value> values = table.pick(row, index.columns);
        const ports::Key key = table.key_of(row);
        values.insert(values.end(), key.begin(), key.end());
        Statement& statement = lease_->prepared(sql::find_alike(table, index, Dialect::sqlite));
        bind_all(statement, tenant_, values);
        const bool found = statement.step();
        statement.reset();
        TRY_VOID(sound());
        if (found) return std::unexpected(sql::alike(table, index));
    }
    return {};
}

Result<std::int64_t> Session::next_version() {
    if (version_ == 0) {
        Statement& last = lease_->prepared("SELECT version FROM \"aitrading.versions\"");
        if (last.step()) version_ = last.number(0);
        last.reset();
        TRY_VOID(sound());
    }
    return ++version_;
}

Result<std::int64_t> Session::put(const Table& table, const ports::Row& row, ports::Expect expect) {
    if (expect.kind != ports::Expect::Kind::anything) {
        TRY(const auto version, version_of(table, table.key_of(row)));
        TRY_VOID(sql::meets(table, table.key_of(row), expect, version));
    }
    TRY_VOID(check_unique(table, row));
    TRY(const std::int64_t version, next_version());
    Statement& statement = lease_->prepared(sql::put_row(table, Dialect::sqlite));
    statement.bind(bind_all(statement, tenant_, row), version);
    statement.run();
    TRY_VOID(sound());
    return version;
}

Result<bool> Session::erase(const Table& table, const ports::Key& key, ports::Expect expect) {
    if (expect.kind != ports::Expect::Kind::anything) {
        TRY(const auto version, version_of(table, key));
        TRY_VOID(sql::meets(table, key, expect, version));
    }
    Statement& statement = lease_->prepared(sql::erase_row(table, Dialect::sqlite));
    bind_all(statement, tenant_, key);
    statement.run();
    TRY_VOID(sound());
    return database().changes() > 0;
}

Result<void> Session::commit() {
    if (version_ != 0) {
        Statement& last = lease_->prepared("UPDATE \"aitrading.versions\" SET version = ?1");
        last.reset();
        last.bind(1, version_).run();
        TRY_VOID(sound());
    }
    const bool done = database().execute("COMMIT");
    if (!done) TRY_VOID(sound());
    open_ = false;
    if (!writes_) return {};
    // The commit is durable whatever becomes of the copy; a copy that the disk refuses stops those who come after.
    database().set_busy_ms(20);
    if (!database().checkpoint_when_due() && !sound()) broken_ = true;
    return {};
}

}  // namespace aitrading::engines::sqlite_tables

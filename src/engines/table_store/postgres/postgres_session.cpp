#include "engines/table_store/postgres/postgres_session.hpp"

#include "engines/table_store/sql/statements.hpp"

namespace aitrading::engines::postgres {

using ports::Table;
using sql::Dialect;

Result<std::unique_ptr<Session>> Session::begin(Pool& pool, std::string tenant, ports::Access access, std::chrono::milliseconds wait, AskOutcome ask) {
    const std::string text = std::string("BEGIN ISOLATION LEVEL SERIALIZABLE ") + (access == ports::Access::read ? "READ ONLY" : "READ WRITE");
    for (bool again = true;; again = false) {
        TRY(auto lease, pool.take(wait));
        const auto begun = lease->run(text);
        if (begun) return std::unique_ptr<Session>(new Session(std::move(lease), std::move(tenant), std::move(ask)));
        const bool lost = lease->lost();
        if (lost) lease.discard();
        if (!lost || !again) return std::unexpected(begun.error());
        // The server went since: what else lies in the pool is lost with it. Nothing has happened in this transaction.
        pool.close_idle();
    }
}

Session::~Session() {
    const bool undone = !open_ || (!lease_->lost() && lease_->run("ROLLBACK"));
    if (!undone || lease_->lost()) lease_.discard();
}

Result<Answer> Session::ask(const std::string& text, const std::vector<ports::Value>& values) {
    std::vector<Parameter> parameters{tenant_};
    parameters.reserve(values.size() + 1);
    for (const ports::Value& value : values) parameters.push_back(parameter(value));
    return lease_->ask(text, parameters);
}

Result<std::optional<ports::StoredRow>> Session::get(const Table& table, const ports::Key& key) {
    TRY(const Answer answer, ask(sql::get_row(table, Dialect::postgres), key));
    if (answer.rows() == 0) return std::nullopt;
    TRY(ports::StoredRow row, stored_row(answer, 0, table));
    return row;
}

Result<ports::StoredPage> Session::scan(const ports::ScanPlan& plan) {
    const sql::Query query = sql::scan(plan, Dialect::postgres);
    TRY(const Answer answer, ask(query.text, query.values));
    ports::StoredPage page;
    sql::PageFill fill(plan);
    for (std::size_t i = 0; i < answer.rows(); ++i) {
        TRY(ports::StoredRow row, stored_row(answer, i, *plan.table));
        if (!fill.take(page, std::move(row))) break;
    }
    return page;
}

Result<void> Session::check_expected(const Table& table, const ports::Key& key, ports::Expect expect) {
    if (expect.kind == ports::Expect::Kind::anything) return {};
    TRY(const auto found, get(table, key));
    return sql::meets(table, key, expect, found ? std::optional(found->version) : std::nullopt);
}

Result<void> Session::check_unique(const Table& table, const ports::Row& row) {
    for (const Table::Order& index : table.indexes) {
        if (!index.unique) continue;
        // Asked first: the refusal of the index itself would end the transaction.
        std::vector<ports::Value> values = table.pick(row, index.columns);
        const ports::Key key = table.key_of(row);
        values.insert(values.end(), key.begin(), key.end());
        TRY(const Answer answer, ask(sql::find_alike(table, index, Dialect::postgres), values));
        if (answer.rows() > 0) return std::unexpected(sql::alike(table, index));
    }
    return {};
}

Result<std::int64_t> Session::put(const Table& table, const ports::Row& row, ports::Expect expect) {
    TRY_VOID(check_expected(table, table.key_of(row), expect));
    TRY_VOID(check_unique(table, row));
    TRY(const Answer answer, ask(sql::put_row(table, Dialect::postgres), row));
    wrote_ = true;
    return number(answer.text(0, 0));
}

Result<bool> Session::erase(const Table& table, const ports::Key& key, ports::Expect expect) {
    TRY_VOID(check_expected(table, key, expect));
    TRY(const Answer answer, ask(sql::erase_row(table, Dialect::postgres), key));
    wrote_ = true;
    return answer.changed() > 0;
}

Result<void> Session::commit() {
    open_ = false;
    // Which commit of this connection was the last that the server did stands in the same transaction, in one step with its
    // end. The server's own number of it would not do: after a crash it may be given to another.
    const std::int64_t commit = link().next_commit();
    const std::string note = "INSERT INTO \"aitrading.commits\" VALUES ('" + link().token() + "', " + std::to_string(commit) +
                             ", now()) ON CONFLICT (connection) DO UPDATE SET last = excluded.last, noted = excluded.noted; ";
    const auto done = link().run((wrote_ ? note : "") + "COMMIT");
    if (done) return {};
    if (!link().lost()) {
        open_ = true;  // where the note was refused, the end was not come to: it is undone
        return std::unexpected(done.error());
    }
    if (!wrote_) return std::unexpected(done.error());
    const std::optional<bool> committed = ask_(link(), commit);
    if (committed && *committed) return {};
    if (committed) return std::unexpected(done.error());
    return fail(ErrorCode::failed, done.error().text + " while it committed, and the server cannot be asked: it may be there or not; look before you do it again");
}

}  // namespace aitrading::engines::postgres

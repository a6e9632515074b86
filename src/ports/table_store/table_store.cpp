#include "ports/table_store/table_store.hpp"

#include "domain/tenant.hpp"

namespace aitrading::ports {

Result<std::size_t> check_history(const std::vector<AppliedMigration>& applied, std::span<const Migration> migrations) {
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const std::string number = "migration " + std::to_string(i + 1) + " of the store";
        if (i >= migrations.size())
            return fail(ErrorCode::gate_refused, number + ", " + applied[i].name + ", is not known here: a newer program migrated it; use that one");
        if (applied[i].name != migrations[i].name)
            return fail(ErrorCode::gate_refused,
                        number + " is " + applied[i].name + ", here it is " + migrations[i].name + ": steps that were done may not go or change places");
        if (applied[i].checksum != checksum(migrations[i]))
            return fail(ErrorCode::gate_refused, number + ", " + applied[i].name + ", was another one when it was done: put it back and add a new step instead");
    }
    return applied.size();
}

Result<std::unique_ptr<TableStore>> TableStore::open(std::unique_ptr<TableEngine> engine, TableStoreOptions options) {
    TRY(Catalog catalog, catalog_of(options.migrations));
    for (const auto& [name, table] : catalog)
        if (table.has_secrets() && !options.cipher)
            return fail(ErrorCode::usage, "table " + name + " has a secret column: open the store with a cipher");
    // Another process may do some of the steps meanwhile; each round sees at least one more done.
    for (std::size_t round = 0; round <= options.migrations.size(); ++round) {
        TRY(const std::vector<AppliedMigration> applied, engine->applied());
        TRY(const std::size_t done, check_history(applied, options.migrations));
        if (done == options.migrations.size()) return std::unique_ptr<TableStore>(new TableStore(std::move(engine), std::move(catalog), std::move(options.cipher)));
        const Migration& next = options.migrations[done];
        if (!options.migrate)
            return fail(ErrorCode::gate_refused, "the store lacks migration " + std::to_string(done + 1) + ", " + next.name + ": migrate it first (aitrading db migrate)");
        TRY(const Catalog after, catalog_of(std::span(options.migrations).first(done + 1)));
        const auto went = engine->migrate(done, next, after);
        if (!went && !went.error().retry_helps) return std::unexpected(went.error());
    }
    return fail(ErrorCode::failed, "the store is being migrated by others; try again", true);
}

Result<Transaction> TableStore::begin(std::string_view tenant, Access access, std::chrono::milliseconds wait) const {
    TRY_VOID(check_tenant(tenant));
    if (wait.count() < 0) return fail(ErrorCode::usage, "a wait is 0 or more");
    TRY(auto session, engine_->begin(tenant, access, wait));
    return Transaction(*this, std::string(tenant), access, std::move(session));
}

Result<void> TableStore::apply(std::string_view tenant, const std::vector<Write>& writes, std::chrono::milliseconds wait) const {
    TRY(Transaction transaction, begin(tenant, Access::write, wait));
    for (const Write& write : writes) {
        if (write.kind == Write::Kind::put) {
            TRY([[maybe_unused]] const std::int64_t version, transaction.put(write.table, write.values, write.expect));
        } else {
            TRY([[maybe_unused]] const bool was, transaction.erase(write.table, write.values, write.expect));
        }
    }
    return transaction.commit();
}

Result<void> in_transaction(const TableStore& store, std::string_view tenant, const std::function<Result<void>(Transaction&)>& work,
                            AttemptOptions options) {
    if (options.attempts_max < 1) return fail(ErrorCode::usage, "attempts_max: at least 1");
    Result<void> last;
    for (int attempt = 0; attempt < options.attempts_max; ++attempt) {
        auto transaction = store.begin(tenant, Access::write, options.wait);
        last = transaction ? work(*transaction) : Result<void>(std::unexpected(transaction.error()));
        if (last) last = transaction->commit();
        if (last || !last.error().retry_helps) return last;
    }
    return last;
}

}  // namespace aitrading::ports

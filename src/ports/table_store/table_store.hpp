#pragma once

#include <functional>

#include "ports/cipher/cipher.hpp"
#include "ports/table_store/table_engine.hpp"

namespace aitrading::ports {

/// What one transaction and one page hold at most.
inline constexpr int transaction_writes_max = 10'000, page_rows_max = 10'000;
inline constexpr std::size_t transaction_bytes_max = std::size_t{64} << 20, page_bytes_max = std::size_t{16} << 20;

/// A range of rows, in order of the primary key or of an index.
struct Scan {
    std::string index;             ///< empty: the primary key
    std::vector<Value> equal;      ///< values of the first columns of that order
    std::vector<Value> from, to;   ///< of the columns after those, or the first few of them: from ≤ row < to; empty: open
    bool descending = false;
    int rows_max = 1'000;
    std::size_t bytes_max = std::size_t{4} << 20;  ///< one row always passes
    std::string after;             ///< `next` of the page before
};

struct Page {
    std::vector<StoredRow> rows;
    std::string next;  ///< for Scan::after; empty: this was the last
};

struct Write {
    enum class Kind { put, erase };
    Kind kind = Kind::put;
    std::string table;
    std::vector<Value> values;  ///< put: the row; erase: the key
    Expect expect;
};

class TableStore;

/// A serialisable transaction over the rows of one tenant: it sees one state of the store and its own writes, and what it
/// commits has the effect of having run alone. Without a commit nothing of it happens. For one thread at a time.
///
/// An error with `retry_helps` (a conflict, a lost connection) ends it: all later calls get the same one; run it again from
/// its beginning (`in_transaction`). gate_refused, bad_input, not_found and usage leave it as it was before the call.
/// @pre the store outlives it
class Transaction {
  public:
    Transaction(const TableStore& store, std::string tenant, Access access, std::unique_ptr<TableSession> session);
    Transaction(Transaction&&) noexcept = default;
    Transaction& operator=(Transaction&&) = delete;

    /// @errors not_found (no such table), bad_input (key), gate_refused (a secret does not open), failed
    Result<std::optional<StoredRow>> get(std::string_view table, Key key);
    /// The new version. @errors bad_input (a column, named), gate_refused (not as expected; a unique index), usage (read only;
    /// limits of a transaction), failed
    Result<std::int64_t> put(std::string_view table, Row row, Expect expect = {});
    /// Whether there was a row. @errors as put
    Result<bool> erase(std::string_view table, Key key, Expect expect = {});
    /// One page, in order. A mark from another transaction goes on behind its row, as the table is then.
    /// @errors usage (index, limits, a mark of another scan), bad_input (values)
    Result<Page> scan(std::string_view table, const Scan& scan);
    /// All pages, until `take` says false. @errors as scan
    Result<void> each(std::string_view table, Scan scan, const std::function<bool(const StoredRow&)>& take);
    /// Durable when it returns. @errors failed: with retry_helps nothing of it is there; without, its text says whether it is
    /// not known
    Result<void> commit();

    const std::string& tenant() const { return tenant_; }

  private:
    Result<const Table*> begin_call(std::string_view table, bool writes);
    Result<void> count(std::size_t bytes);
    template <class T>
    Result<T> noted(Result<T> result);
    std::string context(const Table& table, const Key& key, std::size_t column) const;
    Result<void> seal(const Table& table, Row& row) const;
    Result<void> unseal(const Table& table, Row& row) const;

    const TableStore* store_;
    std::string tenant_;
    Access access_;
    std::unique_ptr<TableSession> session_;
    std::optional<Error> ended_;
    int writes_ = 0;
    std::size_t bytes_ = 0;
};

struct TableStoreOptions {
    std::vector<Migration> migrations;              ///< all there ever were, in their order
    std::shared_ptr<Cipher> cipher;      ///< needed where a column is secret
    bool migrate = true;                            ///< false: a store that lacks a step is refused instead
};

/// Typed tables for what is looked up and changed: users, strategies, metadata, usage, registry, saga state, read models.
/// Every row belongs to a tenant and a transaction to one of them: no call reaches the rows of two. Safe to use from several
/// threads; several processes may have the same store open.
class TableStore {
  public:
    /// Checks what was done to the store against `migrations` and does the rest, one durable step each.
    /// @errors usage (the migrations contradict themselves; secrets without a cipher), gate_refused (the store was migrated
    /// by a newer program or by other steps; it lacks some and may not be migrated; damaged), failed
    static Result<std::unique_ptr<TableStore>> open(std::unique_ptr<TableEngine> engine, TableStoreOptions options);

    /// @param wait for a connection @errors usage (tenant), failed (with retry_helps: none came free in time)
    Result<Transaction> begin(std::string_view tenant, Access access, std::chrono::milliseconds wait = std::chrono::seconds(5)) const;
    /// A few writes as one transaction. @errors as those of Transaction; nothing was done
    Result<void> apply(std::string_view tenant, const std::vector<Write>& writes, std::chrono::milliseconds wait = std::chrono::seconds(5)) const;

    const Catalog& catalog() const { return catalog_; }
    Cipher* cipher() const { return cipher_.get(); }
    /// What was done to the store, in order. @errors failed
    Result<std::vector<AppliedMigration>> applied() const { return engine_->applied(); }
    /// Whether what is stored is sound and has the shape of the tables. @errors gate_refused, failed
    Result<void> verify() const { return engine_->verify(catalog_); }
    /// ok, or why writing stopped.
    Result<void> health() const { return engine_->health(); }

  private:
    TableStore(std::unique_ptr<TableEngine> engine, Catalog catalog, std::shared_ptr<Cipher> cipher)
        : engine_(std::move(engine)), catalog_(std::move(catalog)), cipher_(std::move(cipher)) {}
    std::unique_ptr<TableEngine> engine_;
    Catalog catalog_;
    std::shared_ptr<Cipher> cipher_;
};

struct AttemptOptions {
    int attempts_max = 16;
    std::chrono::milliseconds wait{5'000};  ///< for a connection, in each attempt
};

/// Runs `work` and commits; anew from the beginning after each error whose retry helps, as often as the options say.
/// `work` must have no effect but through its transaction. @errors the last attempt's
Result<void> in_transaction(const TableStore& store, std::string_view tenant, const std::function<Result<void>(Transaction&)>& work,
                            AttemptOptions options = {});

/// Which steps the store lacks. @errors gate_refused: it has one that is not known, missing, or changed
Result<std::size_t> check_history(const std::vector<AppliedMigration>& applied, std::span<const Migration> migrations);

}  // namespace aitrading::ports

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/table_store/schema.hpp"

namespace aitrading::ports {

enum class Access { read, write };

/// A row and its version. Versions rise within a store and are never used twice, also not after a row was erased: who saw a
/// version and finds it again sees the same row.
struct StoredRow {
    Row row;
    std::int64_t version = 0;
};

/// What a write expects to find.
struct Expect {
    enum class Kind { anything, absent, present, version };
    Kind kind = Kind::anything;
    std::int64_t version = 0;
    static Expect anything() { return {}; }
    static Expect absent() { return {Kind::absent, 0}; }
    static Expect present() { return {Kind::present, 0}; }
    static Expect at(std::int64_t version) { return {Kind::version, version}; }
};

/// A range of one table, ready for an engine: all values are checked and fit their columns.
struct ScanPlan {
    const Table* table = nullptr;
    std::vector<std::size_t> order;     ///< columns of the index, then those of the key that it lacks: no two rows are alike
    std::vector<Value> equal;           ///< of the first columns of `order`
    std::vector<Value> from, to;        ///< of the columns after those, from ≤ row < to in each one's own length; empty: open
    std::vector<Value> after;           ///< of all columns of `order`: begins behind it; empty: at the beginning
    bool descending = false;
    int rows_max = 0;
    std::size_t bytes_max = 0;          ///< of rows; one row always passes
};

struct StoredPage {
    std::vector<StoredRow> rows;
    bool more = false;
};

/// A transaction on the engine's side, of one tenant; its end without a commit undoes it. Arguments are checked before they
/// come here; secret cells come as Bytes or null. For one thread at a time.
class TableSession {
  public:
    virtual ~TableSession() = default;
    virtual Result<std::optional<StoredRow>> get(const Table& table, const Key& key) = 0;
    virtual Result<StoredPage> scan(const ScanPlan& plan) = 0;
    /// The new version. @errors gate_refused (not as expected, or alike in a unique index: nothing was done, the transaction
    /// goes on), failed (with retry_helps: a conflict, or the connection went)
    virtual Result<std::int64_t> put(const Table& table, const Row& row, Expect expect) = 0;
    /// Whether there was a row. @errors as put
    virtual Result<bool> erase(const Table& table, const Key& key, Expect expect) = 0;
    /// Returns when all of it is durable. @errors failed, with retry_helps where it is sure that nothing of it is there
    virtual Result<void> commit() = 0;
};

struct AppliedMigration {
    std::string name, checksum;
    friend bool operator==(const AppliedMigration&, const AppliedMigration&) = default;
};

struct PoolOptions {
    int connections_max = 8;  ///< open transactions at a time
    int connections_kept = 8; ///< that stay open while nobody uses them; 0: one is opened for each transaction
};

/// What stands under a TableStore: one kind of database. Safe to use from several threads.
class TableEngine {
  public:
    virtual ~TableEngine() = default;
    /// Waits as long as `wait` says for a connection, and for its turn where writers take turns. Serialisable: all committed
    /// transactions have the effect of one after the other. @errors failed (with retry_helps: nothing came free in time)
    virtual Result<std::unique_ptr<TableSession>> begin(std::string_view tenant, Access access, std::chrono::milliseconds wait) = 0;
    /// What the store says was done to it, in order. @errors failed, gate_refused (damaged, or of a newer format)
    virtual Result<std::vector<AppliedMigration>> applied() = 0;
    /// Does one step and notes it, as one durable step, where exactly `done` steps were done before.
    /// @param after the tables as the step leaves them @errors failed (with retry_helps: another number is done),
    /// gate_refused (rows that are there contradict it)
    virtual Result<void> migrate(std::size_t done, const Migration& migration, const Catalog& after) = 0;
    /// Whether what is stored is sound and has the shape of these tables. @errors gate_refused, failed
    virtual Result<void> verify(const Catalog& catalog) = 0;
    /// ok, or why it stopped. @errors failed
    virtual Result<void> health() = 0;
};

}  // namespace aitrading::ports

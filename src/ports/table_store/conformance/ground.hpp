#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/tenant.hpp"
#include "ports/table_store/conformance/test_cipher.hpp"
#include "ports/table_store/table_store.hpp"

namespace aitrading::ports::conformance::tables {

/// Where an engine keeps what is durable; outlives the engines that are opened on it, of which there may be several.
class Ground {
  public:
    virtual ~Ground() = default;
    virtual Result<std::unique_ptr<TableEngine>> open(PoolOptions pool) = 0;
    /// Ends the store as a power cut does: nothing more reaches the disk, and what was not synced is gone.
    virtual void cut(std::unique_ptr<TableStore> store) = 0;
    /// Whether these bytes are somewhere in what the engine stores, as who steals the disk would find them.
    virtual bool holds(std::string_view bytes) = 0;
};
using MakeGround = std::function<std::unique_ptr<Ground>()>;

/// What the checks use: `users` (id; a unique index by_email; by_logins), `usage` (account, day, number), `notes` (id; any
/// size), and one table a type, `by_text`, …, whose key is of that type.
std::vector<Migration> steps();
std::shared_ptr<Cipher> test_cipher();

/// A store on an empty ground.
struct Bench {
    explicit Bench(const MakeGround& make, PoolOptions bounds = {}, std::vector<Migration> migrations = steps());
    void reopen();
    void cut();
    /// Another store on the same ground. @errors as TableStore::open
    Result<std::unique_ptr<TableStore>> another(std::vector<Migration> migrations, bool migrate = true) const;
    Result<std::unique_ptr<TableStore>> another() const { return another(migrations_); }

    PoolOptions pool;
    std::unique_ptr<Ground> ground;
    std::unique_ptr<TableStore> store;
    std::string broken;  ///< why it could not be opened

  private:
    std::vector<Migration> migrations_;
};

/// A row of `users`.
struct User {
    std::string id, email;
    std::int64_t logins = 0;
    Value score = {};
    bool active = true;
    UnixNanos seen = {};
    Value photo = {};
    Value token = {};
    Row row() const { return {id, email, logins, score, active, seen, photo, token}; }
};
User user(const std::string& id, std::int64_t logins = 0);

/// One write as a transaction of its own.
Result<std::int64_t> put(const TableStore& store, std::string_view tenant, std::string_view table, Row row, Expect expect = {});
Result<bool> erase(const TableStore& store, std::string_view tenant, std::string_view table, Key key, Expect expect = {});
Result<std::optional<StoredRow>> get(const TableStore& store, std::string_view tenant, std::string_view table, Key key);
/// A row that has to be there. @errors not_found, as Transaction::get
Result<StoredRow> must_get(Transaction& transaction, std::string_view table, Key key);
/// All rows of a range, page by page, each in a transaction of its own.
Result<std::vector<Row>> rows(const TableStore& store, std::string_view tenant, std::string_view table, Scan scan = {});
/// The first column of each, as text: `a b c`.
std::string first_of(const std::vector<Row>& rows);

}  // namespace aitrading::ports::conformance::tables

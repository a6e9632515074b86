#pragma once

#include <string>

#include "engines/table_store/sqlite/sqlite_connection.hpp"
#include "engines/table_store/sqlite/write_turn.hpp"
#include "ports/table_store/connection_pool.hpp"

namespace aitrading::engines::sqlite_tables {

using Pool = ports::ConnectionPool<Connection>;

/// One transaction on one connection. @pre pool and turn outlive it
class Session final : public ports::TableSession {
  public:
    /// Begins; a writer has its turn already and gives it back. @errors failed
    static Result<std::unique_ptr<Session>> begin(Pool::Lease lease, WriteTurn& turn, std::string tenant, ports::Access access, std::chrono::milliseconds wait);
    ~Session() override;

    Result<std::optional<ports::StoredRow>> get(const ports::Table& table, const ports::Key& key) override;
    Result<ports::StoredPage> scan(const ports::ScanPlan& plan) override;
    Result<std::int64_t> put(const ports::Table& table, const ports::Row& row, ports::Expect expect) override;
    Result<bool> erase(const ports::Table& table, const ports::Key& key, ports::Expect expect) override;
    Result<void> commit() override;

    sqlite::Database& database() { return lease_->database(); }
    /// ok, or what broke: writing stops then, unless only another process was in the way.
    Result<void> sound();

  private:
    Session(Pool::Lease lease, WriteTurn& turn, std::string tenant, ports::Access access)
        : lease_(std::move(lease)), turn_(&turn), tenant_(std::move(tenant)), writes_(access == ports::Access::write) {}
    Result<std::optional<std::int64_t>> version_of(const ports::Table& table, const ports::Key& key);
    Result<void> check_unique(const ports::Table& table, const ports::Row& row);
    Result<std::int64_t> next_version();

    Pool::Lease lease_;
    WriteTurn* turn_;
    std::string tenant_;
    bool writes_, open_ = false, broken_ = false;
    std::int64_t version_ = 0;  ///< the last that was given; 0: none yet
};

}  // namespace aitrading::engines::sqlite_tables

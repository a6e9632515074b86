#pragma once

#include <functional>

#include "engines/table_store/postgres/link.hpp"
#include "ports/table_store/connection_pool.hpp"

namespace aitrading::engines::postgres {

using Pool = ports::ConnectionPool<Link>;

/// Whether the server has done this commit of a connection that was lost. None: it cannot be found out.
using AskOutcome = std::function<std::optional<bool>(const Link& lost, std::int64_t commit)>;

/// One transaction on one connection. @pre the pool outlives it
class Session final : public ports::TableSession {
  public:
    /// Begins on a connection of the pool; one that was lost while it lay there is replaced. @errors failed
    static Result<std::unique_ptr<Session>> begin(Pool& pool, std::string tenant, ports::Access access, std::chrono::milliseconds wait, AskOutcome ask);
    ~Session() override;

    Result<std::optional<ports::StoredRow>> get(const ports::Table& table, const ports::Key& key) override;
    Result<ports::StoredPage> scan(const ports::ScanPlan& plan) override;
    Result<std::int64_t> put(const ports::Table& table, const ports::Row& row, ports::Expect expect) override;
    Result<bool> erase(const ports::Table& table, const ports::Key& key, ports::Expect expect) override;
    Result<void> commit() override;

    Link& link() { return *lease_; }

  private:
    Session(Pool::Lease lease, std::string tenant, AskOutcome ask) : lease_(std::move(lease)), tenant_(std::move(tenant)), ask_(std::move(ask)) {}
    Result<Answer> ask(const std::string& text, const std::vector<ports::Value>& values);
    Result<void> check_unique(const ports::Table& table, const ports::Row& row);
    Result<void> check_expected(const ports::Table& table, const ports::Key& key, ports::Expect expect);

    Pool::Lease lease_;
    std::string tenant_;
    AskOutcome ask_;
    bool open_ = true, wrote_ = false;
};

}  // namespace aitrading::engines::postgres

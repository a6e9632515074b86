#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "ports/table_store/table_engine.hpp"

namespace aitrading::ports {

/// A bounded number of connections, for engines. Who finds none free waits as long as it says and is then told to try again;
/// waiters are served in no promised order. Safe to use from several threads. @pre outlives its leases
template <class Connection>
class ConnectionPool {
  public:
    using Open = std::function<Result<std::unique_ptr<Connection>>()>;

    /// The right to one connection until it is destroyed.
    class Lease {
      public:
        Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
        Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (pool_ != nullptr) pool_->give_back(std::move(connection_));
        }
        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }
        /// It is broken: closed now, and not given to anybody else.
        void discard() { connection_.reset(); }

      private:
        friend class ConnectionPool;
        ConnectionPool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    ConnectionPool(PoolOptions options, Open open) : options_(options), open_(std::move(open)) {}

    /// @errors failed (with retry_helps: none came free in time), as `open`
    Result<Lease> take(std::chrono::milliseconds wait) {
        std::unique_ptr<Connection> connection;
        {
            std::unique_lock lock(mutex_);
            if (!free_.wait_for(lock, wait, [this] { return taken_ < options_.connections_max; }))
                return fail(ErrorCode::failed,
                            "all " + std::to_string(options_.connections_max) + " connections of the store are in use; try again, or allow more", true);
            ++taken_;
            if (!idle_.empty()) {
                connection = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        // Opening takes time: outside the lock. The lease gives its place back where it fails.
        Lease lease(*this, std::move(connection));
        if (!lease.connection_) {
            TRY(lease.connection_, open_());
        }
        return lease;
    }
    /// Closes connections that nobody uses, as after one of them was found broken.
    void close_idle() {
        std::vector<std::unique_ptr<Connection>> closing;  // outlives the lock: closing takes time as well
        const std::lock_guard lock(mutex_);
        closing.swap(idle_);
    }

  private:
    void give_back(std::unique_ptr<Connection> connection) {
        {
            const std::lock_guard lock(mutex_);
            --taken_;
            if (connection && static_cast<int>(idle_.size()) < options_.connections_kept) idle_.push_back(std::move(connection));
        }
        free_.notify_one();
    }

    PoolOptions options_;
    Open open_;
    std::mutex mutex_;
    std::condition_variable free_;
    int taken_ = 0;
    std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace aitrading::ports

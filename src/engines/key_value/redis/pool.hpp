#pragma once

#include <condition_variable>
#include <mutex>

#include "engines/key_value/redis/connection.hpp"

namespace aitrading::engines::redis {

/// At most so many connections to one server, opened when they are needed and kept. Safe to use from several threads.
class Pool {
  public:
    Pool(Address address, int connections_max) : address_(std::move(address)), connections_max_(connections_max) {}

    struct GiveBack {
        Pool* pool = nullptr;
        void operator()(Connection* connection) const { pool->give_back(std::unique_ptr<Connection>(connection)); }
    };
    /// A connection that is the caller's until the lease ends. @pre the pool outlives it
    using Lease = std::unique_ptr<Connection, GiveBack>;

    /// Waits for a free one until the deadline; one that the server has closed meanwhile is opened anew.
    /// @errors failed with retry_helps (none is free in time; the server cannot be reached)
    Result<Lease> lease(Deadline deadline);
    const Address& address() const { return address_; }

  private:
    void give_back(std::unique_ptr<Connection> connection);

    Address address_;
    int connections_max_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Connection>> idle_;
    int leased_ = 0;
};

}  // namespace aitrading::engines::redis

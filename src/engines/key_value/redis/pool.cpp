#include "engines/key_value/redis/pool.hpp"

namespace aitrading::engines::redis {

Result<Pool::Lease> Pool::lease(Deadline deadline) {
    std::unique_ptr<Connection> connection;
    {
        std::unique_lock lock(mutex_);
        if (!freed_.wait_until(lock, deadline, [&] { return leased_ < connections_max_; }))
            return fail(ErrorCode::failed, address_.shown() + ": all " + std::to_string(connections_max_) + " connections are in use; try again", true);
        ++leased_;
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (connection && connection->alive()) return Lease(connection.release(), GiveBack{this});
    auto opened = Connection::open(address_, deadline);
    if (opened) return Lease(opened->release(), GiveBack{this});
    give_back(nullptr);
    return std::unexpected(opened.error());
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    {
        const std::lock_guard lock(mutex_);
        --leased_;
        if (connection && connection->alive()) idle_.push_back(std::move(connection));
    }
    freed_.notify_one();
}

}  // namespace aitrading::engines::redis

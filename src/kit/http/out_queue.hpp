#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "kit/http/transport.hpp"

namespace aitrading::kit {

/// What waits to be sent on a connection that lasts. Bounded by bytes; who has no room is told, and nobody waits for a slow
/// reader. Safe to use from several threads.
class OutQueue : public std::enable_shared_from_this<OutQueue> {
  public:
    OutQueue(std::shared_ptr<Transport> transport, std::size_t bytes_max, std::chrono::milliseconds write_time)
        : transport_(std::move(transport)), most_(bytes_max), write_time_(write_time) {}

    /// False: no room, or closed. Before `start` it only gathers.
    bool push(std::string_view bytes);
    /// Sends `head`, then what has gathered, then what comes.
    void start(std::string_view head);
    /// After what waits, the connection is closed politely; nothing is taken any more.
    void finish();
    /// At once.
    void abort();
    bool closed();
    /// What is on its way to the connection or waits for that.
    std::size_t waiting_bytes();

  private:
    void write_next();
    std::shared_ptr<Transport> transport_;
    std::size_t most_;
    std::chrono::milliseconds write_time_;
    std::mutex mutex_;
    std::string waiting_, sending_;
    bool started_ = false, writing_ = false, finishing_ = false, closed_ = false;
};

}  // namespace aitrading::kit

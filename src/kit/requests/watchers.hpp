#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "kit/requests/handlers.hpp"

namespace aitrading::kit {

/// The readers of a streaming request whose replies a service makes anyway. Who reads too slowly is let go; the service never waits.
/// Safe to use from several threads.
class Watchers {
  public:
    /// Whether a reader asked for this reply.
    using Wants = std::function<bool(const google::protobuf::Message& reply)>;
    explicit Watchers(std::size_t readers_max = 256) : readers_max_(readers_max) {}

    /// @errors failed, retry_helps (too many readers, or it has ended)
    Result<void> add(Wants wants, std::shared_ptr<ReplyStream> stream);
    /// To all who want it.
    void send(const google::protobuf::Message& reply);
    /// Ends every stream; who comes later is refused.
    void end();
    /// Readers that were still there at the last reply.
    std::size_t size() const;

  private:
    struct Reader {
        Wants wants;
        std::shared_ptr<ReplyStream> stream;
        std::shared_ptr<std::atomic<bool>> gone;  ///< set by whoever notices
    };
    std::size_t readers_max_;
    mutable std::mutex mutex_;
    std::vector<Reader> readers_;
    bool ended_ = false;
};

}  // namespace aitrading::kit

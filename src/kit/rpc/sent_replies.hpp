#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "kit/http/gate.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/rpc/rpc_end.hpp"

namespace aitrading::kit {

/// What one call lets its replies do.
class RpcOut {
  public:
    virtual ~RpcOut() = default;
    /// One at a time: the next after `SentReplies::written`.
    virtual void write(std::string bytes) = 0;
    /// Once, and nothing after it: the call may be gone before it returns.
    virtual void finish(const RpcEnd& end) = 0;
};

/// Replies of one call on their way out, in their order, bounded. Outlives the call where the sender holds it.
class SentReplies final : public ReplyStream {
  public:
    /// @param gate through which whoever sends is told that the reader has gone; none: it is always told
    SentReplies(RpcOut& call, std::size_t bytes_max, std::shared_ptr<Gate> gate = nullptr) : call_(&call), bytes_max_(bytes_max), gate_(std::move(gate)) {}
    bool send(const google::protobuf::Message& reply) override;
    std::size_t waiting_bytes() override;
    void on_close(std::function<void()> call) override;
    void end() override { finish(RpcEnd{}); }
    /// No more is taken; the status goes out after what waits.
    void finish(RpcEnd end);
    void written(bool ok);
    /// The reader has gone: what waits is dropped and the call ends.
    void cancelled();
    /// The call is no more.
    void gone();

  private:
    void step(std::unique_lock<std::mutex> lock);
    void tell(const std::function<void()>& told);
    std::mutex mutex_;
    RpcOut* call_;
    std::size_t bytes_max_;
    std::shared_ptr<Gate> gate_;
    std::size_t bytes_ = 0;
    std::deque<std::string> waiting_;
    std::size_t writing_bytes_ = 0;
    bool writing_ = false, finished_ = false, closed_ = false;
    std::optional<RpcEnd> end_;
    std::function<void()> on_close_;
};

/// The streams of one server that are open, so that it can end them when it stops. Safe to use from several threads.
class OpenStreams {
  public:
    /// False: they are being ended; it gets no place.
    bool enter(const std::shared_ptr<SentReplies>& stream);
    void leave(const SentReplies* stream);
    /// Ends all of them, after what waits in each: UNAVAILABLE, come again. No more enter.
    void end_all();

  private:
    std::mutex mutex_;
    std::map<const SentReplies*, std::weak_ptr<SentReplies>> streams_;
    bool ended_ = false;
};

}  // namespace aitrading::kit

#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "kit/http/out_queue.hpp"
#include "kit/http/session.hpp"

namespace aitrading::kit {

struct ServerSide;

/// Server-Sent Events to one reader (HTML standard, 9.2). A reader that is slower than what is sent, by more than the
/// stream's bytes, is cut off and comes again with Last-Event-ID; nobody waits for it. Safe to use from several threads.
class EventStream : public Session, public std::enable_shared_from_this<EventStream> {
  public:
    EventStream(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session);
    ~EventStream() override;

    /// False: the reader has gone, or was too slow. Line breaks in `data` are kept, those in name and id go.
    bool send(std::string_view name, std::string_view data, std::string_view id = {});
    bool closed() { return out_->closed(); }
    /// Of what was sent and has not left yet.
    std::size_t waiting_bytes() { return out_->waiting_bytes(); }
    /// Called once, when the reader has gone or was cut off; at once where that is so already; never once
    /// the server's gate is closed. Must not block.
    void on_close(std::function<void()> call);
    /// After what was sent.
    void end() { out_->finish(); }

    void drain() override { out_->finish(); }
    void abort() override { out_->abort(); }
    /// Not wanted any more: it never starts. On the strand.
    void dismiss();
    /// Sends the head; for the connection that became this. On the strand.
    void start(const HttpHeaders& headers);

  private:
    void watch_reader();
    void beat();
    void gone();
    std::shared_ptr<Transport> transport_;
    std::shared_ptr<ServerSide> server_;
    std::uint64_t session_;
    std::shared_ptr<OutQueue> out_;
    std::array<char, 256> ignored_{};
    std::mutex mutex_;
    std::function<void()> on_close_;
    bool gone_ = false;
};

}  // namespace aitrading::kit

#pragma once

#include <array>
#include <memory>
#include <optional>

#include "kit/http/parser.hpp"
#include "kit/http/router.hpp"
#include "kit/http/server_side.hpp"
#include "kit/http/session.hpp"
#include "kit/http/transport.hpp"
#include "kit/telemetry/access.hpp"

namespace aitrading::kit {

/// One connection of a server while it speaks HTTP: reads a request, has it answered by the workers, goes on. Everything
/// but `drain` and `abort` happens on the transport's strand.
class Connection : public Session, public std::enable_shared_from_this<Connection> {
  public:
    Connection(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session);

    void start();
    void drain() override;
    void abort() override { transport_->close(); }

  private:
    /// One request on its way to its answer.
    struct Exchange {
        HttpRequest request;
        const Route* route = nullptr;
        std::optional<Access> access;
        bool keep_alive = false;
        bool answered = false;
    };
    using ExchangePointer = std::shared_ptr<Exchange>;

    void read();
    void on_read(IoOutcome outcome, std::size_t count);
    void advance(const ParseStep& step);
    void go_on_reading();
    void dispatch();
    Result<void> understand(Exchange& exchange, HttpResponse& refusal);
    void hand_over(const ExchangePointer& exchange);
    void run(const ExchangePointer& exchange, bool in_time);
    void answer(const ExchangePointer& exchange, HttpResponse response);
    void become_stream(const ExchangePointer& exchange, const std::shared_ptr<EventStream>& stream);
    void become_socket(const ExchangePointer& exchange, const std::shared_ptr<WebSocket>& socket);
    void report(Exchange& exchange, int status);
    void send(std::string bytes, bool keep_alive);
    void leave();

    std::shared_ptr<Transport> transport_;
    std::shared_ptr<ServerSide> server_;
    std::uint64_t session_;
    RequestParser parser_;
    std::array<char, 4'096> buffer_{};
    std::string sending_;
    SteadyTime read_until_{};
    bool first_ = true, began_ = false, head_seen_ = false, running_ = false;
};

}  // namespace aitrading::kit

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "kit/http/message.hpp"
#include "kit/http/reactor.hpp"
#include "kit/http/tls.hpp"

namespace aitrading::kit {

enum class IoOutcome { done, closed, timed_out, failed };

/// One connection, plain or TLS. Calls and callbacks happen on its strand: one at a time, never inside the call that asked.
/// One read and one write may be out at once.
class Transport {
  public:
    using ReadDone = std::function<void(IoOutcome, std::size_t)>;
    using WriteDone = std::function<void(IoOutcome)>;
    virtual ~Transport() = default;

    /// At least one byte, unless not `done`. @pre `into` lives until then
    virtual void read(std::span<char> into, SteadyTime until, ReadDone done) = 0;
    /// All bytes. @pre they live until then
    virtual void write(std::string_view bytes, SteadyTime until, WriteDone done) = 0;
    /// One alarm, replaced by the next call; SteadyTime::max(): none.
    virtual void wake_at(SteadyTime time, std::function<void()> alarm) = 0;
    /// Onto the strand, from any thread.
    virtual void post(std::function<void()> work) = 0;
    /// Ends everything that is out. From any thread.
    virtual void close() = 0;
    /// Says that nothing more comes, reads and forgets what the peer still sends for a second, then closes: closing at once
    /// with bytes unread would reset the connection and destroy the answer on its way.
    virtual void close_politely() = 0;
    virtual const HttpPeer& peer() const = 0;
};

inline constexpr SteadyTime never = SteadyTime::max();

/// Accepts connections on one address.
class Listener {
  public:
    struct Options {
        std::string address = "127.0.0.1";
        int port = 0;  ///< 0: any free one
        std::shared_ptr<TlsContext> tls;
        std::chrono::milliseconds handshake_time{10'000};
    };
    using Accepted = std::function<void(std::shared_ptr<Transport>)>;

    /// @errors usage (no such address), failed (port taken), naming both
    static Result<std::unique_ptr<Listener>> open(Reactor& reactor, const Options& options, Accepted accepted);
    ~Listener();  ///< as `stop`
    int port() const;
    /// No connection is accepted after it returned, and the port is free. Not for a reactor's thread.
    void stop();

  private:
    struct Inside;
    explicit Listener(std::shared_ptr<Inside> inside);
    std::shared_ptr<Inside> inside_;
};

/// Finds `host` (a name or an address) and connects, with a TLS handshake that checks the name where `tls` is given. `done`
/// gets the connection or the error (failed, retry_helps), on the connection's strand.
void connect(Reactor& reactor, const std::string& host, int port, const std::shared_ptr<TlsContext>& tls, SteadyTime until,
             const std::function<void(Result<std::shared_ptr<Transport>>)>& done);

}  // namespace aitrading::kit

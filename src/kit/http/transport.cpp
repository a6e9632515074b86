#include "kit/http/transport.hpp"

#include <array>
#include <future>
#include <mutex>
#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <openssl/x509.h>

#include "base/check.hpp"

namespace aitrading::kit {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using PlainStream = tcp::socket;
using TlsStream = asio::ssl::stream<tcp::socket>;
using Timer = asio::steady_timer;
using Strand = asio::strand<asio::io_context::executor_type>;

asio::io_context& context_of(Reactor& reactor) { return *static_cast<asio::io_context*>(reactor.native()); }
asio::ssl::context& context_of(TlsContext& tls) { return *static_cast<asio::ssl::context*>(tls.native()); }

HttpPeer peer_of(const tcp::socket& socket) {
    error_code problem;
    const tcp::endpoint end = socket.remote_endpoint(problem);
    if (problem) return {};
    return {end.address().to_string(), end.address().is_loopback(), {}};
}

std::string common_name(TlsStream& stream) {
    X509* certificate = SSL_get1_peer_certificate(stream.native_handle());
    if (certificate == nullptr) return {};
    std::array<char, 256> name{};
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), static_cast<int>(name.size()));
    X509_free(certificate);
    return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : std::string();
}

template <class Stream>
class SocketTransport final : public Transport, public std::enable_shared_from_this<SocketTransport<Stream>> {
  public:
    SocketTransport(Stream stream, HttpPeer peer, std::shared_ptr<TlsContext> tls)
        : tls_(std::move(tls)), stream_(std::move(stream)), strand_(strand_of(stream_)), peer_(std::move(peer)), read_timer_(stream_.get_executor()),
          write_timer_(stream_.get_executor()), alarm_(stream_.get_executor()) {}

    void read(std::span<char> into, SteadyTime until, ReadDone done) override {
        arm(read_timer_, until, &SocketTransport::read_timed_out_);
        stream_.async_read_some(asio::buffer(into.data(), into.size()),
                                [self = this->shared_from_this(), done = std::move(done)](const error_code& problem, std::size_t count) {
                                    disarm(self->read_timer_);
                                    done(self->outcome(problem, self->read_timed_out_), count);
                                });
    }
    void write(std::string_view bytes, SteadyTime until, WriteDone done) override {
        arm(write_timer_, until, &SocketTransport::write_timed_out_);
        asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                          [self = this->shared_from_this(), done = std::move(done)](const error_code& problem, std::size_t) {
                              disarm(self->write_timer_);
                              done(self->outcome(problem, self->write_timed_out_));
                          });
    }
    void wake_at(SteadyTime time, std::function<void()> work) override {
        alarm_.expires_at(time);
        if (time == never) return;
        alarm_.async_wait([self = this->shared_from_this(), work = std::move(work)](const error_code& problem) {
            if (!problem && self->alarm_.expiry() <= Timer::clock_type::now() && !self->closed_) work();
        });
    }
    void post(std::function<void()> work) override { asio::post(strand_, std::move(work)); }
    void close() override {
        asio::post(strand_, [self = this->shared_from_this()] { self->close_now(); });
    }
    void close_politely() override {
        error_code ignored;
        ignored = socket().shutdown(tcp::socket::shutdown_send, ignored);
        wake_at(Timer::clock_type::now() + std::chrono::seconds(1), [self = this->shared_from_this()] { self->close_now(); });
        forget_reads();
    }
    const HttpPeer& peer() const override { return peer_; }

    Stream& stream() { return stream_; }
    Timer& timer() { return read_timer_; }
    tcp::socket& socket() {
        if constexpr (std::is_same_v<Stream, PlainStream>) return stream_;
        else return stream_.next_layer();
    }
    HttpPeer& peer() { return peer_; }

  private:
    static Strand strand_of(Stream& stream) {
        const auto executor = stream.get_executor();
        const auto* strand = executor.template target<Strand>();
        CHECK(strand != nullptr);  // every socket here is made on one
        return *strand;
    }
    void close_now() {
        if (closed_) return;
        closed_ = true;
        alarm_.cancel();
        error_code ignored;
        ignored = socket().shutdown(tcp::socket::shutdown_both, ignored);
        ignored = socket().close(ignored);
    }
    void forget_reads() {
        socket().async_read_some(asio::buffer(forgotten_), [self = this->shared_from_this()](const error_code& problem, std::size_t) {
            if (problem) self->close_now();
            else self->forget_reads();
        });
    }
    void arm(Timer& timer, SteadyTime until, bool SocketTransport::*timed_out) {
        if (until == never) return;
        timer.expires_at(until);
        timer.async_wait([self = this->shared_from_this(), &timer, timed_out](const error_code& problem) {
            if (problem || timer.expiry() > Timer::clock_type::now()) return;
            (*self).*timed_out = true;
            error_code ignored;
            ignored = self->socket().cancel(ignored);
        });
    }
    /// Later than any time, so that a wait whose end is queued already finds nothing to do.
    static void disarm(Timer& timer) { timer.expires_at(never); }
    static IoOutcome outcome(const error_code& problem, bool& timed_out) {
        const bool late = std::exchange(timed_out, false);
        if (!problem) return IoOutcome::done;
        if (late) return IoOutcome::timed_out;
        const bool closed = problem == asio::error::eof || problem == asio::error::connection_reset || problem == asio::error::operation_aborted ||
                            problem == asio::error::broken_pipe || problem == asio::ssl::error::stream_truncated;
        return closed ? IoOutcome::closed : IoOutcome::failed;
    }

    std::shared_ptr<TlsContext> tls_;
    Stream stream_;
    Strand strand_;
    HttpPeer peer_;
    Timer read_timer_, write_timer_, alarm_;
    bool read_timed_out_ = false, write_timed_out_ = false, closed_ = false;
    std::array<char, 4'096> forgotten_{};
};

/// Makes the transport of a connected socket, with its handshake where there is TLS; `done` gets nothing where that fails.
void dress(tcp::socket socket, const std::shared_ptr<TlsContext>& tls, const std::string& host, SteadyTime until,
           std::function<void(std::shared_ptr<Transport>, std::string)> done) {
    error_code ignored;
    ignored = socket.set_option(tcp::no_delay(true), ignored);
    HttpPeer peer = peer_of(socket);
    if (!tls) return done(std::make_shared<SocketTransport<PlainStream>>(std::move(socket), std::move(peer), nullptr), {});
    auto made = std::make_shared<SocketTransport<TlsStream>>(TlsStream(std::move(socket), context_of(*tls)), std::move(peer), tls);
    const bool client = !host.empty();
    if (client) {
        SSL_set_tlsext_host_name(made->stream().native_handle(), host.c_str());
        made->stream().set_verify_callback(asio::ssl::host_name_verification(host));
    }
    auto timer = std::make_shared<Timer>(made->stream().get_executor(), until);
    timer->async_wait([made, timer](const error_code& problem) {
        if (!problem) made->close();
    });
    made->stream().async_handshake(client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server,
                                   [made, timer, done = std::move(done)](const error_code& problem) {
                                       timer->cancel();
                                       if (problem) return done(nullptr, problem.message());
                                       made->peer().certificate = common_name(made->stream());
                                       done(made, {});
                                   });
}

}  // namespace

struct Listener::Inside : std::enable_shared_from_this<Listener::Inside> {
    Inside(asio::io_context& given, Options wanted, Accepted callback)
        : context(given), strand(asio::make_strand(given)), acceptor(strand), pause(acceptor.get_executor()), options(std::move(wanted)), accepted(std::move(callback)) {}

    asio::io_context& context;
    Strand strand;
    tcp::acceptor acceptor;
    Timer pause;
    Options options;
    std::mutex mutex;  ///< of `stopped` and of the moment of a call
    Accepted accepted;
    bool stopped = false;
    int port = 0;

    void accept() {
        acceptor.async_accept(asio::make_strand(context), [self = shared_from_this()](const error_code& problem, tcp::socket socket) {
            if (problem == asio::error::operation_aborted || !self->acceptor.is_open()) return;
            if (problem) return self->accept_later();  // out of descriptors: those that close make room
            self->take(std::move(socket));
            self->accept();
        });
    }
    void accept_later() {
        pause.expires_after(std::chrono::milliseconds(50));
        pause.async_wait([self = shared_from_this()](const error_code& problem) {
            if (!problem) self->accept();
        });
    }
    void take(tcp::socket socket) {
        dress(std::move(socket), options.tls, {}, Timer::clock_type::now() + options.handshake_time, [self = shared_from_this()](const auto& transport, const std::string&) {
            const std::lock_guard lock(self->mutex);
            if (transport && !self->stopped) self->accepted(transport);
        });
    }
};

Listener::Listener(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
Listener::~Listener() { stop(); }
int Listener::port() const { return inside_->port; }

Result<std::unique_ptr<Listener>> Listener::open(Reactor& reactor, const Options& options, Accepted accepted) {
    error_code problem;
    const auto address = asio::ip::make_address(options.address, problem);
    if (problem) return fail(ErrorCode::usage, fmt::format("'{}' is no address to listen on: a numeric one is expected, such as 127.0.0.1 or ::", options.address));
    auto inside = std::make_shared<Inside>(context_of(reactor), options, std::move(accepted));
    const tcp::endpoint end(address, static_cast<unsigned short>(options.port));
    problem = inside->acceptor.open(end.protocol(), problem);
    if (!problem) problem = inside->acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
    if (!problem) problem = inside->acceptor.bind(end, problem);
    if (!problem) problem = inside->acceptor.listen(1'024, problem);
    if (problem)
        return fail(ErrorCode::failed, fmt::format("cannot listen on {} port {}: {}; another process may have it", options.address, options.port, problem.message()), true);
    inside->port = inside->acceptor.local_endpoint(problem).port();
    inside->accept();
    return std::unique_ptr<Listener>(new Listener(std::move(inside)));
}

void Listener::stop() {
    {
        const std::lock_guard lock(inside_->mutex);
        inside_->stopped = true;
        inside_->accepted = {};
    }
    const auto closed = std::make_shared<std::promise<void>>();
    auto done = closed->get_future();
    asio::post(inside_->strand, [inside = inside_, closed] {
        error_code ignored;
        ignored = inside->acceptor.close(ignored);
        inside->pause.cancel();
        closed->set_value();
    });
    done.wait_for(std::chrono::seconds(1));  // bounded: a reactor that has stopped closes nothing more
}

void connect(Reactor& reactor, const std::string& host, int port, const std::shared_ptr<TlsContext>& tls, SteadyTime until,
             const std::function<void(Result<std::shared_ptr<Transport>>)>& done) {
    struct Attempt {
        explicit Attempt(asio::io_context& context) : strand(asio::make_strand(context)), resolver(strand), socket(strand), timer(strand) {}
        Strand strand;
        tcp::resolver resolver;
        tcp::socket socket;
        Timer timer;
    };
    auto attempt = std::make_shared<Attempt>(context_of(reactor));
    const auto told = [done, host, port](const std::string& problem) {
        done(fail(ErrorCode::failed, fmt::format("{}:{} cannot be reached: {}", host, port, problem), true));
    };
    attempt->timer.expires_at(until);
    attempt->timer.async_wait([attempt](const error_code& problem) {
        if (problem) return;
        error_code ignored;
        attempt->resolver.cancel();
        ignored = attempt->socket.close(ignored);
    });
    attempt->resolver.async_resolve(host, fmt::format("{}", port), [=](const error_code& unknown, const tcp::resolver::results_type& ends) {
        if (unknown) {
            attempt->timer.cancel();
            return told(unknown.message());
        }
        asio::async_connect(attempt->socket, ends, [=](const error_code& problem, const tcp::endpoint&) {
            attempt->timer.cancel();
            if (problem) return told(problem == asio::error::operation_aborted || problem == asio::error::bad_descriptor ? "no answer in time" : problem.message());
            dress(std::move(attempt->socket), tls, host, until, [=](std::shared_ptr<Transport> transport, const std::string& refusal) {
                if (!transport) return told("TLS: " + refusal);
                done(std::move(transport));
            });
        });
    });
}

}  // namespace aitrading::kit

#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "kit/http/server.hpp"

namespace aitrading::kit {

/// Everything a server needs, and what it reported.
struct TestGround {
    explicit TestGround(Tracer::Export exporter = {}, int worker_threads = 4) : tracer({.seed = 1}, std::move(exporter)), workers(worker_threads, 1'000) {}
    ~TestGround() {
        workers.stop();
        reactor.stop();
    }
    std::unique_ptr<Log> log = *Log::open({});
    Metrics metrics;
    Tracer tracer;
    Reactor reactor{2};
    Workers workers;
    Telemetry telemetry() { return {*log, metrics, tracer}; }
    std::unique_ptr<HttpServer> start(Router router, const HttpServerOptions& options = {}) {
        auto server = HttpServer::start(reactor, workers, telemetry(), std::move(router), options);
        EXPECT_TRUE(server) << server.error().text;
        return server ? std::move(*server) : nullptr;
    }
};

/// A client that sends exactly these bytes and no others.
class RawClient {
  public:
    explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    RawClient(RawClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_), kept_(std::move(other.kept_)) {}
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() {
        if (socket_ >= 0) ::close(socket_);
    }
    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// Everything up to and with `end`; less where the server closed before. Fails after 20 s of silence.
    std::string until(std::string_view end) {
        for (std::size_t found = kept_.find(end);; found = kept_.find(end)) {
            if (found != std::string::npos) {
                std::string out = kept_.substr(0, found + end.size());
                kept_.erase(0, out.size());
                return out;
            }
            if (!more()) return std::exchange(kept_, {});
        }
    }
    std::string count(std::size_t bytes) {
        while (kept_.size() < bytes && more()) {
        }
        std::string out = kept_.substr(0, bytes);
        kept_.erase(0, out.size());
        return out;
    }
    std::string rest() {
        while (more()) {
        }
        return std::exchange(kept_, {});
    }
    bool readable(int within_ms) const {
        pollfd waiting{socket_, POLLIN, 0};
        return ::poll(&waiting, 1, within_ms) == 1;
    }
    /// One answer with Content-Length.
    std::string answer() {
        std::string head = until("\r\n\r\n");
        const std::size_t at = head.find("Content-Length: ");
        return at == std::string::npos ? head : head + count(std::stoul(head.substr(at + 16)));
    }

  private:
    bool more() {
        pollfd waiting{socket_, POLLIN, 0};
        if (::poll(&waiting, 1, 20'000) != 1) {
            ADD_FAILURE() << "the server says nothing and does not close";
            return false;
        }
        char buffer[4'096];
        const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        kept_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    int socket_;
    bool connected_ = false;
    std::string kept_;
};

inline std::string get(std::string_view target, std::string_view more = "") { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n" + std::string(more) + "\r\n"; }

}  // namespace aitrading::kit

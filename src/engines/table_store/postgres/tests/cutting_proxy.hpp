#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace aitrading::engines {

/// Stands between a client and a server on 127.0.0.1 and cuts a connection at a chosen word of the client's.
class CuttingProxy {
  public:
    enum class Cut { never, before, after };
    explicit CuttingProxy(int server_port);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    int port() const { return port_; }
    /// The next message with this word is not handed on (before), or is, and its answer is not (after). Once.
    void cut_at(Cut cut) { cut_ = cut; }
    bool has_cut() const { return cut_ == Cut::never; }

  private:
    void accept_all();
    void hand_on(int client);

    static constexpr std::string_view word = "COMMIT";
    int server_port_, port_ = 0, listener_ = -1;
    std::atomic<Cut> cut_{Cut::never};
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
    std::thread accepting_;
};

inline sockaddr_in local_address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

inline CuttingProxy::CuttingProxy(int server_port) : server_port_(server_port), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = local_address(0);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
}

inline CuttingProxy::~CuttingProxy() {
    over_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
}

inline void CuttingProxy::accept_all() {
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0;) threads_.emplace_back([this, client] { hand_on(client); });
}

inline void CuttingProxy::hand_on(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = local_address(server_port_);
    bool goes = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    bool answer_lost = false;
    std::array<char, 65'536> piece{};
    while (goes && !over_) {
        std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(both.data(), both.size(), 20) == 0) continue;
        for (const pollfd& one : both) {
            if (one.revents == 0) continue;
            const ssize_t got = ::recv(one.fd, piece.data(), piece.size(), 0);
            goes = goes && got > 0;
            if (!goes) break;
            const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
            if (one.fd == client && bytes.find(word) != std::string_view::npos && cut_ != Cut::never) {
                const Cut cut = cut_.exchange(Cut::never);
                goes = cut == Cut::after;
                answer_lost = cut == Cut::after;
            }
            if (one.fd == server && answer_lost) goes = false;  // the server has done it and said so
            if (goes) goes = send_all(one.fd == client ? server : client, bytes);
        }
    }
    ::close(client);
    ::close(server);
}

}  // namespace aitrading::engines

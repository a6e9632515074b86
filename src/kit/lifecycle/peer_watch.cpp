#include "kit/lifecycle/peer_watch.hpp"

#include <chrono>

#include <fmt/format.h>

namespace aitrading::kit {
namespace {

constexpr std::chrono::seconds between{2}, answer_time{1};

}  // namespace

PeerWatch::PeerWatch(HttpClient& client, std::map<std::string, PeerAddress> peers) : client_(client), peers_(std::move(peers)) {
    for (const auto& [service, address] : peers_)
        said_.emplace(service, fail(ErrorCode::failed, fmt::format("{}:{} was not asked yet", address.host, address.port), true));
}

PeerWatch::~PeerWatch() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    ended_condition_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void PeerWatch::start() {
    if (!peers_.empty()) thread_ = std::thread([this] { run(); });
}

void PeerWatch::run() {
    for (;;) {
        look();
        std::unique_lock lock(mutex_);
        if (ended_condition_.wait_for(lock, between, [this] { return ended_; })) return;
    }
}

void PeerWatch::look() {
    for (const auto& [service, address] : peers_) {
        const auto answer = client_.call({.host = address.host, .port = address.port, .target = "/v1/readiness", .traced = false},
                                         Deadline::after(std::chrono::steady_clock::now(), answer_time));
        Result<void> said;
        if (!answer) said = fail(ErrorCode::failed, fmt::format("{}:{}: {}", address.host, address.port, answer.error().text), true);
        else if (answer->status != 200) said = fail(ErrorCode::failed, fmt::format("{}:{} answers that it is not ready ({})", address.host, address.port, answer->status), true);
        const std::lock_guard lock(mutex_);
        said_[service] = std::move(said);
        if (ended_) return;
    }
}

Result<void> PeerWatch::ready(const std::string& service) const {
    const std::lock_guard lock(mutex_);
    return said_.at(service);
}

}  // namespace aitrading::kit

#pragma once

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "kit/rpc/rpc_server.hpp"

namespace aitrading::kit {

/// A server whose handlers say back what they were asked, and what it reported. GetStatus: `none` is not found, `busy` fails and a retry
/// helps, `limit` is refused for now, `thrown` throws, `held` waits for `go`; others tell trace (instance), tenant (last_error) and milliseconds left (lag_events).
struct Served {
    explicit Served(const RpcServerOptions& options = {}, const GateOptions& doors = {}, std::shared_ptr<CallGate> quota = nullptr) : tracer({.seed = 1}, {}) {
        add_handlers(std::move(quota));
        log->forward_to([this](const LogRecord& record) {
            const std::lock_guard lock(mutex);
            records.push_back(record);
        });
        auto started = RpcServer::start(reactor, Gate::make(workers, doors), {*log, metrics, tracer}, handlers, [this](const HttpPeer& peer) { return identify(peer); }, options);
        EXPECT_TRUE(started.has_value()) << started.error().text;
        if (started) server = *std::move(started);
    }
    ~Served() {
        server = nullptr;
        workers.stop();
        reactor.stop();
        log->forward_to({});
    }
    Telemetry telemetry() { return {*log, metrics, tracer}; }
    /// Waits until so many records were written; then all of them.
    std::vector<LogRecord> told(std::size_t count) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        for (;;) {
            const std::lock_guard lock(mutex);
            if (records.size() >= count || std::chrono::steady_clock::now() > until) return records;
            std::this_thread::yield();
        }
    }

    std::unique_ptr<Log> log = *Log::open({.least = LogLevel::debug});
    Metrics metrics;
    Tracer tracer;
    Reactor reactor{1};
    Workers workers{2, 100};
    RequestHandlers handlers;
    std::function<Result<std::string>(const HttpPeer&)> identify = [](const HttpPeer& peer) -> Result<std::string> {
        if (peer.loopback) return std::string("default");
        return fail(ErrorCode::failed, "no loopback");
    };
    std::promise<std::shared_ptr<ReplyStream>> opened;
    std::promise<void> held, go;
    std::unique_ptr<RpcServer> server;

  private:
    void add_handlers(std::shared_ptr<CallGate> quota);
    std::mutex mutex;
    std::vector<LogRecord> records;
};

}  // namespace aitrading::kit

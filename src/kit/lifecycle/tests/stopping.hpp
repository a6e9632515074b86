#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "kit/http/client.hpp"
#include "kit/lifecycle/host.hpp"

namespace aitrading::kit {

/// One service behind its host, and who asks it.
struct Stopping {
    Stopping(const std::function<std::unique_ptr<Service>()>& make, std::chrono::milliseconds stop_time) {
        log->forward_to([this](const LogRecord& record) {
            if (record.action == "stop") stop_record = record;
        });
        host.emplace(ground, HostOptions{.any_ports = true, .stop_time = stop_time});
        const auto table = parse_service_table("[[service]]\nname=\"b\"\nport=1\n", "t");
        const auto started = host->start(table->services, {{"b", [&](const ServiceGround&) { return make(); }}});
        EXPECT_TRUE(started) << started.error().text;
        port = host->ports().at("b");
        const auto rpc_ports = host->rpc_ports();
        if (const auto found = rpc_ports.find("b"); found != rpc_ports.end()) rpc_port = found->second;
    }
    ~Stopping() { end(); }
    /// Everything that runs has ended when it returns.
    void end() {
        host.reset();
        workers.stop();
        reactor.stop();
        log->forward_to({});
    }
    /// The status; 0: no answer.
    int get(const std::string& target, std::chrono::milliseconds time = std::chrono::milliseconds(20'000)) {
        const auto answer = client.call({.host = "127.0.0.1", .port = port, .target = target}, Deadline::after(std::chrono::steady_clock::now(), time));
        return answer ? answer->status : 0;
    }
    std::unique_ptr<Log> log = *Log::open({});
    Metrics metrics;
    Tracer tracer{{.seed = 1}, {}};
    Reactor reactor{2};
    Workers workers{4, 1'000};
    std::unique_ptr<Settings> settings = *Settings::load({}, [](const std::string&) { return std::nullopt; }, {});
    ServiceGround ground{reactor, workers, {*log, metrics, tracer}, *settings};
    HttpClient client{reactor, {*log, metrics, tracer}, {.retry = {.attempts_max = 1}}};
    std::optional<ServiceHost> host;
    int port = 0, rpc_port = 0;  ///< 0: it answers no requests over gRPC
    LogRecord stop_record;  ///< written by the thread that stops
};

}  // namespace aitrading::kit

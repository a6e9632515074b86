#include "kit/rpc/rpc_client.hpp"

#include <atomic>

#include <gmock/gmock.h>

#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/status.pb.h"
#include "kit/http/transport.hpp"
#include "kit/rpc/tests/served.hpp"

namespace aitrading::kit {
namespace {

using testing::HasSubstr;
using std::chrono::seconds;

Deadline within(milliseconds time) { return Deadline::after(std::chrono::steady_clock::now(), time); }

/// A server and a client of it that share what they report to.
struct Pair {
    explicit Pair(const RpcClientOptions& options = {}, const RpcServerOptions& server = {}) : served(server), client(*RpcClient::make(served.reactor, served.telemetry(), options)) {}
    Result<v1::GetStatusReply> ask(const std::string& service, milliseconds time = seconds(10), std::optional<TraceContext> trace = {}) {
        v1::GetStatusRequest request;
        request.set_service(service);
        v1::GetStatusReply reply;
        TRY_VOID(client->call({.host = "127.0.0.1", .port = served.server->port(), .name = "aitrading.v1.StatusService/GetStatus", .trace = trace}, request, reply, within(time)));
        return reply;
    }
    Served served;
    std::unique_ptr<RpcClient> client;
};

TEST(RpcClient, calls_with_what_is_left_and_goes_on_with_the_trace) {
    Pair t;
    const auto trace = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const auto answer = t.ask("risk", seconds(3), trace);
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->services(0).service(), "risk");
    EXPECT_EQ(answer->services(0).instance().substr(3, 32), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_LE(answer->services(0).lag_events(), 3'000);
    EXPECT_GT(answer->services(0).lag_events(), 0);
}

TEST(RpcClient, tells_errors_as_they_were) {
    Pair t({.peers = {.retry = {.attempts_max = 1}}});
    const auto none = t.ask("none");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::not_found);
    EXPECT_EQ(none.error().text, "no service is called none");
    const auto busy = t.ask("busy");
    ASSERT_FALSE(busy);
    EXPECT_TRUE(busy.error().retry_helps);
    EXPECT_THAT(busy.error().text, HasSubstr("127.0.0.1:"));
    v1::GetHealthReply reply;
    const auto nobody = t.client->call({.host = "127.0.0.1", .port = t.served.server->port(), .name = "aitrading.v1.StatusService/GetHealth"}, v1::GetHealthRequest(), reply, within(seconds(10)));
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, ErrorCode::not_found);
}

TEST(RpcClient, tries_again_what_may_be_repeated_within_its_budget_and_nothing_else) {
    Pair t({.peers = {.retry = {.attempts_max = 3, .first = milliseconds(1)}, .retry_share = 0}});
    const auto calls = [&] {
        const std::string text = t.served.metrics.text();
        const std::string before = R"(rpc_requests_total{method="aitrading.v1.StatusService/GetStatus",service="service",status="UNAVAILABLE"} )";
        const auto at = text.find(before);
        return at == std::string::npos ? 0 : std::stoi(text.substr(at + before.size()));
    };
    EXPECT_FALSE(t.ask("busy"));
    EXPECT_EQ(calls(), 3) << "GetStatus is a GET";
    v1::GetStatusRequest request;
    request.set_service("busy");
    v1::GetStatusReply reply;
    EXPECT_FALSE(t.client->call({.host = "127.0.0.1", .port = t.served.server->port(), .name = "aitrading.v1.StatusService/GetStatus", .idempotent = false}, request, reply, within(seconds(10))));
    EXPECT_EQ(calls(), 4);
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(t.ask("busy"));
    EXPECT_EQ(calls(), 4 + 3 * 4) << "ten retries were in the budget";
    EXPECT_FALSE(t.ask("busy"));
    EXPECT_EQ(calls(), 17) << "and no more";
}

TEST(RpcClient, a_failing_peer_is_left_alone_until_it_is_well) {
    Pair t({.peers = {.retry = {.attempts_max = 1}, .breaker = {.calls_min = 5, .pause = milliseconds(50)}}});
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(t.ask("busy"));
    const auto refused = t.ask("risk");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("has been failing"));
    std::promise<void> pause_over;
    t.served.reactor.at(std::chrono::steady_clock::now() + milliseconds(60), [&] { pause_over.set_value(); });
    pause_over.get_future().wait();
    EXPECT_TRUE(t.ask("risk"));
    EXPECT_EQ(t.client->breaker("127.0.0.1", t.served.server->port()), CircuitBreaker::State::closed);
}

TEST(RpcClient, says_who_did_not_answer) {
    Pair t({.peers = {.retry = {.attempts_max = 1}}});
    v1::GetStatusReply reply;
    const auto nobody = t.client->call({.host = "127.0.0.1", .port = 1, .name = "aitrading.v1.StatusService/GetStatus"}, v1::GetStatusRequest(), reply, within(seconds(10)));
    ASSERT_FALSE(nobody);
    EXPECT_THAT(nobody.error().text, HasSubstr("127.0.0.1:1"));
    EXPECT_TRUE(nobody.error().retry_helps);
    const auto silent = Listener::open(t.served.reactor, {}, [](const std::shared_ptr<Transport>& transport) {
        transport->wake_at(std::chrono::steady_clock::now() + seconds(5), [transport] { transport->close(); });
    });
    ASSERT_TRUE(silent);
    const auto late = t.client->call({.host = "127.0.0.1", .port = (*silent)->port(), .name = "aitrading.v1.StatusService/GetStatus"}, v1::GetStatusRequest(), reply, within(milliseconds(100)));
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().retry_helps);
    const auto held = t.ask("held", milliseconds(100));
    t.served.go.set_value();
    EXPECT_FALSE(held);
}

TEST(RpcClient, finds_a_server_again_that_was_away) {
    Pair t({.peers = {.retry = {.attempts_max = 10, .first = milliseconds(20)}}});
    ASSERT_TRUE(t.ask("risk"));
    const int port = t.served.server->port();
    t.served.server = nullptr;
    auto again = RpcServer::start(t.served.reactor, Gate::make(t.served.workers, {}), t.served.telemetry(), t.served.handlers, t.served.identify, {.port = port});
    ASSERT_TRUE(again) << again.error().text;
    t.served.server = *std::move(again);
    const auto answer = t.ask("risk");
    EXPECT_TRUE(answer) << answer.error().text;
}

v1::WatchPredictionsReply numbered(int i) {
    v1::WatchPredictionsReply reply;
    reply.set_missed(i);
    return reply;
}

RpcQuestion watching(const Pair& t) { return {.host = "127.0.0.1", .port = t.served.server->port(), .name = "aitrading.v1.PredictionService/WatchPredictions"}; }

TEST(RpcClient, follows_a_stream_to_its_end_or_until_it_has_enough) {
    for (const int enough : {1'000, 3}) {
        Pair t;
        std::thread sender([&] {
            const auto stream = t.served.opened.get_future().get();
            for (int i = 0; i < 5; ++i) static_cast<void>(stream->send(numbered(i)));
            stream->end();
        });
        v1::WatchPredictionsReply reply;
        std::vector<int> seen;
        const auto followed = t.client->follow(watching(t), v1::WatchPredictionsRequest(), reply, {SteadyTime::max()}, [&] {
            seen.push_back(static_cast<int>(reply.missed()));
            return static_cast<int>(seen.size()) < enough;
        });
        sender.join();
        EXPECT_TRUE(followed) << followed.error().text;
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(std::min(enough, 5)));
        EXPECT_TRUE(std::ranges::is_sorted(seen));
    }
}

TEST(RpcClient, a_follower_stops_when_it_is_asked_to_and_hears_refusals) {
    Pair t;
    std::stop_source stop;
    v1::WatchPredictionsReply reply;
    v1::WatchPredictionsRequest request;
    request.set_symbol("NONE");
    const auto refused = t.client->follow(watching(t), request, reply, within(seconds(10)), [] { return true; });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
    std::thread stopper([&] {
        const auto stream = t.served.opened.get_future().get();
        stop.request_stop();
        std::promise<void> gone;
        stream->on_close([&] { gone.set_value(); });
        gone.get_future().get();
    });
    EXPECT_TRUE(t.client->follow(watching(t), v1::WatchPredictionsRequest(), reply, {SteadyTime::max()}, [] { return true; }, stop.get_token()));
    stopper.join();
}

}  // namespace
}  // namespace aitrading::kit

#include "kit/http/client.hpp"

#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "kit/testing/certificates.hpp"
#include "kit/http/tests/test_server.hpp"
#include "kit/http/transport.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;
using std::chrono::seconds;

Deadline within(milliseconds time) { return Deadline::after(std::chrono::steady_clock::now(), time); }

TEST(client, calls_with_what_is_left_and_goes_on_with_the_trace) {
    TestGround ground;
    std::vector<std::string> seen;
    Router router;
    router.add({"POST", "/v1/x", RequestClass::heavy, [&](const HttpRequest& r) {
                    const auto sent = parse_deadline(r.headers.get("x-deadline-ms"));
                    EXPECT_TRUE(sent && *sent <= seconds(3) && *sent > seconds(0));
                    EXPECT_LE(r.deadline.left(std::chrono::steady_clock::now()), seconds(3));
                    seen.push_back(r.trace.traceparent().substr(3, 32));
                    return HttpResponse{.status = 201, .body = r.body + std::string(r.headers.get("X-One")), .headers = {}};
                }});
    const auto server = ground.start(std::move(router));
    HttpClient client(ground.reactor, ground.telemetry(), {});
    const auto trace = *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const auto answer = client.call({.method = "POST", .host = "localhost", .port = server->port(), .target = "/v1/x", .headers = {{"X-One", "1"}}, .body = "{}", .trace = trace}, within(seconds(3)));
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, "{}1");
    EXPECT_EQ(seen, std::vector<std::string>{"4bf92f3577b34da6a3ce929d0e0e4736"});
}

TEST(client, keeps_connections_and_survives_that_the_server_closed_them) {
    TestGround ground;
    Router router;
    router.add({"GET", "/x", RequestClass::fast, [](const HttpRequest&) { return HttpResponse{}; }});
    auto server = ground.start(router);
    const int port = server->port();
    HttpClient client(ground.reactor, ground.telemetry(), {});
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.call({.host = "127.0.0.1", .port = port, .target = "/x"}, within(seconds(10))));
    EXPECT_EQ(server->connections(), 1U) << "one connection served all";
    EXPECT_TRUE(server->drain(within(seconds(10))));
    server = nullptr;
    server = ground.start(router, {.port = port});
    const auto again = client.call({.host = "127.0.0.1", .port = port, .target = "/x"}, within(seconds(10)));
    EXPECT_TRUE(again) << again.error().text;
}

TEST(client, tries_again_what_may_be_repeated_and_nothing_else) {
    TestGround ground;
    std::atomic<int> calls = 0;
    Router router;
    const HttpHandler second_time = [&](const HttpRequest&) { return ++calls % 2 == 1 ? HttpResponse{.status = 502, .headers = {}} : HttpResponse{}; };
    router.add({"GET", "/x", RequestClass::fast, second_time});
    router.add({"POST", "/x", RequestClass::fast, second_time});
    const auto server = ground.start(std::move(router));
    HttpClient client(ground.reactor, ground.telemetry(), {.retry = {.attempts_max = 3, .first = milliseconds(1)}});
    EXPECT_EQ(client.call({.host = "127.0.0.1", .port = server->port(), .target = "/x"}, within(seconds(10)))->status, 200);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(client.call({.method = "POST", .host = "127.0.0.1", .port = server->port(), .target = "/x"}, within(seconds(10)))->status, 502);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(client.call({.method = "POST", .host = "127.0.0.1", .port = server->port(), .target = "/x", .idempotent = true}, within(seconds(10)))->status, 200);
    EXPECT_EQ(calls, 4);
}

TEST(client, a_failing_peer_is_left_alone_until_it_is_well) {
    TestGround ground;
    std::atomic<bool> well = false;
    std::atomic<int> calls = 0;
    Router router;
    router.add({"GET", "/x", RequestClass::fast, [&](const HttpRequest&) { return ++calls, HttpResponse{.status = well ? 200 : 500, .headers = {}}; }});
    const auto server = ground.start(std::move(router));
    HttpClient client(ground.reactor, ground.telemetry(), {.breaker = {.calls_min = 5, .pause = milliseconds(50)}});
    const ClientRequest request{.host = "127.0.0.1", .port = server->port(), .target = "/x"};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(client.call(request, within(seconds(10)))->status, 500);
    const auto refused = client.call(request, within(seconds(10)));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("has been failing"));
    EXPECT_EQ(calls, 5);
    well = true;
    std::promise<void> pause_over;
    ground.reactor.at(std::chrono::steady_clock::now() + milliseconds(60), [&] { pause_over.set_value(); });
    pause_over.get_future().wait();
    EXPECT_EQ(client.call(request, within(seconds(10)))->status, 200);
    EXPECT_EQ(client.breaker("127.0.0.1", server->port()), CircuitBreaker::State::closed);
}

TEST(client, says_who_did_not_answer) {
    TestGround ground;
    HttpClient client(ground.reactor, ground.telemetry(), {.retry = {.attempts_max = 1}});
    const auto nobody = client.call({.host = "127.0.0.1", .port = 1, .target = "/"}, within(seconds(10)));
    ASSERT_FALSE(nobody);
    EXPECT_THAT(nobody.error().text, HasSubstr("127.0.0.1:1 cannot be reached"));
    EXPECT_TRUE(nobody.error().retry_helps);
    const auto silent = Listener::open(ground.reactor, {}, [](const std::shared_ptr<Transport>& transport) {
        transport->wake_at(std::chrono::steady_clock::now() + std::chrono::seconds(5), [transport] { transport->close(); });
    });
    ASSERT_TRUE(silent);
    const auto late = client.call({.host = "127.0.0.1", .port = (*silent)->port(), .target = "/"}, within(milliseconds(100)));
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().text, HasSubstr("no answer within the deadline"));
}

TEST(tls, both_sides_show_certificates_and_nothing_older_than_1_3_is_spoken) {
    TestGround ground;
    TestAuthority authority, stranger;
    const auto files = [&](TestAuthority& issuer, const std::string& name) {
        const auto path = issuer.issue(name).string();
        return TlsFiles{path + ".pem", path + ".key", authority.certificate()};
    };
    const auto server_side = TlsContext::server(files(authority, "server"));
    ASSERT_TRUE(server_side) << server_side.error().text;
    Router router;
    router.add({"GET", "/who", RequestClass::fast, [](const HttpRequest& r) { return HttpResponse{.body = r.peer.certificate, .headers = {}}; }});
    const auto server = ground.start(std::move(router), {.tls = *server_side, .header_time = milliseconds(2'000)});
    const auto ask = [&](const TlsFiles& own, const std::string& host) -> Result<HttpResponse> {
        TRY(auto context, TlsContext::client(own));
        HttpClient client(ground.reactor, ground.telemetry(), {.tls = context, .retry = {.attempts_max = 1}});
        return client.call({.host = host, .port = server->port(), .target = "/who"}, within(seconds(10)));
    };
    const auto known = ask(files(authority, "acme"), "localhost");
    ASSERT_TRUE(known) << known.error().text;
    EXPECT_EQ(known->body, "acme");
    EXPECT_FALSE(ask({.authorities = authority.certificate()}, "localhost")) << "no certificate of its own";
    EXPECT_FALSE(ask(files(stranger, "mallory"), "localhost")) << "a stranger's certificate";
    TlsFiles deceived = files(authority, "acme");
    deceived.authorities = stranger.certificate();
    EXPECT_FALSE(ask(deceived, "localhost")) << "the server's authority is not believed";
    RawClient plain(server->port());
    plain.send(get("/who"));
    EXPECT_THAT(plain.rest(), ::testing::Not(HasSubstr("HTTP")));
    const std::string old = "openssl s_client -tls1_2 -connect 127.0.0.1:" + std::to_string(server->port()) + " </dev/null >/dev/null 2>&1";
    EXPECT_NE(std::system(old.c_str()), 0);
    EXPECT_FALSE(TlsContext::server({.certificate = "/nowhere.pem", .key = "/nowhere.key"}));
}

TEST(otlp, spans_arrive_at_a_receiver) {
    std::promise<nlohmann::json> received;
    TestGround receiver_ground;
    Router router;
    router.add({"POST", "/v1/traces", RequestClass::normal, [&](const HttpRequest& r) {
                    EXPECT_EQ(r.headers.get("Content-Type"), "application/json");
                    received.set_value(nlohmann::json::parse(r.body));
                    return HttpResponse{.body = "{}", .headers = {}};
                }});
    const auto receiver = receiver_ground.start(std::move(router));
    std::unique_ptr<HttpClient> exporter;
    TestGround ground([&](const std::vector<SpanRecord>& spans) -> Result<void> {
        const auto answer = exporter->call({.method = "POST", .host = "127.0.0.1", .port = receiver->port(), .target = "/v1/traces", .body = otlp_json(spans), .traced = false}, within(seconds(10)));
        if (!answer) return std::unexpected(answer.error());
        return {};
    });
    exporter = std::make_unique<HttpClient>(receiver_ground.reactor, receiver_ground.telemetry(), HttpClientOptions{});
    {
        Span span = ground.tracer.start("place", "trading-engine", std::nullopt);
        span.note("order", "7");
    }
    ground.tracer.flush();
    const auto body = received.get_future().get();
    EXPECT_EQ(body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"], "place");
    EXPECT_EQ(ground.tracer.dropped(), 0);
}

}  // namespace
}  // namespace aitrading::kit

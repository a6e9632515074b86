#include "kit/http/server.hpp"

#include <future>
#include <semaphore>

#include <sys/resource.h>

#include <gmock/gmock.h>

#include "kit/http/event_stream.hpp"
#include "kit/http/tests/test_server.hpp"
#include "kit/http/websocket.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(std::chrono::steady_clock::now(), seconds(20)); }

HttpResponse echo(const HttpRequest& request) {
    std::string text = request.method + " " + request.path;
    for (const auto& [name, value] : request.parameters) text.append(" ").append(name).append("=").append(value);
    for (const auto& [name, value] : request.query) text.append(" ").append(name).append("=").append(value);
    return {.type = "text/plain", .body = text + " " + request.body, .headers = {}};
}

Router echo_router() {
    Router router;
    router.add({"GET", "/echo/{id}", RequestClass::fast, echo});
    router.add({"POST", "/echo", RequestClass::normal, echo});
    return router;
}

TEST(server, answers_keeps_the_connection_and_takes_pipelined_requests) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    RawClient client(server->port());
    client.send(get("/echo/a%20b?x=1"));
    EXPECT_THAT(client.answer(), ::testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), ::testing::EndsWith("GET /echo/a b id=a b x=1 ")));
    std::string many;
    for (int i = 0; i < 20; ++i) many += get("/echo/" + std::to_string(i));
    client.send(many + "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody");
    for (int i = 0; i < 20; ++i) EXPECT_THAT(client.answer(), HasSubstr("GET /echo/" + std::to_string(i) + " "));
    EXPECT_THAT(client.rest(), ::testing::AllOf(HasSubstr("Connection: close"), ::testing::EndsWith("POST /echo body")));
}

TEST(server, says_what_it_does_not_have) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    RawClient client(server->port());
    client.send(get("/nowhere") + "DELETE /echo/1 HTTP/1.1\r\nHost: t\r\n\r\n" + "HEAD /echo/1 HTTP/1.1\r\nHost: t\r\n\r\n" + get("/echo/../x") +
                "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n" + std::string(100, '['));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 404"));
    EXPECT_THAT(client.answer(), HasSubstr("Allow: GET"));
    EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Content-Length: 18"));  // HEAD: the length of what GET would send
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(client.answer(), ::testing::AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("nested deeper")));
}

TEST(server, waits_for_permission_to_send_a_body) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    RawClient client(server->port());
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ab");
    EXPECT_THAT(client.answer(), HasSubstr("POST /echo ab"));
}

TEST(server, huge_headers_and_bodies_are_refused_with_their_status) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    for (const auto& [sent, status] : std::vector<std::pair<std::string, std::string>>{
             {"GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(200'000, 'x'), "431"},
             {get("/" + std::string(5'000, 'a')), "414"},
             {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999\r\n\r\n" + std::string(100'000, 'b'), "413"},
             {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "415"},
             {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n", "400"}}) {
        RawClient client(server->port());
        client.send(sent);
        EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 " + status)) << sent.substr(0, 60);
    }
    RawClient after(server->port());
    after.send(get("/echo/1"));
    EXPECT_THAT(after.answer(), StartsWith("HTTP/1.1 200")) << "the server is well";
}

TEST(server, slow_loris_gets_408_and_a_silent_peer_is_closed) {
    TestGround ground;
    const auto server = ground.start(echo_router(), {.header_time = milliseconds(150), .body_time = milliseconds(150)});
    RawClient silent(server->port()), slow_head(server->port()), slow_body(server->port());
    slow_body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nab");
    slow_head.send("GET / HTTP/1.1\r\nX: ");
    // One byte after the other: each comes in time, all together do not.
    while (slow_head.send("x") && !slow_head.readable(20)) {
    }
    EXPECT_THAT(slow_head.rest(), ::testing::AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("the headers did not come in time")));
    EXPECT_EQ(silent.rest(), "");
    EXPECT_THAT(slow_body.rest(), ::testing::AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("the body did not come in time")));
}

TEST(server, a_thousand_connections_that_never_speak_keep_nobody_out) {
    TestGround ground;
    const auto server = ground.start(echo_router(), {.connections_max = 500});
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
    std::vector<RawClient> silent;
    for (int i = 0; i < 1'000; ++i) {
        silent.emplace_back(server->port());
        ASSERT_TRUE(silent.back().connected()) << i << ": raise the limit of open files";
    }
    RawClient client(server->port());
    client.send(get("/echo/1"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
    EXPECT_LE(server->connections(), 500U);
    EXPECT_EQ(silent[0].rest(), "") << "the oldest silent one gave way";
}

TEST(server, a_deadline_comes_with_the_request_and_is_kept) {
    TestGround ground;
    std::promise<nanoseconds> left_inside;
    std::binary_semaphore go_on(0);
    Router router;
    router.add({"GET", "/slow", RequestClass::fast, [&](const HttpRequest& request) {
                    left_inside.set_value(request.deadline.left(std::chrono::steady_clock::now()));
                    go_on.acquire();
                    return HttpResponse{};
                }});
    router.add({"GET", "/quick", RequestClass::fast, [](const HttpRequest&) { return HttpResponse{}; }});
    const auto server = ground.start(std::move(router));
    RawClient client(server->port());
    client.send(get("/slow", "x-deadline-ms: 200\r\n"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 504"));
    EXPECT_LE(left_inside.get_future().get(), milliseconds(200));
    client.send(get("/quick", "x-deadline-ms: 0\r\n") + get("/quick", "x-deadline-ms: soon\r\n") + get("/quick"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 504"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200")) << "the connection and the other threads go on";
    go_on.release();
}

TEST(server, full_compartments_say_503_and_leave_the_others_alone) {
    TestGround ground({}, 6);
    std::counting_semaphore<8> go_on(0), inside(0);
    Router router;
    router.add({"GET", "/heavy", RequestClass::heavy, [&](const HttpRequest&) {
                    inside.release();
                    go_on.acquire();
                    return HttpResponse{};
                }});
    router.add({"GET", "/fast", RequestClass::fast, [](const HttpRequest&) { return HttpResponse{}; }});
    const auto server = ground.start(std::move(router), {.gate = {.heavy = {2, 0}}});
    std::vector<RawClient> busy;
    for (int i = 0; i < 2; ++i) {
        busy.emplace_back(server->port());
        busy.back().send(get("/heavy"));
        inside.acquire();
    }
    RawClient third(server->port());
    third.send(get("/heavy") + get("/fast"));
    EXPECT_THAT(third.answer(), ::testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 1")));
    EXPECT_THAT(third.answer(), StartsWith("HTTP/1.1 200"));
    go_on.release(2);
    for (RawClient& client : busy) EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(server, what_a_handler_throws_is_500_and_stands_in_the_log_alone) {
    TestGround ground;
    std::mutex mutex;
    std::vector<LogRecord> records;
    ground.log->forward_to([&](const LogRecord& r) {
        const std::lock_guard lock(mutex);
        records.push_back(r);
    });
    Router router;
    router.add({"GET", "/x", RequestClass::fast, [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("inner secret matters"); }});
    const auto server = ground.start(std::move(router), {.service = "s"});
    RawClient client(server->port());
    client.send(get("/x?token=abc", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"));
    EXPECT_THAT(client.answer(), ::testing::AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("inner")), HasSubstr("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-")));
    ground.log->forward_to({});
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].fields[0].second, "inner secret matters");
    EXPECT_EQ(records[1].action, "GET /x");
    EXPECT_EQ(records[1].outcome, "failed");
    EXPECT_EQ(records[1].fields[2].second, "/x?token=***");
    EXPECT_THAT(ground.metrics.text(), HasSubstr("http_requests_total{route=\"GET /x\",service=\"s\",status=\"500\"} 1"));
}

TEST(server, drain_finishes_what_runs_and_takes_no_more) {
    TestGround ground;
    std::binary_semaphore inside(0), go_on(0);
    Router router;
    router.add({"GET", "/work", RequestClass::normal, [&](const HttpRequest&) {
                    inside.release();
                    go_on.acquire();
                    return HttpResponse{.body = "done", .headers = {}};
                }});
    const auto server = ground.start(std::move(router));
    RawClient busy(server->port()), quiet(server->port());
    busy.send(get("/work"));
    inside.acquire();
    auto drained = std::async(std::launch::async, [&] { return server->drain(soon()); });
    EXPECT_EQ(quiet.rest(), "") << "a quiet connection is closed";
    go_on.release();
    EXPECT_THAT(busy.rest(), ::testing::AllOf(HasSubstr("done"), HasSubstr("Connection: close")));
    EXPECT_TRUE(drained.get());
    EXPECT_EQ(server->connections(), 0U);
}

TEST(server, says_that_its_port_is_taken_and_listens_on_loopback_alone) {
    TestGround ground;
    const auto server = ground.start(echo_router());
    const auto second = HttpServer::start(ground.reactor, ground.workers, ground.telemetry(), echo_router(), {.port = server->port()});
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text, HasSubstr(std::to_string(server->port())));
    EXPECT_FALSE(HttpServer::start(ground.reactor, ground.workers, ground.telemetry(), echo_router(), {.address = "localhost"}));
}

TEST(event_stream, sends_events_and_ends_when_the_server_drains) {
    TestGround ground;
    std::promise<std::shared_ptr<EventStream>> made;
    Router router;
    router.add({"GET", "/events", RequestClass::normal, StreamHandler([&](const HttpRequest& request, const std::shared_ptr<EventStream>& stream) -> Result<void> {
                    if (request.query_value("no")) return fail(ErrorCode::gate_refused, "not for you");
                    stream->send("tick", "two\nlines", "7");
                    made.set_value(stream);
                    return {};
                })});
    const auto server = ground.start(std::move(router), {.heartbeat = milliseconds(20)});
    RawClient refused(server->port());
    refused.send(get("/events?no=1"));
    EXPECT_THAT(refused.answer(), StartsWith("HTTP/1.1 403"));
    RawClient client(server->port());
    client.send(get("/events"));
    EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("text/event-stream"));
    EXPECT_EQ(client.until("\n\n"), "id: 7\nevent: tick\ndata: two\ndata: lines\n\n");
    EXPECT_EQ(client.until(":\n\n"), ":\n\n") << "a heartbeat";
    const auto stream = made.get_future().get();
    EXPECT_TRUE(stream->send("", "last"));
    std::promise<void> closed;
    stream->on_close([&] { closed.set_value(); });
    EXPECT_TRUE(server->drain(soon()));
    EXPECT_THAT(client.rest(), HasSubstr("data: last\n\n"));
    closed.get_future().wait();
    EXPECT_FALSE(stream->send("", "after"));
}

TEST(event_stream, a_reader_that_does_not_read_is_cut_off) {
    TestGround ground;
    std::promise<std::shared_ptr<EventStream>> made;
    Router router;
    router.add({"GET", "/events", RequestClass::normal, StreamHandler([&](const HttpRequest&, const std::shared_ptr<EventStream>& stream) -> Result<void> {
                    made.set_value(stream);
                    return {};
                })});
    const auto server = ground.start(std::move(router), {.stream_bytes_max = 100'000});
    RawClient client(server->port());
    client.send(get("/events"));
    const auto stream = made.get_future().get();
    int sent = 0;
    while (stream->send("", std::string(10'000, 'x'))) ASSERT_LT(++sent, 10'000);
    std::promise<void> closed;
    stream->on_close([&] { closed.set_value(); });
    closed.get_future().wait();
}

}  // namespace
}  // namespace aitrading::kit

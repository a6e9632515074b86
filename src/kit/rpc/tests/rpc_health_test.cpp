#include "kit/rpc/rpc_health.hpp"

#include <atomic>

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>

#include "aitrading/v1/status.pb.h"
#include "kit/http/tests/test_server.hpp"
#include "kit/rpc/rpc_client.hpp"
#include "kit/rpc/tests/served.hpp"

namespace aitrading::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(std::chrono::steady_clock::now(), seconds(20)); }

struct Well {
    std::atomic<bool> well = true;
    Served served{{.serving = [this] { return well.load(); }, .health_time = milliseconds(5)}};
    std::unique_ptr<RpcClient> client = *RpcClient::make(served.reactor, served.telemetry(), {});
    RpcQuestion question(const std::string& method) const { return {.host = "127.0.0.1", .port = served.server->port(), .name = "grpc.health.v1.Health/" + method}; }
    Result<int> check(const std::string& service) {
        google::protobuf::StringValue request;
        request.set_value(service);
        google::protobuf::Int32Value reply;
        TRY_VOID(client->call(question("Check"), request, reply, soon()));
        return reply.value();
    }
};

TEST(rpc_health, is_what_the_owner_says_of_the_server_and_its_services) {
    Well t;
    t.served.identify = [](const HttpPeer&) { return fail(ErrorCode::gate_refused, "who are you"); };
    EXPECT_EQ(t.check(""), 1);
    EXPECT_EQ(t.check("aitrading.v1.StatusService"), 1) << "anyone may ask";
    t.well = false;
    EXPECT_EQ(t.check(""), 2);
    EXPECT_EQ(t.check("aitrading.v1.JournalService").error().code, ErrorCode::not_found);
}

TEST(rpc_health, those_who_watch_hear_of_changes) {
    Well t;
    std::vector<int> seen;
    google::protobuf::Int32Value reply;
    const auto watched = t.client->follow(t.question("Watch"), google::protobuf::StringValue(), reply, soon(), [&] {
        seen.push_back(reply.value());
        t.well = seen.size() % 2 == 0;
        return seen.size() < 4;
    });
    EXPECT_TRUE(watched) << watched.error().text;
    EXPECT_THAT(seen, ElementsAre(1, 2, 1, 2));
    google::protobuf::StringValue unknown;
    unknown.set_value("nobody");
    EXPECT_TRUE(t.client->follow(t.question("Watch"), unknown, reply, soon(), [&] { return false; }));
    EXPECT_EQ(reply.value(), 3);
}

/// What strangers send to a plain port of gRPC is closed without an answer of HTTP/1.
TEST(rpc_adversaries, noise_silence_and_http_1_are_closed) {
    Served served({.handshake_time = milliseconds(200)});
    for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: t\r\n\r\n"), std::string(10'000, '\xff'), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string(5'000, 'x'), std::string()}) {
        RawClient raw(served.server->port());
        raw.send(bytes);
        EXPECT_THAT(raw.rest(), Not(HasSubstr("HTTP/1.1 200")));
    }
    const auto client = *RpcClient::make(served.reactor, served.telemetry(), {});
    v1::GetStatusReply reply;
    EXPECT_TRUE(client->call({.host = "127.0.0.1", .port = served.server->port(), .name = "aitrading.v1.StatusService/GetStatus"}, v1::GetStatusRequest(), reply, soon())) << "others are served";
}

TEST(rpc_adversaries, many_who_never_speak_keep_nobody_out) {
    Served served;
    std::vector<RawClient> silent;
    silent.reserve(500);
    for (int i = 0; i < 500; ++i) silent.emplace_back(served.server->port());
    const auto client = *RpcClient::make(served.reactor, served.telemetry(), {});
    v1::GetStatusReply reply;
    const auto asked = client->call({.host = "127.0.0.1", .port = served.server->port(), .name = "aitrading.v1.StatusService/GetStatus"}, v1::GetStatusRequest(), reply, soon());
    EXPECT_TRUE(asked) << asked.error().text;
}

}  // namespace
}  // namespace aitrading::kit

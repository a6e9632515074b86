#include "kit/lifecycle/peers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kit/http/server.hpp"
#include "kit/lifecycle/peer_watch.hpp"

namespace aitrading::kit {
namespace {

using ::testing::HasSubstr;

const ServiceTable& table() {
    static const ServiceTable made = *parse_service_table("[[service]]\nname=\"a\"\nport=1\n[[service]]\nname=\"b\"\nport=2\nneeds=[\"a\"]\n[[service]]\nname=\"c\"\nport=3\nneeds=[\"b\"]\n", "t");
    return made;
}

std::vector<std::string> names(const std::vector<ServiceSpec>& services) {
    std::vector<std::string> out;
    out.reserve(services.size());
    for (const ServiceSpec& service : services) out.push_back(service.name);
    return out;
}

TEST(Peers, are_found_by_configuration_then_by_name) {
    const PeerTable peers = PeerTable::read(table(), {"a=db.example:9000"}, "trading.local").value();
    EXPECT_EQ(peers.find("a"), (PeerAddress{"db.example", 9'000}));
    EXPECT_EQ(peers.find("b"), (PeerAddress{"b.trading.local", 2}));
    EXPECT_EQ(peers.find("d"), std::nullopt);
    EXPECT_EQ(PeerTable::read(table(), {"a=db", "b=[::1]"}, "")->find("a"), (PeerAddress{"db", 1}));
    EXPECT_EQ(PeerTable::read(table(), {"b=[::1]:77"}, "")->find("b"), (PeerAddress{"::1", 77}));
    EXPECT_EQ(PeerTable::read(table(), {}, "")->find("a"), std::nullopt);
}

TEST(Peers, refuse_what_is_no_address) {
    for (const char* bad : {"a", "a=", "d=x", "a=x:", "a=x:0", "a=x:65536", "a=x:7q", "a=:7", "a=[::1", "a=[::1]7", "a=[]", "a=[::1]:"}) {
        const auto refused = PeerTable::read(table(), {bad}, "");
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
        EXPECT_THAT(refused.error().text, HasSubstr(bad));
    }
    EXPECT_FALSE(PeerTable::read(table(), {"a=x", "a=y"}, ""));
}

TEST(Peers, what_runs_elsewhere_is_not_started_here) {
    std::map<std::string, PeerAddress> elsewhere;
    auto services = start_order(table(), {"b"}).value();
    ASSERT_TRUE(PeerTable().leave_to_peers(services, {"b"}, elsewhere));
    EXPECT_EQ(names(services), (std::vector<std::string>{"a", "b"})) << "nobody else has it";
    const PeerTable by_entry = PeerTable::read(table(), {"a=x"}, "").value();
    ASSERT_TRUE(by_entry.leave_to_peers(services, {"b"}, elsewhere));
    EXPECT_EQ(names(services), std::vector<std::string>{"b"});
    EXPECT_EQ(elsewhere.at("a"), (PeerAddress{"x", 1}));
    services = start_order(table(), {"a"}).value();
    EXPECT_EQ(by_entry.leave_to_peers(services, {"a"}, elsewhere).error().code, ErrorCode::usage) << "asked for here, and said to be there";

    elsewhere.clear();
    services = start_order(table(), {"c"}).value();
    ASSERT_TRUE(PeerTable::read(table(), {"b=x"}, "")->leave_to_peers(services, {"c"}, elsewhere));
    EXPECT_EQ(names(services), std::vector<std::string>{"c"}) << "b needs a, and b is not here";
    EXPECT_EQ(elsewhere.size(), 1U);

    // By DNS everything is somewhere; here runs what is asked for, or without a wish all of it.
    const PeerTable by_name = PeerTable::read(table(), {}, "local").value();
    elsewhere.clear();
    services = start_order(table(), {"b"}).value();
    ASSERT_TRUE(by_name.leave_to_peers(services, {"b"}, elsewhere));
    EXPECT_EQ(names(services), std::vector<std::string>{"b"});
    EXPECT_EQ(elsewhere.at("a"), (PeerAddress{"a.local", 1}));
    elsewhere.clear();
    services = start_order(table(), {"a", "b"}).value();
    ASSERT_TRUE(by_name.leave_to_peers(services, {}, elsewhere));
    EXPECT_EQ(services.size(), 2U);
    EXPECT_TRUE(elsewhere.empty());
}

TEST(Peers, are_asked_whether_they_are_ready) {
    const std::unique_ptr<Log> log = *Log::open({});
    Metrics metrics;
    Tracer tracer({.seed = 1}, {});
    Reactor reactor(1);
    Workers workers(1, 10);
    std::atomic<int> status{200};
    int port = 0;
    {
        Router router;
        router.add({"GET", "/v1/readiness", RequestClass::fast, [&](const HttpRequest&) { return HttpResponse{.status = status, .headers = {}}; }});
        const auto server = HttpServer::start(reactor, workers, {*log, metrics, tracer}, std::move(router), {.service = "a", .address = "127.0.0.1", .port = 0}).value();
        port = server->port();
        HttpClient client(reactor, {*log, metrics, tracer}, {.retry = {.attempts_max = 1}});
        PeerWatch watch(client, {{"a", {"localhost", port}}});
        EXPECT_TRUE(watch.knows("a"));
        EXPECT_FALSE(watch.knows("b"));
        EXPECT_THAT(watch.ready("a").error().text, HasSubstr("not asked yet"));
        watch.look();
        EXPECT_TRUE(watch.ready("a")) << watch.ready("a").error().text;
        status = 503;
        watch.look();
        EXPECT_THAT(watch.ready("a").error().text, HasSubstr("not ready (503)"));
        server->stop();
        watch.look();
        EXPECT_FALSE(watch.ready("a"));
        EXPECT_THAT(watch.ready("a").error().text, HasSubstr("localhost:"));
    }
    workers.stop();
    reactor.stop();
}

}  // namespace
}  // namespace aitrading::kit

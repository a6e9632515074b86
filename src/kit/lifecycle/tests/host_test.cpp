#include "kit/lifecycle/host.hpp"

#include <future>

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "aitrading/v1/inference.grpc.pb.h"
#include "aitrading/v1/status.grpc.pb.h"
#include "kit/http/client.hpp"

namespace aitrading::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(std::chrono::steady_clock::now(), seconds(20)); }

struct Life {
    std::vector<std::string> steps;
    std::map<std::string, std::string> start_error, ready_error;
    std::promise<std::shared_ptr<ReplyStream>> opened;
};

class TestService final : public Service {
  public:
    TestService(std::string name, Life& life) : name_(std::move(name)), life_(life) {}
    void add_routes(Router& router) override {
        router.add({"GET", "/own", RequestClass::fast, [this](const HttpRequest&) { return HttpResponse{.body = name_, .headers = {}}; }});
    }
    /// `b` answers requests of the contracts; the others have none.
    void add_requests(RequestHandlers& handlers) override {
        if (name_ != "b") return;
        handlers.on<v1::GetPredictionRequest, v1::GetPredictionReply>("aitrading.v1.PredictionService/GetPrediction", [](const v1::GetPredictionRequest& request, const Call& call) -> Result<v1::GetPredictionReply> {
            v1::GetPredictionReply reply;
            reply.mutable_prediction()->set_symbol(request.symbol());
            reply.mutable_prediction()->set_label(call.tenant);
            return reply;
        });
        handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>("aitrading.v1.PredictionService/WatchPredictions",
                                                                                   [this](const v1::WatchPredictionsRequest&, const Call&, std::shared_ptr<ReplyStream> stream) -> Result<void> {
                                                                                       life_.opened.set_value(std::move(stream));
                                                                                       return {};
                                                                                   });
    }
    Result<void> start() override {
        life_.steps.push_back("start " + name_);
        if (const auto found = life_.start_error.find(name_); found != life_.start_error.end()) return fail(ErrorCode::failed, found->second);
        return {};
    }
    Result<void> ready() override {
        if (const auto found = life_.ready_error.find(name_); found != life_.ready_error.end()) return fail(ErrorCode::failed, found->second);
        return {};
    }
    std::int64_t lag() override { return 7; }
    void stop(Deadline) override { life_.steps.push_back("stop " + name_); }

  private:
    std::string name_;
    Life& life_;
};

struct HostGround {
    Life life;
    std::unique_ptr<Log> log = *Log::open({});
    Metrics metrics;
    Tracer tracer{{.seed = 1}, {}};
    Reactor reactor{2};
    Workers workers{4, 1'000};
    std::unique_ptr<Settings> settings = *Settings::load({}, [](const std::string&) { return std::nullopt; }, {});
    HttpClient client{reactor, {*log, metrics, tracer}, {.retry = {.attempts_max = 1}}};
    ServiceGround ground{reactor, workers, {*log, metrics, tracer}, *settings};
    ServiceTable table = *parse_service_table("[[service]]\nname=\"b\"\nport=2\nneeds=[\"a\"]\n[[service]]\nname=\"a\"\nport=1\n[[service]]\nname=\"c\"\nport=3\nneeds=[\"b\"]\n", "t");

    ~HostGround() {
        workers.stop();
        reactor.stop();
    }
    Result<void> start(ServiceHost& host) {
        std::map<std::string, ServiceFactory> factories;
        for (const std::string name : {"a", "b", "c"}) factories[name] = [this, name](const ServiceGround&) { return std::make_unique<TestService>(name, life); };
        return host.start(*start_order(table, {"c"}), factories);
    }
    Result<HttpResponse> ask(int port, const std::string& target) { return client.call({.host = "127.0.0.1", .port = port, .target = target}, soon()); }
};

TEST(host, starts_by_need_serves_and_stops_in_reverse) {
    HostGround t;
    ServiceHost host(t.ground, {.build_version = "v1", .any_ports = true});
    const auto started = t.start(host);
    ASSERT_TRUE(started) << started.error().text;
    const auto ports = host.ports();
    EXPECT_EQ(t.ask(ports.at("b"), "/own")->body, "b");
    EXPECT_EQ(Json::parse(t.ask(ports.at("a"), "/v1/health")->body)["build_version"], "v1");
    EXPECT_EQ(t.ask(ports.at("c"), "/v1/readiness")->status, 200);
    EXPECT_THAT(t.ask(ports.at("c"), "/metrics")->body, HasSubstr("http_requests_total"));
    const Json status = Json::parse(t.ask(ports.at("a"), "/v1/status")->body);
    ASSERT_EQ(status["services"].size(), 3U);
    EXPECT_EQ(status["services"][0]["service"], "a");
    EXPECT_EQ(status["services"][0]["state"], "SERVICE_STATE_READY");
    EXPECT_EQ(status["services"][0]["lag_events"], "7");
    EXPECT_EQ(Json::parse(t.ask(ports.at("a"), "/v1/status?service=b")->body)["services"].size(), 1U);
    EXPECT_TRUE(host.stop());
    EXPECT_THAT(t.life.steps, ElementsAre("start a", "start b", "start c", "stop c", "stop b", "stop a"));
    EXPECT_FALSE(t.ask(ports.at("a"), "/v1/health"));
}

TEST(host, is_ready_only_when_what_it_needs_is) {
    HostGround t;
    t.life.ready_error["b"] = "the disk is full";
    ServiceHost host(t.ground, {.any_ports = true});
    ASSERT_TRUE(t.start(host));
    const auto ports = host.ports();
    EXPECT_EQ(t.ask(ports.at("a"), "/v1/readiness")->status, 200);
    EXPECT_EQ(t.ask(ports.at("b"), "/v1/readiness")->status, 503);
    const auto c = t.ask(ports.at("c"), "/v1/readiness");
    EXPECT_EQ(c->status, 503);
    EXPECT_THAT(c->body, HasSubstr("the disk is full"));
    EXPECT_EQ(t.ask(ports.at("c"), "/v1/health")->status, 200) << "alive is not ready";
    EXPECT_THAT(host.status_json(), HasSubstr("SERVICE_STATE_DEGRADED"));
}

TEST(host, one_that_does_not_start_takes_the_others_down_again) {
    HostGround t;
    t.life.start_error["c"] = "no journal";
    ServiceHost host(t.ground, {.any_ports = true});
    const auto started = t.start(host);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().text, "c: no journal");
    EXPECT_THAT(t.life.steps, ElementsAre("start a", "start b", "start c", "stop c", "stop b", "stop a"));
    EXPECT_TRUE(host.ports().empty());
}

std::shared_ptr<grpc::Channel> channel_to(int port) { return grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()); }

TEST(host, serves_the_requests_of_a_service_over_http_and_grpc) {
    HostGround t;
    t.life.ready_error["c"] = "the disk is full";
    ServiceHost host(t.ground, {.build_version = "v1", .any_ports = true});
    ASSERT_TRUE(t.start(host));
    ASSERT_EQ(host.rpc_ports().size(), 1U) << "who answers no requests of its own has no second port";
    const int port = host.rpc_ports().at("b");
    const Json http = Json::parse(t.ask(host.ports().at("b"), "/v1/models/m/predictions/EURUSD")->body);
    EXPECT_EQ(http["prediction"]["symbol"], "EURUSD");
    EXPECT_EQ(http["prediction"]["label"], "default") << "the tenant of loopback";
    grpc::ClientContext first, second, third;
    v1::GetPredictionRequest request;
    request.set_symbol("EURUSD");
    v1::GetPredictionReply reply;
    const grpc::Status asked = v1::PredictionService::NewStub(channel_to(port))->GetPrediction(&first, request, &reply);
    ASSERT_TRUE(asked.ok()) << asked.error_message();
    EXPECT_EQ(reply.prediction().symbol() + reply.prediction().label(), "EURUSDdefault");
    v1::GetStatusReply status;
    ASSERT_TRUE(v1::StatusService::NewStub(channel_to(port))->GetStatus(&second, {}, &status).ok());
    ASSERT_EQ(status.services_size(), 3);
    EXPECT_EQ(status.services(1).service(), "b");
    EXPECT_EQ(status.services(1).rpc_port(), port);
    EXPECT_EQ(status.services(2).last_error(), "the disk is full");
    v1::GetReadinessReply readiness;
    ASSERT_TRUE(v1::StatusService::NewStub(channel_to(port))->GetReadiness(&third, {}, &readiness).ok());
    EXPECT_TRUE(readiness.ready());
    EXPECT_TRUE(host.stop());
}

TEST(host, ends_open_streams_when_it_stops) {
    HostGround t;
    ServiceHost host(t.ground, {.any_ports = true});
    ASSERT_TRUE(t.start(host));
    grpc::ClientContext context;
    const auto reader = v1::PredictionService::NewStub(channel_to(host.rpc_ports().at("b")))->WatchPredictions(&context, {});
    const auto stream = t.life.opened.get_future().get();
    v1::WatchPredictionsReply reply;
    reply.set_missed(7);
    EXPECT_TRUE(stream->send(reply));
    EXPECT_TRUE(host.stop()) << "nobody waits for a stream that has no end";
    EXPECT_TRUE(reader->Read(&reply));
    EXPECT_EQ(reply.missed(), 7);
    EXPECT_FALSE(reader->Read(&reply));
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(host, says_whose_port_is_taken) {
    HostGround t;
    ServiceHost first(t.ground, {.any_ports = true});
    ASSERT_TRUE(t.start(first));
    ServiceHost third(t.ground, {.any_ports = true, .ports = {{"b", first.ports().at("a")}}});
    const auto started = t.start(third);
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().text, HasSubstr("b: cannot listen on 127.0.0.1 port"));
    ServiceHost fourth(t.ground, {.any_ports = true, .rpc_ports = {{"b", first.ports().at("a")}}});
    const auto of_rpc = t.start(fourth);
    ASSERT_FALSE(of_rpc);
    EXPECT_THAT(of_rpc.error().text, HasSubstr("b: cannot listen on 127.0.0.1 port"));
    EXPECT_THAT(of_rpc.error().text, HasSubstr("for gRPC; another process may have it"));
}

}  // namespace
}  // namespace aitrading::kit

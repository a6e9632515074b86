#include "kit/requests/http_routes.hpp"

#include <gmock/gmock.h>

#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/status.pb.h"
#include "kit/http/tests/test_server.hpp"

namespace aitrading::kit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* status = "aitrading.v1.StatusService/GetStatus";
constexpr const char* predict = "aitrading.v1.PredictionService/PredictBars";
constexpr const char* watch = "aitrading.v1.PredictionService/WatchPredictions";
constexpr const char* get_one = "aitrading.v1.PredictionService/GetPrediction";

Result<std::string> loopback_only(const HttpPeer& peer) {
    if (peer.loopback) return std::string("default");
    return fail(ErrorCode::gate_refused, "not from there");
}

/// Handlers that say back what they were asked.
RequestHandlers echoing(const std::shared_ptr<CallGate>& gate = nullptr) {
    RequestHandlers handlers;
    auto& status_handler = handlers.on<v1::GetStatusRequest, v1::GetStatusReply>(status, [](const v1::GetStatusRequest& request, const Call& call) -> Result<v1::GetStatusReply> {
        if (request.service() == "none") return fail(ErrorCode::not_found, "no service is called none");
        v1::GetStatusReply reply;
        reply.add_services()->set_service(request.service());
        reply.mutable_services(0)->set_last_error(call.tenant);
        return reply;
    });
    status_handler.gate = gate;
    handlers.on<v1::PredictBarsRequest, v1::PredictBarsReply>(predict, [](const v1::PredictBarsRequest& request, const Call& call) -> Result<v1::PredictBarsReply> {
        EXPECT_FALSE(call.deadline.passed(std::chrono::steady_clock::now()));
        v1::PredictBarsReply reply;
        for (const auto& bar : request.bars()) reply.add_predictions()->set_bar_open_ns(bar.open_time_ns());
        return reply;
    });
    handlers.on<v1::GetPredictionRequest, v1::GetPredictionReply>(get_one, [](const v1::GetPredictionRequest& request, const Call&) -> Result<v1::GetPredictionReply> {
        v1::GetPredictionReply reply;
        reply.mutable_prediction()->set_symbol(request.symbol());
        return reply;
    });
    handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>(
        watch, [](const v1::WatchPredictionsRequest& request, const Call&, const std::shared_ptr<ReplyStream>& stream) -> Result<void> {
            if (request.symbol() == "NONE") return fail(ErrorCode::not_found, "no such symbol");
            for (int i = 0; i < 2; ++i) {
                v1::WatchPredictionsReply reply;
                reply.mutable_prediction()->set_symbol(request.symbol());
                reply.set_missed(i);
                EXPECT_TRUE(stream->send(reply));
            }
            stream->end();
            return {};
        });
    return handlers;
}

/// Lets a number of calls pass, then none for 2.5 s.
struct FewCalls final : CallGate {
    explicit FewCalls(int passing) : left(passing) {}
    std::optional<CallRefusal> enter(const std::string& tenant, std::size_t request_bytes) override {
        EXPECT_EQ(tenant, "default");
        bytes_in += request_bytes;
        if (left-- > 0) return std::nullopt;
        return CallRefusal{"enough for now", std::chrono::milliseconds(2'500)};
    }
    void replied(const std::string&, std::size_t reply_bytes) override { bytes_out += reply_bytes; }
    int left;
    std::size_t bytes_in = 0, bytes_out = 0;
};

struct Served {
    TestGround ground;
    std::unique_ptr<HttpServer> server;
    explicit Served(const std::shared_ptr<CallGate>& gate = nullptr) {
        Router router;
        add_routes(router, echoing(gate), loopback_only);
        server = ground.start(std::move(router));
    }
    std::string ask(const std::string& bytes) const {
        RawClient client(server->port());
        EXPECT_TRUE(client.send(bytes));
        return client.answer();
    }
};

std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST(HttpRoutes, answer_the_schemas_paths_with_json) {
    const Served served;
    EXPECT_THAT(served.ask(get("/v1/status?service=risk")), AllOf(HasSubstr("200 OK"), HasSubstr(R"("service":"risk")"), HasSubstr(R"("last_error":"default")")));
    EXPECT_THAT(served.ask(post("/v1/models/m:predict", R"({"bars":[{"open_time_ns":"17"}]})")), AllOf(HasSubstr("200 OK"), HasSubstr(R"("bar_open_ns":"17")")));
    EXPECT_THAT(served.ask(get("/v1/models/m/predictions/EURUSD")), HasSubstr(R"("symbol":"EURUSD")"));
    EXPECT_THAT(served.ask(get("/v1/models/m/predictions/EUR%2FUSD%20x")), HasSubstr(R"("symbol":"EUR/USD x")"));
}

TEST(HttpRoutes, say_what_was_wrong) {
    const Served served;
    EXPECT_THAT(served.ask(get("/v1/status?service=none")), AllOf(HasSubstr("404"), HasSubstr(R"("error":"not_found")"), HasSubstr("no service is called none")));
    EXPECT_THAT(served.ask(get("/v1/status?colour=red")), AllOf(HasSubstr("400"), HasSubstr("'colour'")));
    EXPECT_THAT(served.ask(post("/v1/models/m:predict", R"({"bars":7})")), HasSubstr("400"));
    EXPECT_THAT(served.ask(post("/v1/models/m:predict", std::string(100'000, '['))), HasSubstr("400"));
    EXPECT_THAT(served.ask(post("/v1/status", "{}")), AllOf(HasSubstr("405"), HasSubstr("Allow: GET")));
    EXPECT_THAT(served.ask(get("/v1/topics")), HasSubstr("404")) << "a contract without a handler";
}

TEST(HttpRoutes, a_gate_says_when_to_come_again) {
    const auto gate = std::make_shared<FewCalls>(1);
    const Served served(gate);
    const std::string answer = served.ask(get("/v1/status?service=risk"));
    EXPECT_THAT(answer, HasSubstr("200 OK"));
    EXPECT_EQ(gate->bytes_out, answer.size() - answer.find("\r\n\r\n") - 4);
    EXPECT_THAT(served.ask(get("/v1/status?colour=red")), AllOf(HasSubstr("429 Too Many Requests"), HasSubstr("Retry-After: 3"), HasSubstr("enough for now")))
        << "before anything of the request is read";
    EXPECT_THAT(served.ask(post("/v1/models/m:predict", R"({"bars":[]})")), HasSubstr("200 OK")) << "a request without the gate";
    EXPECT_EQ(gate->bytes_in, 0U);
}

TEST(HttpRoutes, stream_beside_a_path_that_looks_alike) {
    const Served served;
    RawClient client(served.server->port());
    ASSERT_TRUE(client.send(get("/v1/models/m/predictions/EURUSD:watch")));
    const std::string all = client.rest();
    EXPECT_THAT(all, AllOf(HasSubstr("text/event-stream"), HasSubstr(R"(data: {"prediction":{"symbol":"EURUSD")"), HasSubstr(R"("missed":"1")")));
    EXPECT_THAT(served.ask(get("/v1/models/m/predictions/NONE:watch")), HasSubstr("404"));
}

TEST(Handlers, refuse_what_the_schema_does_not_have) {
    RequestHandlers handlers = echoing();
    const auto nothing = [](const v1::GetStatusRequest&, const Call&) -> Result<v1::GetStatusReply> { return v1::GetStatusReply(); };
    EXPECT_DEATH((handlers.on<v1::GetStatusRequest, v1::GetStatusReply>(status, nothing)), "");
    EXPECT_DEATH((handlers.on<v1::GetStatusRequest, v1::GetStatusReply>("aitrading.v1.StatusService/GetHealth", nothing)), "");
    EXPECT_DEATH((handlers.on<v1::GetStatusRequest, v1::GetStatusReply>("aitrading.v1.StatusService/Nothing", nothing)), "");
}

}  // namespace
}  // namespace aitrading::kit

#include "kit/rpc/rpc_server.hpp"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>

#include "aitrading/v1/inference.grpc.pb.h"
#include "aitrading/v1/status.grpc.pb.h"

namespace aitrading::kit {
namespace {

using testing::HasSubstr;

/// Refuses everyone for 1.5 s.
struct Closed final : CallGate {
    std::optional<CallRefusal> enter(const std::string&, std::size_t request_bytes) override {
        bytes_in += request_bytes;
        return CallRefusal{"enough for now", milliseconds(1'500)};
    }
    void replied(const std::string&, std::size_t) override {}
    std::size_t bytes_in = 0;
};

/// Handlers that say back what they were asked; the client is what protoc makes of the schema.
struct Served {
    RequestHandlers handlers;
    Workers workers{2, 100};
    std::promise<std::shared_ptr<ReplyStream>> opened;
    std::unique_ptr<RpcServer> server;
    std::shared_ptr<grpc::Channel> channel;
    Result<std::string> tenant = std::string("default");

    explicit Served(const RpcServerOptions& options = {}, const std::shared_ptr<CallGate>& gate = nullptr) {
        auto& status_handler = handlers.on<v1::GetStatusRequest, v1::GetStatusReply>("aitrading.v1.StatusService/GetStatus", [](const v1::GetStatusRequest& request, const Call& call) -> Result<v1::GetStatusReply> {
            if (request.service() == "none") return fail(ErrorCode::not_found, "no service is called none");
            if (request.service() == "busy") return fail(ErrorCode::failed, "busy", true);
            if (request.service() == "limit") return fail(ErrorCode::gate_refused, "too many are open", true);
            v1::GetStatusReply reply;
            reply.add_services()->set_service(request.service());
            reply.mutable_services(0)->set_instance(call.trace.traceparent());
            reply.mutable_services(0)->set_last_error(call.tenant);
            reply.mutable_services(0)->set_lag_events(std::chrono::duration_cast<milliseconds>(call.deadline.left(std::chrono::steady_clock::now())).count());
            return reply;
        });
        status_handler.gate = gate;
        handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>(
            "aitrading.v1.PredictionService/WatchPredictions", [this](const v1::WatchPredictionsRequest& request, const Call&, const std::shared_ptr<ReplyStream>& stream) -> Result<void> {
                if (request.symbol() == "NONE") return fail(ErrorCode::not_found, "no such symbol");
                opened.set_value(stream);
                return {};
            });
        auto started = RpcServer::start(handlers, workers, [this](const HttpPeer& peer) { return peer.loopback ? tenant : fail(ErrorCode::failed, "no loopback"); }, options);
        EXPECT_TRUE(started.has_value());
        server = *std::move(started);
        channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials());
    }
    grpc::Status ask(const std::string& service, v1::GetStatusReply& reply, const std::string& trace = {}, milliseconds within = milliseconds{20'000}) const {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + within);
        if (!trace.empty()) context.AddMetadata("traceparent", trace);
        v1::GetStatusRequest request;
        request.set_service(service);
        return v1::StatusService::NewStub(channel)->GetStatus(&context, request, &reply);
    }
};

v1::WatchPredictionsReply numbered(int i) {
    v1::WatchPredictionsReply reply;
    reply.set_missed(i);
    return reply;
}

TEST(RpcServer, answers_a_client_made_from_the_schema) {
    const Served served;
    v1::GetStatusReply reply;
    const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const grpc::Status status = served.ask("risk", reply, trace);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.services(0).service(), "risk");
    EXPECT_EQ(reply.services(0).last_error(), "default");
    EXPECT_EQ(reply.services(0).instance(), trace);
    EXPECT_LE(reply.services(0).lag_events(), 5'000) << "the class fast, though the client would wait longer";
}

TEST(RpcServer, says_what_was_wrong) {
    Served served;
    v1::GetStatusReply reply;
    EXPECT_EQ(served.ask("none", reply).error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(served.ask("none", reply).error_message(), "no service is called none");
    EXPECT_EQ(served.ask("busy", reply).error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(served.ask(std::string(std::size_t{5} << 20, 'x'), reply).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    grpc::ClientContext context;
    v1::GetHealthReply health;
    EXPECT_EQ(v1::StatusService::NewStub(served.channel)->GetHealth(&context, {}, &health).error_code(), grpc::StatusCode::UNIMPLEMENTED);
    served.tenant = fail(ErrorCode::gate_refused, "who are you");
    EXPECT_EQ(served.ask("risk", reply).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST(RpcServer, a_quota_says_when_to_come_again) {
    const auto gate = std::make_shared<Closed>();
    const Served served({}, gate);
    grpc::ClientContext context;
    v1::GetStatusRequest request;
    v1::GetStatusReply reply;
    request.set_service("risk");
    const grpc::Status status = v1::StatusService::NewStub(served.channel)->GetStatus(&context, request, &reply);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(status.error_message(), "enough for now");
    const auto pushback = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
    ASSERT_NE(pushback, context.GetServerTrailingMetadata().end());
    EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()), "1500");
    EXPECT_EQ(gate->bytes_in, request.ByteSizeLong());
    const Served open;
    EXPECT_EQ(open.ask("limit", reply).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << "a limit that the handler keeps";
}

TEST(RpcServer, refuses_bytes_that_are_no_request) {
    const Served served;
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(served.channel);
    for (const std::string bytes : {"\x0a\x05" "ab", "\xff\xff\xff", "\x0a\x01\xff"}) {
        const grpc::Slice slice(bytes);
        const grpc::ByteBuffer request(&slice, 1);
        grpc::ByteBuffer reply;
        grpc::ClientContext context;
        std::promise<grpc::Status> done;
        stub.UnaryCall(&context, "/aitrading.v1.StatusService/GetStatus", {}, &request, &reply, [&](grpc::Status status) { done.set_value(std::move(status)); });
        const grpc::Status status = done.get_future().get();
        EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        EXPECT_THAT(status.error_message(), HasSubstr("are no aitrading.v1.GetStatusRequest"));
    }
}

TEST(RpcServer, streams_in_order_and_ends) {
    Served served;
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    request.set_symbol("EURUSD");
    const auto reader = v1::PredictionService::NewStub(served.channel)->WatchPredictions(&context, request);
    const auto stream = served.opened.get_future().get();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(stream->send(numbered(i)));
    stream->end();
    EXPECT_FALSE(stream->send(numbered(0)));
    v1::WatchPredictionsReply reply;
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(reader->Read(&reply));
        EXPECT_EQ(reply.missed(), i);
    }
    EXPECT_FALSE(reader->Read(&reply));
    EXPECT_TRUE(reader->Finish().ok());
}

TEST(RpcServer, tells_when_a_reader_has_gone) {
    Served served;
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    const auto reader = v1::PredictionService::NewStub(served.channel)->WatchPredictions(&context, request);
    const auto stream = served.opened.get_future().get();
    std::promise<void> gone;
    stream->on_close([&] { gone.set_value(); });
    context.TryCancel();
    gone.get_future().get();
    EXPECT_FALSE(stream->send(numbered(1)));
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
    bool again = false;
    stream->on_close([&] { again = true; });
    EXPECT_TRUE(again);
}

TEST(RpcServer, outlives_a_caller_who_leaves_while_work_waits) {
    Served served;
    std::promise<void> started, go;
    ASSERT_TRUE(served.workers.submit([&] { started.set_value(), go.get_future().get(); }));
    std::promise<void> second;
    ASSERT_TRUE(served.workers.submit([&, waiting = second.get_future().share()] { waiting.get(); }));
    started.get_future().get();
    grpc::ClientContext context;
    std::promise<grpc::Status> done;
    v1::GetStatusRequest request;
    v1::GetStatusReply reply;
    const auto stub = v1::StatusService::NewStub(served.channel);
    stub->async()->GetStatus(&context, &request, &reply, [&](grpc::Status status) { done.set_value(std::move(status)); });
    context.TryCancel();
    EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::CANCELLED);
    go.set_value();
    second.set_value();
    v1::GetStatusReply later;
    EXPECT_TRUE(served.ask("risk", later).ok());
}

TEST(RpcServer, cuts_off_a_reader_that_is_too_slow) {
    Served served({.stream_bytes_max = 1'000});
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    const auto reader = v1::PredictionService::NewStub(served.channel)->WatchPredictions(&context, request);
    const auto stream = served.opened.get_future().get();
    v1::WatchPredictionsReply large;
    large.mutable_prediction()->set_label(std::string(100'000, 'x'));
    int sent = 0;
    while (sent < 10'000 && stream->send(large)) ++sent;
    EXPECT_LT(sent, 10'000);
    v1::WatchPredictionsReply reply;
    while (reader->Read(&reply)) {
    }
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(RpcServer, stops_with_a_stream_open_and_refuses_strangers) {
    Served served;
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    const auto reader = v1::PredictionService::NewStub(served.channel)->WatchPredictions(&context, request);
    const auto stream = served.opened.get_future().get();
    served.server->stop({std::chrono::steady_clock::now()});
    EXPECT_FALSE(stream->send(numbered(1)));
    EXPECT_FALSE(reader->Finish().ok());
    const auto open = RpcServer::start(served.handlers, served.workers, {}, {.address = "0.0.0.0"});
    ASSERT_FALSE(open.has_value());
    EXPECT_THAT(open.error().text, HasSubstr("loopback"));
    const Served other;
    EXPECT_FALSE(RpcServer::start(served.handlers, served.workers, {}, {.port = other.server->port()}).has_value());
}

}  // namespace
}  // namespace aitrading::kit

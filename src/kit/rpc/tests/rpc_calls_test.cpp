#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>

#include "aitrading/v1/inference.grpc.pb.h"
#include "aitrading/v1/status.grpc.pb.h"
#include "kit/rpc/tests/served.hpp"

namespace aitrading::kit {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

/// Refuses everyone for 1.5 s.
struct Closed final : CallGate {
    std::optional<CallRefusal> enter(const std::string&, std::size_t request_bytes) override {
        bytes_in += request_bytes;
        return CallRefusal{"enough for now", milliseconds(1'500)};
    }
    void replied(const std::string&, std::size_t) override {}
    std::size_t bytes_in = 0;
};

/// The client is what protoc makes of the schema.
struct Asked : Served {
    explicit Asked(const RpcServerOptions& options = {}, const GateOptions& doors = {}, std::shared_ptr<CallGate> quota = nullptr)
        : Served(options, doors, std::move(quota)), channel(grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials())) {}
    std::shared_ptr<grpc::Channel> channel;

    grpc::Status ask(const std::string& service, v1::GetStatusReply& reply, const std::string& trace = {}, milliseconds within = milliseconds{20'000}) const {
        grpc::ClientContext context;
        return ask(context, service, reply, trace, within);
    }
    grpc::Status ask(grpc::ClientContext& context, const std::string& service, v1::GetStatusReply& reply, const std::string& trace = {}, milliseconds within = milliseconds{20'000}) const {
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
    const Asked served;
    v1::GetStatusReply reply;
    const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const grpc::Status status = served.ask("risk", reply, trace);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.services(0).service(), "risk");
    EXPECT_EQ(reply.services(0).last_error(), "default");
    EXPECT_EQ(reply.services(0).instance().substr(0, 35), trace.substr(0, 35)) << "the trace goes on";
    EXPECT_NE(reply.services(0).instance(), trace) << "under the server's own span";
    EXPECT_LE(reply.services(0).lag_events(), 5'000) << "the class fast, though the client would wait longer";
}

TEST(RpcServer, says_what_was_wrong) {
    Asked served;
    v1::GetStatusReply reply;
    EXPECT_EQ(served.ask("none", reply).error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(served.ask("none", reply).error_message(), "no service is called none");
    EXPECT_EQ(served.ask("busy", reply).error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(served.ask(std::string(std::size_t{5} << 20, 'x'), reply).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    grpc::ClientContext context;
    v1::GetHealthReply health;
    EXPECT_EQ(v1::StatusService::NewStub(served.channel)->GetHealth(&context, {}, &health).error_code(), grpc::StatusCode::UNIMPLEMENTED);
    served.identify = [](const HttpPeer&) { return fail(ErrorCode::gate_refused, "who are you"); };
    EXPECT_EQ(served.ask("risk", reply).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST(RpcServer, a_quota_says_when_to_come_again) {
    const auto gate = std::make_shared<Closed>();
    const Asked served({}, {}, gate);
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
    const Asked open;
    EXPECT_EQ(open.ask("limit", reply).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << "a limit that the handler keeps";
}

TEST(RpcServer, refuses_bytes_that_are_no_request) {
    const Asked served;
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
    Asked served;
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
    Asked served;
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

TEST(RpcServer, outlives_a_caller_who_leaves_while_work_runs) {
    Asked served;
    grpc::ClientContext context;
    std::promise<grpc::Status> done;
    v1::GetStatusRequest request;
    request.set_service("held");
    v1::GetStatusReply reply;
    const auto stub = v1::StatusService::NewStub(served.channel);
    stub->async()->GetStatus(&context, &request, &reply, [&](grpc::Status status) { done.set_value(std::move(status)); });
    served.held.get_future().get();
    context.TryCancel();
    EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_THAT(served.told(1).at(0).fields, Contains(Pair("status", "CANCELLED")));
    served.go.set_value();
    v1::GetStatusReply later;
    EXPECT_TRUE(served.ask("risk", later).ok());
}

TEST(RpcServer, answers_when_the_deadline_passes_whatever_the_work_does) {
    Asked served;
    v1::GetStatusReply reply;
    EXPECT_EQ(served.ask("held", reply, {}, milliseconds(100)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_THAT(served.told(1).at(0).fields, Contains(Pair("status", AnyOf("DEADLINE_EXCEEDED", "CANCELLED"))));
    served.go.set_value();
    EXPECT_TRUE(served.ask("risk", reply).ok());
}

TEST(RpcServer, turns_away_what_its_gate_has_no_room_for_and_says_when_to_come_again) {
    Asked served({}, {.fast = {1, 0}});
    std::promise<grpc::Status> done;
    grpc::ClientContext first, second;
    v1::GetStatusRequest request;
    request.set_service("held");
    v1::GetStatusReply held, refused;
    const auto stub = v1::StatusService::NewStub(served.channel);
    stub->async()->GetStatus(&first, &request, &held, [&](grpc::Status status) { done.set_value(std::move(status)); });
    served.held.get_future().get();
    EXPECT_EQ(served.ask(second, "risk", refused).error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(second.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
    served.go.set_value();
    EXPECT_TRUE(done.get_future().get().ok());
}

TEST(RpcServer, each_call_leaves_a_record_a_count_and_a_span) {
    const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Asked served;
    v1::GetStatusReply reply;
    grpc::ClientContext context;
    ASSERT_TRUE(served.ask(context, "risk", reply, trace).ok());
    const auto back = context.GetServerInitialMetadata().find("traceparent");
    ASSERT_NE(back, context.GetServerInitialMetadata().end());
    EXPECT_EQ(std::string(back->second.data(), 35), trace.substr(0, 35));
    EXPECT_FALSE(served.ask("thrown", reply).ok());
    EXPECT_FALSE(served.ask("none", reply).ok());
    const std::vector<LogRecord> records = served.told(4);
    ASSERT_EQ(records.size(), 4U) << "and one of what was thrown";
    EXPECT_EQ(records[0].kind, LogClass::access);
    EXPECT_EQ(records[0].action, "aitrading.v1.StatusService/GetStatus");
    EXPECT_EQ(records[0].outcome, "ok");
    EXPECT_EQ(records[0].tenant, "default");
    EXPECT_EQ(records[0].trace->traceparent().substr(3, 32), trace.substr(3, 32));
    EXPECT_GT(records[0].duration.count(), 0);
    EXPECT_THAT(records[1].fields, Contains(Pair("exception", "the password is hunter2")));
    EXPECT_EQ(records[2].level, LogLevel::warning);
    EXPECT_EQ(records[3].outcome, "failed");
    EXPECT_EQ(records[3].level, LogLevel::info) << "a question about what is not there is no fault of ours";
    const std::string metrics = served.metrics.text();
    EXPECT_THAT(metrics, HasSubstr(R"(rpc_requests_total{method="aitrading.v1.StatusService/GetStatus",service="service",status="OK"} 1)"));
    EXPECT_THAT(metrics, HasSubstr("rpc_request_seconds_count"));
}

TEST(RpcServer, does_not_tell_what_a_handler_threw) {
    Asked served;
    v1::GetStatusReply reply;
    const grpc::Status status = served.ask("thrown", reply);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_THAT(status.error_message(), Not(HasSubstr("hunter2")));
}

TEST(RpcServer, cuts_off_a_reader_that_is_too_slow) {
    Asked served({.stream_bytes_max = 1'000});
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
    Asked served;
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    const auto reader = v1::PredictionService::NewStub(served.channel)->WatchPredictions(&context, request);
    const auto stream = served.opened.get_future().get();
    served.server->stop({std::chrono::steady_clock::now()});
    EXPECT_FALSE(stream->send(numbered(1)));
    EXPECT_FALSE(reader->Finish().ok());
    const auto start = [&](const RpcServerOptions& options) { return RpcServer::start(served.reactor, Gate::make(served.workers, {}), served.telemetry(), served.handlers, served.identify, options); };
    const auto open = start({.address = "0.0.0.0"});
    ASSERT_FALSE(open.has_value());
    EXPECT_THAT(open.error().text, HasSubstr("loopback"));
    const Asked other;
    EXPECT_FALSE(start({.port = other.server->port()}).has_value());
}

}  // namespace
}  // namespace aitrading::kit

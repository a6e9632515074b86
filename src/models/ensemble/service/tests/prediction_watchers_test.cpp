#include "models/ensemble/service/prediction_watchers.hpp"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "aitrading/v1/inference.grpc.pb.h"
#include "kit/http/caller.hpp"
#include "kit/rpc/rpc_server.hpp"
#include "models/ensemble/service/tests/asked_desk.hpp"

namespace aitrading::models {
namespace {

using namespace testing_service;  // NOLINT(google-build-using-namespace): its own fixture
using testing::HasSubstr;

/// A reader that keeps what it is sent.
class Reader final : public kit::ReplyStream {
  public:
    bool send(const google::protobuf::Message& reply) override {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        got_.push_back(static_cast<const v1::WatchPredictionsReply&>(reply));
        arrived_.notify_all();
        return true;
    }
    std::size_t waiting_bytes() override { return waiting; }
    void on_close(std::function<void()> call) override { call_ = std::move(call); }
    void end() override {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    void leave() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        call_();
    }
    /// The next reply, once it is there.
    v1::WatchPredictionsReply next() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(arrived_.wait_for(lock, std::chrono::seconds(20), [this] { return taken_ < got_.size(); }));
        return taken_ < got_.size() ? got_[taken_++] : v1::WatchPredictionsReply();
    }
    bool ended() {
        const std::lock_guard lock(mutex_);
        return ended_;
    }

    std::atomic<std::size_t> waiting = 0;  ///< as the transport would say

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<v1::WatchPredictionsReply> got_;
    std::size_t taken_ = 0;
    std::function<void()> call_;
    bool closed_ = false, ended_ = false;
};

Result<void> watch(const AskedDesk& desk, const std::shared_ptr<Reader>& reader, const char* symbol = "MADE", const std::string& tenant = "default") {
    v1::WatchPredictionsRequest request;
    request.set_model("made");
    request.set_symbol(symbol);
    return desk.handlers.all().at("aitrading.v1.PredictionService/WatchPredictions").open(request, AskedDesk::call(tenant), reader);
}

TEST(PredictionWatchers, are_told_every_answer_as_it_is_made) {
    AskedDesk desk;
    desk.start();
    const auto one = std::make_shared<Reader>(), two = std::make_shared<Reader>();
    EXPECT_EQ(watch(desk, one, "NOBODY").error().code, ErrorCode::not_found);
    EXPECT_EQ(watch(desk, one, "MADE", "somebody").error().code, ErrorCode::gate_refused);
    ASSERT_TRUE(watch(desk, one));
    ASSERT_TRUE(watch(desk, two));
    for (std::size_t i = told_from; i < told_from + 5; ++i) {
        const std::string told = desk.bar(i).SerializeAsString();
        for (const auto& reader : {one, two}) {
            const v1::WatchPredictionsReply reply = reader->next();
            EXPECT_EQ(reply.prediction().SerializeAsString(), told);
            EXPECT_EQ(reply.missed(), 0);
        }
    }
    two->leave();
    while (desk.desk->watching() > 1) std::this_thread::yield();
    desk.bar(told_from + 5);
    EXPECT_EQ(one->next().prediction().bar_open_ns(), served().bars.time[told_from + 5].value);
}

TEST(PredictionWatchers, are_told_again_and_again_while_a_feed_is_silent_each_time_less) {
    AskedDesk desk;
    desk.start();
    const auto reader = std::make_shared<Reader>();
    ASSERT_TRUE(watch(desk, reader));
    const v1::Prediction told = desk.bar(told_from);
    desk.now = told.known_ns();
    double width = reader->next().prediction().high() - told.low();
    for (const std::int64_t bars : {1, 2, 4, 8}) {
        desk.now = told.known_ns() + bars * nanos_per_hour + nanos_per_second;
        const v1::Prediction again = reader->next().prediction();
        EXPECT_EQ(again.bar_open_ns(), told.bar_open_ns());
        EXPECT_TRUE(again.degraded());
        EXPECT_EQ(again.age_ns(), bars * nanos_per_hour + nanos_per_second);
        EXPECT_THAT(again.degraded_because(), HasSubstr("no newer bar"));
        EXPECT_GT(again.high() - again.low(), width);
        width = again.high() - again.low();
    }
    const v1::Prediction fresh = desk.bar(told_from + 1);
    desk.now = fresh.known_ns();
    v1::WatchPredictionsReply reply = reader->next();
    while (reply.prediction().bar_open_ns() == told.bar_open_ns()) reply = reader->next();  // the clock may have been read before it was set
    EXPECT_FALSE(reply.prediction().degraded());
}

TEST(PredictionWatchers, that_read_too_slowly_get_the_newest_with_how_many_they_missed) {
    AskedDesk desk;
    desk.start();
    const auto slow = std::make_shared<Reader>(), quick = std::make_shared<Reader>();
    ASSERT_TRUE(watch(desk, slow));
    ASSERT_TRUE(watch(desk, quick));
    desk.bar(told_from);
    EXPECT_EQ(slow->next().missed(), 0);
    quick->next();
    slow->waiting = 100'000;
    for (std::size_t i = told_from + 1; i < told_from + 6; ++i) {
        const std::string told = desk.bar(i).SerializeAsString();
        EXPECT_EQ(quick->next().prediction().SerializeAsString(), told) << "nobody waits for the slow one";
    }
    slow->waiting = 0;
    const v1::WatchPredictionsReply newest = slow->next();
    EXPECT_EQ(newest.missed(), 4);
    EXPECT_EQ(newest.prediction().bar_open_ns(), served().bars.time[told_from + 5].value);
    desk.bar(told_from + 6);
    EXPECT_EQ(slow->next().missed(), 0);
}

TEST(PredictionWatchers, are_let_go_at_the_end) {
    const auto reader = std::make_shared<Reader>();
    {
        AskedDesk desk;
        desk.start();
        ASSERT_TRUE(watch(desk, reader));
        desk.bar(told_from);
        reader->next();
    }
    EXPECT_TRUE(reader->ended());
}

/// The same over gRPC, by a client that protoc made of the schema.
TEST(PredictionRequests, are_answered_over_grpc) {
    AskedDesk desk;
    desk.start();
    kit::Workers workers(2, 100);
    kit::Reactor reactor(1);
    const auto log = *kit::Log::open({});
    kit::Metrics metrics;
    kit::Tracer tracer({}, {});
    const auto server = kit::RpcServer::start(reactor, kit::Gate::make(workers, {}), {*log, metrics, tracer}, desk.handlers, kit::tenant_of, {});
    ASSERT_TRUE(server) << server.error().text;
    const auto stub = v1::PredictionService::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string((*server)->port()), grpc::InsecureChannelCredentials()));
    grpc::ClientContext watching;
    v1::WatchPredictionsRequest wanted;
    wanted.set_model("made");
    wanted.set_symbol("MADE");
    const auto stream = stub->WatchPredictions(&watching, wanted);
    while (desk.desk->watching() == 0) std::this_thread::yield();
    const v1::Prediction told = desk.bar(told_from);
    v1::WatchPredictionsReply seen;
    ASSERT_TRUE(stream->Read(&seen));
    EXPECT_EQ(seen.prediction().SerializeAsString(), told.SerializeAsString());
    desk.now = told.known_ns() + 3 * nanos_per_hour;
    grpc::ClientContext asking;
    v1::GetPredictionReply reply;
    const grpc::Status got = stub->GetPrediction(&asking, AskedDesk::usual(), &reply);
    ASSERT_TRUE(got.ok()) << got.error_message();
    EXPECT_TRUE(reply.prediction().degraded());
    EXPECT_EQ(reply.prediction().age_ns(), 3 * nanos_per_hour);
    grpc::ClientContext bringing;
    v1::PredictBarsRequest none;
    none.set_model("made");
    v1::PredictBarsReply answers;
    EXPECT_EQ(stub->PredictBars(&bringing, none, &answers).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    watching.TryCancel();
    while (stream->Read(&seen)) {
    }
    while (desk.desk->watching() > 0) std::this_thread::yield();
    (*server)->stop(Deadline{SteadyTime::max()});
    workers.stop();
}

}  // namespace
}  // namespace aitrading::models

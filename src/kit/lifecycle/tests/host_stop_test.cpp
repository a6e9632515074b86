#include "kit/lifecycle/host.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "aitrading/v1/inference.grpc.pb.h"
#include "kit/lifecycle/tests/stopping.hpp"

namespace aitrading::kit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;
using std::chrono::milliseconds;

/// What became of a service and of its handlers; outlives both.
class Life {
  public:
    void say(std::string step) {
        const std::lock_guard lock(mutex_);
        steps_.push_back(std::move(step));
    }
    std::vector<std::string> steps() {
        const std::lock_guard lock(mutex_);
        return steps_;
    }
    /// A handler waits here.
    void hold() {
        held_.set_value();
        go_.get_future().get();
    }
    void let_go() { go_.set_value(); }
    std::future<void>& held() { return held_future_; }

  private:
    std::mutex mutex_;
    std::vector<std::string> steps_;
    std::promise<void> held_, go_;
    std::future<void> held_future_ = held_.get_future();
};

/// A service whose handlers use it: those of the symbol `held` end only when they are told to, the others at once. Its readers' ends are told as well.
class HeldService final : public Service {
  public:
    explicit HeldService(Life& life) : life_(life), own_(std::make_shared<int>(0)) {}
    ~HeldService() override { life_.say("destroyed"); }
    void add_requests(RequestHandlers& handlers) override;
    Result<void> start() override { return {}; }
    void stop(Deadline) override { life_.say("stopped"); }

  private:
    void work(const std::string& symbol);
    Life& life_;
    std::shared_ptr<int> own_;
    std::vector<std::shared_ptr<ReplyStream>> opened_;
};

void HeldService::add_requests(RequestHandlers& handlers) {
    handlers.on<v1::GetPredictionRequest, v1::GetPredictionReply>("aitrading.v1.PredictionService/GetPrediction", [this](const v1::GetPredictionRequest& asked, const Call&) -> Result<v1::GetPredictionReply> {
        work(asked.symbol());
        return v1::GetPredictionReply();
    });
    handlers.on_stream<v1::WatchPredictionsRequest, v1::WatchPredictionsReply>(
        "aitrading.v1.PredictionService/WatchPredictions", [this](const v1::WatchPredictionsRequest& asked, const Call&, const std::shared_ptr<ReplyStream>& stream) -> Result<void> {
            stream->on_close([&life = life_, own = std::weak_ptr(own_)] { life.say(own.expired() ? "told of a reader too late" : "told of a reader"); });
            work(asked.symbol());
            if (asked.symbol() != "held") opened_.push_back(stream);
            return {};
        });
}

/// Looks at what does not go with the service first, so that the fault shows without a sanitizer too.
void HeldService::work(const std::string& symbol) {
    Life& life = life_;
    const std::weak_ptr own = own_;
    if (symbol == "held") life.hold();
    if (own.expired()) return life.say("a handler ended too late");
    ++*own_;
    life_.say("handled");
}

std::function<std::unique_ptr<Service>()> held_by(Life& life) {
    return [&life] { return std::make_unique<HeldService>(life); };
}

std::shared_ptr<grpc::Channel> channel_to(const Stopping& t) { return grpc::CreateChannel("127.0.0.1:" + std::to_string(t.rpc_port), grpc::InsecureChannelCredentials()); }

constexpr const char* one_answer = "/v1/models/m/predictions/";

void call_http(Stopping& t, const std::string& symbol) { t.get(one_answer + symbol); }
void call_events(Stopping& t, const std::string& symbol) { t.get(one_answer + symbol + ":watch"); }
/// Whether it was answered.
bool ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& symbol) {
    grpc::ClientContext context;
    v1::GetPredictionRequest request;
    request.set_symbol(symbol);
    v1::GetPredictionReply reply;
    return v1::PredictionService::NewStub(channel)->GetPrediction(&context, request, &reply).ok();
}
void call_rpc(Stopping& t, const std::string& symbol) { ask(channel_to(t), symbol); }
void call_rpc_stream(Stopping& t, const std::string& symbol) {
    grpc::ClientContext context;
    v1::WatchPredictionsRequest request;
    request.set_symbol(symbol);
    v1::WatchPredictionsReply reply;
    const auto reader = v1::PredictionService::NewStub(channel_to(t))->WatchPredictions(&context, request);
    while (reader->Read(&reply)) continue;
    reader->Finish();
}

struct Kind {
    const char* name;
    void (*call)(Stopping&, const std::string& symbol);
    bool streams;
};
std::string name_of(const testing::TestParamInfo<Kind>& kind) { return kind.param.name; }

class HandlersOfAStoppedService : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(host, HandlersOfAStoppedService,
                         testing::Values(Kind{"http", call_http, false}, Kind{"events", call_events, true}, Kind{"rpc", call_rpc, false}, Kind{"rpc_stream", call_rpc_stream, true}), name_of);

TEST_P(HandlersOfAStoppedService, keep_it_where_they_do_not_end_in_time) {
    Life life;
    Stopping t(held_by(life), milliseconds(0));
    std::jthread caller([&] { GetParam().call(t, "held"); });
    life.held().get();
    EXPECT_FALSE(t.host->stop());
    EXPECT_THAT(life.steps(), Not(Contains("destroyed"))) << "its handler still runs";
    EXPECT_THAT(t.host->still_running(), ElementsAre("b"));
    EXPECT_EQ(t.stop_record.outcome, "cut");
    EXPECT_THAT(t.stop_record.fields, ElementsAre(Pair("handlers_running", "1")));
    t.host.reset();
    EXPECT_THAT(life.steps(), Not(Contains("destroyed"))) << "whatever became of the host";
    life.let_go();
    t.workers.stop();
    const auto steps = life.steps();
    EXPECT_THAT(steps, Contains("handled"));
    EXPECT_EQ(steps.back(), "destroyed");
}

class ReadersOfAStoppedService : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(host, ReadersOfAStoppedService, testing::Values(Kind{"events", call_events, true}, Kind{"rpc_stream", call_rpc_stream, true}), name_of);

TEST_P(ReadersOfAStoppedService, are_told_of_before_it_goes_or_never) {
    for (int round = 0; round < 20; ++round) {
        Life life;
        Stopping t(held_by(life), milliseconds(round % 2 == 0 ? 0 : 10'000));
        std::jthread caller([&] { GetParam().call(t, "EURUSD"); });
        while (life.steps().empty()) std::this_thread::yield();
        t.host->stop();
        t.end();
        EXPECT_THAT(life.steps(), Not(Contains("told of a reader too late")));
    }
}

TEST(host, a_service_stops_after_a_handler_whose_caller_has_gone) {
    Life life;
    Stopping t(held_by(life), milliseconds(20'000));
    grpc::ClientContext context;
    std::jthread caller([&] {
        v1::GetPredictionRequest request;
        request.set_symbol("held");
        v1::GetPredictionReply reply;
        v1::PredictionService::NewStub(channel_to(t))->GetPrediction(&context, request, &reply);
    });
    life.held().get();
    context.TryCancel();
    caller.join();
    auto stopped = std::async(std::launch::async, [&] { return t.host->stop(); });
    while (t.host->status_json().find("STATE_READY") != std::string::npos) std::this_thread::yield();
    life.let_go();
    EXPECT_TRUE(stopped.get());
    EXPECT_THAT(life.steps(), ElementsAre("handled", "stopped", "destroyed"));
    EXPECT_TRUE(t.host->still_running().empty());
}

TEST(host, a_service_stops_after_a_handler_that_was_answered_for_at_its_deadline) {
    Life life;
    Stopping t(held_by(life), milliseconds(20'000));
    // The first that a worker takes up in time is held; like those whose time passed in the queue, its caller gets no answer in time.
    while (life.held().wait_for(milliseconds(0)) != std::future_status::ready) t.get(one_answer + std::string("held"), milliseconds(200));
    auto stopped = std::async(std::launch::async, [&] { return t.host->stop(); });
    while (t.host->status_json().find("STATE_READY") != std::string::npos) std::this_thread::yield();
    life.let_go();
    EXPECT_TRUE(stopped.get());
    EXPECT_THAT(life.steps(), ElementsAre("handled", "stopped", "destroyed"));
}

TEST(host, takes_no_more_over_grpc_while_a_request_over_http_ends) {
    Life life;
    Stopping t(held_by(life), milliseconds(20'000));
    auto caller = std::async(std::launch::async, [&] { return t.get(one_answer + std::string("held")); });
    life.held().get();
    const auto channel = channel_to(t);
    ASSERT_TRUE(ask(channel, "EURUSD"));
    auto stopped = std::async(std::launch::async, [&] { return t.host->stop(); });
    while (ask(channel, "EURUSD")) continue;
    life.let_go();
    EXPECT_EQ(caller.get(), 200) << "it was under way all the time";
    EXPECT_TRUE(stopped.get()) << "nothing was cut";
}

/// Counts who is inside, in memory that goes with it.
class BusyService final : public Service {
  public:
    explicit BusyService(std::atomic<bool>& fault) : fault_(fault) {}
    ~BusyService() override {
        if (inside_ != 0) fault_ = true;
        sum_ = -1;
    }
    void add_requests(RequestHandlers& handlers) override {
        handlers.on<v1::GetPredictionRequest, v1::GetPredictionReply>("aitrading.v1.PredictionService/GetPrediction", [this](const v1::GetPredictionRequest&, const Call&) -> Result<v1::GetPredictionReply> {
            ++inside_;
            for (int i = 0; i < 20; ++i) {
                std::this_thread::yield();
                const std::lock_guard lock(mutex_);
                ++sum_;
            }
            --inside_;
            return v1::GetPredictionReply();
        });
    }
    Result<void> start() override { return {}; }

  private:
    std::atomic<bool>& fault_;
    std::atomic<int> inside_ = 0;
    std::mutex mutex_;
    int sum_ = 0;
};

TEST(host, no_handler_runs_in_a_service_that_has_gone_while_many_ask) {
    for (int round = 0; round < 12; ++round) {
        std::atomic<bool> fault = false;
        std::atomic<int> answered = 0;
        Stopping t([&] { return std::make_unique<BusyService>(fault); }, milliseconds(round % 2 == 0 ? 0 : 10'000));
        std::vector<std::jthread> callers;
        callers.reserve(4);
        for (int i = 0; i < 4; ++i)
            callers.emplace_back([&, rpc = i % 2 == 0] {
                const auto channel = channel_to(t);
                while (rpc ? ask(channel, "EURUSD") : t.get(one_answer + std::string("EURUSD")) == 200) ++answered;
            });
        while (answered < 8) std::this_thread::yield();
        t.host->stop();
        callers.clear();
        t.end();
        EXPECT_FALSE(fault);
    }
}

}  // namespace
}  // namespace aitrading::kit

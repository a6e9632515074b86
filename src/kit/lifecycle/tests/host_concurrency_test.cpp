// Over HTTP alone: gRPC's library is not built for the thread sanitizer; host_stop_test asks over gRPC as well.
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "kit/http/event_stream.hpp"
#include "kit/lifecycle/tests/stopping.hpp"

namespace aitrading::kit {
namespace {

using std::chrono::milliseconds;

/// Counts who is inside and which readers have gone, in memory that goes with it.
class BusyService final : public Service {
  public:
    explicit BusyService(std::atomic<bool>& fault) : fault_(fault) {}
    ~BusyService() override {
        if (inside_ != 0) fault_ = true;
        sum_ = -1;
    }
    void add_routes(Router& router) override {
        router.add({"GET", "/busy", RequestClass::fast, [this](const HttpRequest&) {
                        work();
                        return HttpResponse{.body = "done", .headers = {}};
                    }});
        router.add({"GET", "/events", RequestClass::fast, StreamHandler([this](const HttpRequest&, const std::shared_ptr<EventStream>& stream) -> Result<void> {
                        stream->on_close([this] { work(); });
                        work();
                        return {};
                    })});
    }
    Result<void> start() override { return {}; }

  private:
    void work() {
        ++inside_;
        for (int i = 0; i < 20; ++i) {
            std::this_thread::yield();
            const std::lock_guard lock(mutex_);
            ++sum_;
        }
        --inside_;
    }
    std::atomic<bool>& fault_;
    std::atomic<int> inside_ = 0;
    std::mutex mutex_;
    int sum_ = 0;
};

TEST(HostConcurrency, nothing_of_a_service_runs_when_it_has_gone_while_many_ask_and_read) {
    for (int round = 0; round < 12; ++round) {
        std::atomic<bool> fault = false;
        std::atomic<int> answered = 0;
        Stopping t([&] { return std::make_unique<BusyService>(fault); }, milliseconds(round % 2 == 0 ? 0 : 10'000));
        std::vector<std::jthread> callers;
        callers.reserve(4);
        for (int i = 0; i < 4; ++i)
            callers.emplace_back([&, target = i % 2 == 0 ? "/busy" : "/events"] {
                while (t.get(target) == 200) ++answered;
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

#include "kit/lifecycle/composite_service.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace aitrading::kit {
namespace {

using Diary = std::vector<std::string>;

/// Writes down what is done with it.
class Written final : public Service {
  public:
    Written(std::string name, Diary& diary) : name_(std::move(name)), diary_(diary) {}
    void add_requests(RequestHandlers&) override { diary_.push_back("requests " + name_); }
    Result<void> start() override {
        diary_.push_back("start " + name_);
        if (!fails_.empty()) return fail(ErrorCode::bad_input, fails_);
        return {};
    }
    Result<void> ready() override { return why_.empty() ? Result<void>{} : fail(ErrorCode::not_found, why_); }
    std::int64_t lag() override { return lag_; }
    std::string shortfall() override { return short_of_; }
    std::string last_error() override { return why_; }
    void stop(Deadline deadline) override {
        diary_.push_back("stop " + name_);
        until_ = deadline.at;
    }

    std::string name_, fails_, why_, short_of_;
    std::int64_t lag_ = 0;
    SteadyTime until_;
    Diary& diary_;
};

struct Three {
    Diary diary;
    std::vector<Written*> parts;
    std::unique_ptr<CompositeService> whole;
    Three() {
        std::vector<CompositeService::Part> made;
        for (const char* name : {"a", "b", "c"}) {
            auto part = std::make_unique<Written>(name, diary);
            parts.push_back(part.get());
            made.push_back({name, std::move(part)});
        }
        whole = std::make_unique<CompositeService>(std::move(made));
    }
};

TEST(CompositeService, starts_in_order_and_stops_in_the_reverse_with_a_share_of_the_time_each) {
    Three three;
    ASSERT_TRUE(three.whole->start());
    const SteadyTime end = std::chrono::steady_clock::now() + std::chrono::hours(3);
    three.whole->stop(Deadline{end});
    EXPECT_EQ(three.diary, (Diary{"start a", "start b", "start c", "stop c", "stop b", "stop a"}));
    // Nobody used any time: the last one has all of it, the first a third.
    EXPECT_LT(three.parts[2]->until_, end - std::chrono::minutes(110));
    EXPECT_GT(three.parts[0]->until_, end - std::chrono::minutes(10));
}

TEST(CompositeService, answers_the_requests_of_every_part) {
    Three three;
    RequestHandlers handlers;
    three.whole->add_requests(handlers);
    EXPECT_EQ(three.diary, (Diary{"requests a", "requests b", "requests c"}));
}

TEST(CompositeService, stops_what_runs_where_a_part_does_not_start) {
    Three three;
    three.parts[2]->fails_ = "no bars";
    const auto started = three.whole->start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().text, "no bars");
    EXPECT_EQ(three.diary, (Diary{"start a", "start b", "start c", "stop b", "stop a"}));
}

TEST(CompositeService, falls_short_of_what_any_part_does) {
    Three three;
    EXPECT_EQ(three.whole->shortfall(), "");
    three.parts[1]->short_of_ = "2 lines differ";
    EXPECT_EQ(three.whole->shortfall(), "b: 2 lines differ");
}

TEST(CompositeService, is_ready_when_all_are_and_says_each_reason_once) {
    Three three;
    EXPECT_TRUE(three.whole->ready());
    EXPECT_EQ(three.whole->last_error(), "");
    three.parts[0]->why_ = three.parts[1]->why_ = "no feed is set";
    three.parts[2]->why_ = "one symbol";
    const auto ready = three.whole->ready();
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().code, ErrorCode::not_found);
    EXPECT_EQ(ready.error().text, "a: no feed is set; c: one symbol");
    EXPECT_EQ(three.whole->last_error(), "a: no feed is set; c: one symbol");
}

TEST(CompositeService, lags_as_far_as_the_slowest) {
    Three three;
    three.parts[1]->lag_ = 7;
    three.parts[2]->lag_ = 3;
    EXPECT_EQ(three.whole->lag(), 7);
}

}  // namespace
}  // namespace aitrading::kit

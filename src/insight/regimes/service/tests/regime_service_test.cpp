#include "insight/regimes/service/regime_service.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/insight_requests.pb.h"
#include "base/random.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "kit/contracts/bar_news.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t rows = 1'500, told_from = 1'400;
const kit::Call own{.tenant = "default"};
UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

/// A walk whose volatility changes now and then, with volume.
const BarColumns& walk() {
    static const BarColumns made = [] {
        BarColumns bars;
        bars.key = {"MADE", Timeframe::h1};
        SplitMix64 random(5);
        double price = 1.2;
        const auto unit = [&] { return static_cast<double>(random.next_below(2'001)) / 1'000 - 1; };
        for (std::size_t i = 0; i < rows; ++i) {
            const double scale = i / 100 % 2 == 0 ? 2e-4 : 2e-3, open = price;
            price *= std::exp(scale * (unit() + unit()));
            bars.append({{static_cast<std::int64_t>(i) * nanos_per_hour}, Price::from_double(open), Price::from_double(std::max(open, price) * 1.0001), Price::from_double(std::min(open, price) * 0.9999),
                         Price::from_double(price), Quantity::from_double(100 + 50 * unit())});
        }
        return bars;
    }();
    return made;
}

ServedRegimes rules() { return {walk().key, *rule_teller({.window = 48}, {})}; }

RegimeService::Load warmed(std::size_t bars) {
    return [bars]() -> Result<std::vector<ServedRegimes>> {
        std::vector<ServedRegimes> out;
        out.push_back(rules());
        for (std::size_t i = 0; i < bars; ++i) out.back().update(walk().bar(i), NAN);
        return out;
    };
}

/// Keeps what is sent to it.
class Kept final : public kit::ReplyStream {
  public:
    bool send(const google::protobuf::Message& reply) override {
        if (gone) return false;
        replies.push_back(static_cast<const v1::WatchRegimesReply&>(reply).regime());
        return true;
    }
    void on_close(std::function<void()>) override {}
    void end() override { ended = true; }
    std::vector<v1::RegimeClassified> replies;
    bool gone = false, ended = false;
};

class RegimeServiceTest : public testing::Test {
  protected:
    std::shared_ptr<const Event> bar_event(std::size_t i) {
        const Bar bar = walk().bar(i);
        const Uuid id = ids_.next(fixed_now());
        auto event = kit::pack(kit::BarNews{.symbol = "MADE", .feed = "test", .timeframe = Timeframe::h1, .bar = bar, .known = {bar.time.value + nanos_per_hour}, .ask = {}},
                               {.id = id, .source = "/test", .time = fixed_now(), .trace = kit::first_step(id)});
        EXPECT_TRUE(event) << event.error().text;
        return std::make_shared<const Event>(*event);
    }
    static std::vector<v1::RegimeClassified> listen(kit::LiveReader& reader, std::size_t count) {
        std::vector<v1::RegimeClassified> out;
        kit::LiveReader::Batch batch;
        while (out.size() < count && reader.poll(batch, 100, std::chrono::seconds(20)))
            for (const auto& event : batch.events) out.push_back(*kit::unpack_as<v1::RegimeClassified>(*event));
        return out;
    }
    static v1::GetRegimeReply get(const kit::RequestHandlers& handlers, const v1::GetRegimeRequest& asked, bool& found) {
        const auto reply = handlers.all().at("aitrading.v1.InsightService/GetRegime").answer(asked, own);
        found = reply.has_value();
        return found ? static_cast<const v1::GetRegimeReply&>(**reply) : v1::GetRegimeReply();
    }
    RegimeTopics topics(ports::EventBus* journal = nullptr) { return {bars_, regimes_, journal}; }
    UuidMaker ids_{99};
    std::shared_ptr<kit::LiveTopic> bars_ = kit::LiveTopic::make(1'000), regimes_ = kit::LiveTopic::make(1'000);
};

TEST_F(RegimeServiceTest, tells_each_bar_once_under_its_trace) {
    RegimeService service(warmed(told_from), topics(), {}, fixed_now);
    EXPECT_FALSE(service.ready());
    const auto reader = regimes_->subscribe();
    ASSERT_TRUE(service.start());
    EXPECT_TRUE(service.ready());
    Event other = *bar_event(told_from);
    other.data = "no bar";
    bars_->publish(std::make_shared<const Event>(other));
    bars_->publish(bar_event(told_from - 1));
    const auto bar = bar_event(told_from);
    bars_->publish(bar);
    bars_->publish(bar_event(told_from));
    kit::LiveReader::Batch batch;
    ASSERT_TRUE(reader->poll(batch, 1, std::chrono::seconds(20)));
    service.stop(Deadline{SteadyTime::max()});
    const Event& event = *batch.events.front();
    EXPECT_EQ(event.trace->trace, bar->trace->trace);
    const auto told = kit::unpack_as<v1::RegimeClassified>(event);
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(told->known_ns(), walk().time[told_from].value + nanos_per_hour);
    EXPECT_EQ(told->method(), "rules");
    EXPECT_EQ(static_cast<int>(told->regime()), told->state());
    EXPECT_TRUE(told->has_change_probability());
    EXPECT_FALSE(told->degraded());
    EXPECT_EQ(service.counts().told, 1U);
    EXPECT_EQ(service.counts().passed_over, 3U);
    EXPECT_EQ(service.lag(), 0);
}

TEST_F(RegimeServiceTest, knows_nothing_before_the_warm_up_and_says_when_the_state_changes) {
    RegimeService service(warmed(0), topics(), {}, fixed_now);
    const auto reader = regimes_->subscribe();
    ASSERT_TRUE(service.start());
    std::vector<v1::RegimeClassified> told;
    for (std::size_t i = 0; i < rows; ++i) {
        bars_->publish(bar_event(i));
        const auto some = listen(*reader, 1);
        told.insert(told.end(), some.begin(), some.end());
    }
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), rows);
    ASSERT_EQ(told.front().state(), 0);
    EXPECT_EQ(told.front().posterior_size(), 0);
    std::size_t changes = 0;
    for (std::size_t i = 1; i < rows; ++i) {
        const bool other = told[i - 1].state() != 0 && told[i - 1].state() != told[i].state();
        EXPECT_EQ(told[i].changed(), other) << "bar " << i;
        changes += other ? 1 : 0;
        if (told[i].state() == 0) continue;
        ASSERT_EQ(told[i].posterior_size(), 12);
        ASSERT_EQ(told[i].next_size(), 12);
        EXPECT_GT(told[i].expected_remaining_bars(), 0);
    }
    EXPECT_GT(changes, 2U);
}

TEST_F(RegimeServiceTest, marks_what_it_tells_after_bars_that_it_missed) {
    const auto narrow = kit::LiveTopic::make(2);
    RegimeService service(warmed(told_from), {narrow, regimes_, nullptr}, {}, fixed_now);
    const auto reader = regimes_->subscribe();
    ASSERT_TRUE(service.start());
    std::vector<kit::LiveTopic::EventPointer> five;
    for (std::size_t i = told_from; i < told_from + 5; ++i) five.push_back(bar_event(i));
    narrow->publish(five);
    const auto told = listen(*reader, 2);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].degraded());
    EXPECT_EQ(service.counts().missed, 3U);
}

TEST_F(RegimeServiceTest, answers_with_the_newest_also_of_the_bars_that_warmed_it_up) {
    RegimeService service(warmed(told_from), topics(), {}, fixed_now);
    kit::RequestHandlers handlers;
    service.add_requests(handlers);
    v1::GetRegimeRequest asked;
    asked.set_symbol("MADE");
    bool found = true;
    get(handlers, asked, found);
    EXPECT_FALSE(found) << "nothing is known before the start";
    const auto reader = regimes_->subscribe();
    ASSERT_TRUE(service.start());
    EXPECT_EQ(get(handlers, asked, found).regime().bar_open_ns(), walk().time[told_from - 1].value);
    const auto watcher = std::make_shared<Kept>(), slow = std::make_shared<Kept>(), other = std::make_shared<Kept>();
    const auto& watch = handlers.all().at("aitrading.v1.InsightService/WatchRegimes").open;
    v1::WatchRegimesRequest wanted, elsewhere;
    wanted.set_symbol("MADE");
    elsewhere.set_symbol("OTHER");
    slow->gone = true;
    ASSERT_TRUE(watch(wanted, own, watcher) && watch(wanted, own, slow) && watch(elsewhere, own, other));
    for (std::size_t i = told_from; i < told_from + 3; ++i) bars_->publish(bar_event(i));
    EXPECT_EQ(listen(*reader, 3).size(), 3U);
    service.stop(Deadline{SteadyTime::max()});
    EXPECT_EQ(get(handlers, asked, found).regime().bar_open_ns(), walk().time[told_from + 2].value);
    asked.set_timeframe(v1::TIMEFRAME_D1);
    get(handlers, asked, found);
    EXPECT_FALSE(found);
    EXPECT_EQ(watcher->replies.size(), 3U);
    EXPECT_TRUE(watcher->ended && other->ended && other->replies.empty() && !slow->ended);
    EXPECT_FALSE(watch(wanted, own, watcher)) << "it has ended";
    EXPECT_EQ(watch(wanted, {.tenant = "acme"}, watcher).error().code, ErrorCode::gate_refused);
    EXPECT_FALSE(handlers.all().at("aitrading.v1.InsightService/GetRegime").answer(asked, {.tenant = "acme"}));
}

TEST_F(RegimeServiceTest, becomes_durable_and_says_what_is_not_set) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("regime_service." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    const auto journal = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}});
    ASSERT_TRUE(journal) << journal.error().text;
    {
        RegimeService service(warmed(told_from), topics(journal->get()), {}, fixed_now);
        ASSERT_TRUE(service.start());
        for (std::size_t i = told_from; i < told_from + 30; ++i) bars_->publish(bar_event(i));
        const auto group = (*journal)->subscribe("regimes.states", "test", {});
        ASSERT_TRUE(group) << group.error().text;
        std::size_t kept = 0;
        while (kept < 30) {
            const auto some = (*group)->poll({.wait = std::chrono::seconds(20)});
            ASSERT_TRUE(some && !some->empty());
            kept += some->size();
        }
        EXPECT_EQ(kept, 30U);
        service.stop(Deadline{SteadyTime::max()});
    }
    std::filesystem::remove_all(folder);
    RegimeService nothing([] { return Result<std::vector<ServedRegimes>>(std::vector<ServedRegimes>{}); }, topics(), {.unset = "no feed is set"}, fixed_now);
    ASSERT_TRUE(nothing.start());
    EXPECT_EQ(nothing.ready().error().text, "no feed is set");
    RegimeService broken([] { return Result<std::vector<ServedRegimes>>(fail(ErrorCode::bad_input, "damaged")); }, topics(), {}, fixed_now);
    EXPECT_FALSE(broken.start());
}

}  // namespace
}  // namespace aitrading::insight

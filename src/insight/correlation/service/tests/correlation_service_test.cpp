#include "insight/correlation/service/correlation_service.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "aitrading/v1/insight.pb.h"
#include "aitrading/v1/insight_requests.pb.h"
#include "base/random.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "insight/correlation/pairs.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t rows = 400, window = 40;
const kit::Call own{.tenant = "default"};
UnixNanos fixed_now() { return {1'500'000'000'000'000'000}; }

/// Hourly bars of three symbols with a common move; the third misses every ninth hour.
const std::vector<BarColumns>& made() {
    static const std::vector<BarColumns> bars = [] {
        std::vector<BarColumns> out(3);
        SplitMix64 random(9);
        std::vector<double> level(3);
        const char* names[] = {"AAA", "BBB", "CCC"};
        for (std::size_t j = 0; j < 3; ++j) out[j].key = {names[j], Timeframe::h1};
        for (std::size_t i = 0; i < rows; ++i) {
            const double common = random.next_normal();
            for (std::size_t j = 0; j < 3; ++j) {
                level[j] += 1e-3 * (0.7 * common + 0.5 * random.next_normal());
                const Price close = Price::from_double(std::exp(level[j]));
                if (j < 2 || i % 9 != 4) out[j].append({{static_cast<std::int64_t>(i) * nanos_per_hour}, close, close, close, close, {}});
            }
        }
        return out;
    }();
    return bars;
}

std::vector<CrossSeries> closes_until(UnixNanos end) {
    std::vector<CrossSeries> out;
    for (const BarColumns& bars : made()) {
        out.push_back(cross_series(bars.key.symbol, bars));
        while (!out.back().known.empty() && out.back().known.back() > end) out.back().known.pop_back(), out.back().level.pop_back();
    }
    return out;
}

StudyOptions options_of(PathMethod method = PathMethod::rolling) { return {.method = method, .window = window}; }

CorrelationService::Load warmed(UnixNanos end) {
    return [end]() -> Result<std::vector<ServedUniverse>> {
        std::vector<ServedUniverse> out;
        out.push_back(*ServedUniverse::of("feed", Timeframe::h1, {"AAA", "BBB", "CCC"}, options_of()));
        out.back().warm(closes_until(end));
        return out;
    };
}

class Kept final : public kit::ReplyStream {
  public:
    bool send(const google::protobuf::Message& reply) override {
        replies.push_back(static_cast<const v1::WatchCorrelationsReply&>(reply).correlation());
        return true;
    }
    void on_close(std::function<void()>) override {}
    void end() override { ended = true; }
    std::vector<v1::CorrelationMatrixComputed> replies;
    bool ended = false;
};

class CorrelationServiceTest : public testing::Test {
  protected:
    std::shared_ptr<const Event> bar_event(const std::string& symbol, const Bar& bar) {
        auto event = kit::pack_derived(kit::BarNews{.symbol = symbol, .feed = "test", .timeframe = Timeframe::h1, .bar = bar, .known = {bar.time.value + nanos_per_hour}, .ask = {}},
                                       {.source = "/test", .now = fixed_now(), .about = {}});
        EXPECT_TRUE(event) << event.error().text;
        return std::make_shared<const Event>(*event);
    }
    /// Bars in the order in which they became known, from hour `from` on, before hour `to`.
    std::vector<std::shared_ptr<const Event>> hours(std::size_t from, std::size_t to) {
        std::vector<std::shared_ptr<const Event>> out;
        for (std::size_t i = from; i < to; ++i)
            for (const BarColumns& bars : made()) {
                const auto at = std::ranges::lower_bound(bars.time, UnixNanos{static_cast<std::int64_t>(i) * nanos_per_hour});
                if (at != bars.time.end() && at->value == static_cast<std::int64_t>(i) * nanos_per_hour)
                    out.push_back(bar_event(bars.key.symbol, bars.bar(static_cast<std::size_t>(at - bars.time.begin()))));
            }
        return out;
    }
    struct Told {
        std::shared_ptr<const Event> event;
        v1::CorrelationMatrixComputed message;
    };
    static std::vector<Told> listen(kit::LiveReader& reader, std::size_t count) {
        std::vector<Told> out;
        kit::LiveReader::Batch batch;
        while (out.size() < count && reader.poll(batch, 100, std::chrono::seconds(20)))
            for (const auto& event : batch.events) out.push_back({event, *kit::unpack_as<v1::CorrelationMatrixComputed>(*event)});
        return out;
    }
    CorrelationTopics topics(ports::EventBus* journal = nullptr) { return {bars_, matrices_, journal}; }
    std::shared_ptr<kit::LiveTopic> bars_ = kit::LiveTopic::make(4'000), matrices_ = kit::LiveTopic::make(4'000);
};

UnixNanos hour(std::size_t n) { return {static_cast<std::int64_t>(n) * nanos_per_hour}; }

TEST_F(CorrelationServiceTest, tells_what_the_command_tells_of_the_same_bars) {
    CorrelationService service(warmed(hour(100)), topics(), {}, fixed_now);
    EXPECT_FALSE(service.ready());
    const auto reader = matrices_->subscribe();
    ASSERT_TRUE(service.start());
    const auto sent = hours(100, rows);
    for (const auto& event : sent) bars_->publish(event);
    const auto told = listen(*reader, rows - 100);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), rows - 100);
    StudyOptions options = options_of();
    options.align.step_nanos = nanos_per_hour;
    const CorrelationStudy study = study_of(closes_until(hour(rows)), options).value();
    const std::size_t first = study.rows.rows() - told.size();
    for (std::size_t i = 0; i < told.size(); ++i) {
        const v1::CorrelationMatrixComputed& m = told[i].message;
        ASSERT_EQ(m.known_ns(), study.rows.known[first + i].value);
        ASSERT_EQ(m.upper_size(), 3);
        for (int low = 0, at = 0; low < 3; ++low)
            for (int high = low + 1; high < 3; ++high, ++at)
                ASSERT_EQ(m.upper(at), study.path[(first + i) * 3 + pair_index(static_cast<std::size_t>(low), static_cast<std::size_t>(high))]) << "row " << i;
        const bool all = m.missing_size() == 0;
        ASSERT_EQ(all, (100 + i) % 9 != 4);
        if (!all) {
            EXPECT_EQ(m.missing(0), "CCC");
        }
        EXPECT_FALSE(m.degraded());
        // The trace is that of the last close in it.
        const auto last = std::ranges::find_if(sent, [&](const auto& e) { return e->subject == (all ? "CCC" : "BBB") && kit::unpack_bar(*e)->known.value == m.known_ns(); });
        ASSERT_NE(last, sent.end());
        EXPECT_EQ(told[i].event->trace->trace, (*last)->trace->trace);
    }
    EXPECT_EQ(told.front().message.method(), "rolling");
    EXPECT_EQ(told.front().message.window_bars(), static_cast<int>(window));
    EXPECT_LT(told.front().message.rows(), static_cast<std::int64_t>(window));
    EXPECT_EQ(told.front().message.dollar_size(), 0) << "there are no legs";
    EXPECT_EQ(service.counts().late, 0U);
}

TEST_F(CorrelationServiceTest, says_nothing_else_before_a_cut_and_the_same_again) {
    const auto run = [&](std::size_t to) {
        const auto bars = kit::LiveTopic::make(4'000), matrices = kit::LiveTopic::make(4'000);
        CorrelationService service(warmed(hour(50)), {bars, matrices, nullptr}, {}, fixed_now);
        const auto reader = matrices->subscribe();
        EXPECT_TRUE(service.start());
        for (const auto& event : hours(50, to)) bars->publish(event);
        service.stop(Deadline{SteadyTime::max()});
        std::vector<std::string> out;
        kit::LiveReader::Batch batch;
        while (reader->poll(batch, 1'000, std::chrono::milliseconds(0)))
            for (const auto& event : batch.events) out.push_back(event->id.text() + event->data);
        return out;
    };
    const auto whole = run(200), part = run(131);
    ASSERT_GE(part.size(), 80U);
    for (std::size_t i = 0; i < part.size(); ++i) ASSERT_EQ(part[i], whole[i]) << "row " << i;
}

TEST_F(CorrelationServiceTest, leaves_out_what_comes_late_and_passes_over_what_it_has_seen) {
    CorrelationService service(warmed(hour(100)), topics(), {}, fixed_now);
    const auto reader = matrices_->subscribe();
    ASSERT_TRUE(service.start());
    const auto of = [&](std::size_t symbol, std::size_t n) {
        const BarColumns& bars = made()[symbol];
        const auto at = std::ranges::lower_bound(bars.time, hour(n));
        return bar_event(bars.key.symbol, bars.bar(static_cast<std::size_t>(at - bars.time.begin())));
    };
    bars_->publish(of(0, 99));                      // seen
    for (const std::size_t n : {100, 101}) bars_->publish(of(0, n));
    bars_->publish(of(1, 100));                     // the other has closed an hour later by now
    bars_->publish(of(1, 101));
    bars_->publish(of(2, 101));
    Event other = *of(0, 102);
    other.data = "no bar";
    bars_->publish(std::make_shared<const Event>(other));
    const auto told = listen(*reader, 2);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].message.missing_size(), 2);
    EXPECT_EQ(told[1].message.missing_size(), 0);
    EXPECT_EQ(service.counts().late, 1U);
    EXPECT_EQ(service.counts().passed_over, 2U);
    EXPECT_NE(service.last_error().find("BBB"), std::string::npos);
}

TEST_F(CorrelationServiceTest, waits_no_longer_than_its_grace_for_the_silent) {
    CorrelationService service(warmed(hour(100)), topics(), {.grace = std::chrono::milliseconds(0)}, fixed_now);
    const auto reader = matrices_->subscribe();
    ASSERT_TRUE(service.start());
    const BarColumns& bars = made()[0];
    bars_->publish(bar_event("AAA", bars.bar(100)));
    const auto told = listen(*reader, 1);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].message.missing_size(), 2);
}

TEST_F(CorrelationServiceTest, marks_what_it_tells_after_bars_that_it_missed) {
    const auto narrow = kit::LiveTopic::make(3);
    CorrelationService service(warmed(hour(100)), {narrow, matrices_, nullptr}, {}, fixed_now);
    const auto reader = matrices_->subscribe();
    ASSERT_TRUE(service.start());
    auto many = hours(100, 102);
    narrow->publish(many);
    const auto told = listen(*reader, 1);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].message.degraded());
    EXPECT_EQ(service.counts().missed, 3U);
}

TEST_F(CorrelationServiceTest, answers_requests_and_becomes_durable) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("correlation_service." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    const auto journal = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}});
    ASSERT_TRUE(journal) << journal.error().text;
    {
        CorrelationService service(warmed(hour(100)), topics(journal->get()), {}, fixed_now);
        kit::RequestHandlers handlers;
        service.add_requests(handlers);
        const auto& get = handlers.all().at("aitrading.v1.InsightService/GetCorrelation").answer;
        v1::GetCorrelationRequest asked;
        asked.set_universe("feed");
        EXPECT_FALSE(get(asked, own)) << "nothing is known before the start";
        ASSERT_TRUE(service.start());
        const auto past = get(asked, own);
        ASSERT_TRUE(past);
        EXPECT_EQ(static_cast<const v1::GetCorrelationReply&>(**past).correlation().known_ns(), hour(100).value);
        const auto watcher = std::make_shared<Kept>();
        v1::WatchCorrelationsRequest wanted;
        wanted.set_universe("feed");
        ASSERT_TRUE(handlers.all().at("aitrading.v1.InsightService/WatchCorrelations").open(wanted, own, watcher));
        for (const auto& event : hours(100, 130)) bars_->publish(event);
        const auto group = (*journal)->subscribe("correlation.matrices", "test", {});
        ASSERT_TRUE(group) << group.error().text;
        std::size_t kept = 0;
        while (kept < 30) {
            const auto some = (*group)->poll({.wait = std::chrono::seconds(20)});
            ASSERT_TRUE(some && !some->empty());
            kept += some->size();
        }
        service.stop(Deadline{SteadyTime::max()});
        EXPECT_EQ(watcher->replies.size(), 30U);
        EXPECT_TRUE(watcher->ended);
        EXPECT_EQ(get(asked, {.tenant = "acme"}).error().code, ErrorCode::gate_refused);
        asked.set_timeframe(v1::TIMEFRAME_D1);
        EXPECT_FALSE(get(asked, own));
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::insight

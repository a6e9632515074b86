#include "models/ensemble/service/prediction_service.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "aitrading/v1/models.pb.h"
#include "engines/event_bus/journal/journal.hpp"
#include "models/ensemble/aged_answer.hpp"
#include "models/ensemble/service/tests/served_bars.hpp"

namespace aitrading::models {
namespace {

using namespace testing_service;  // NOLINT(google-build-using-namespace): its own fixture

class PredictionServiceTest : public testing::Test {
  protected:
    std::vector<std::shared_ptr<const Event>> sent_;
    std::shared_ptr<kit::LiveTopic> bars_ = kit::LiveTopic::make(1'000), predictions_ = kit::LiveTopic::make(1'000);
};

TEST_F(PredictionServiceTest, says_what_the_predictor_says_and_keeps_the_trace) {
    std::vector<ServedModel> models;
    models.push_back(warmed());
    PredictionService service(std::move(models), {.bars = bars_, .predictions = predictions_, .journal = nullptr}, {}, fixed_now);
    EXPECT_FALSE(service.ready());
    const auto reader = predictions_->subscribe();
    ASSERT_TRUE(service.start());
    EXPECT_TRUE(service.ready());
    std::vector<std::shared_ptr<const Event>> sent;
    for (std::size_t i = told_from; i < rows; ++i) bars_->publish(sent.emplace_back(bar_event(i)));
    const auto told = listen(*reader, rows - told_from);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), rows - told_from);
    ServedModel own = warmed();
    for (std::size_t i = told_from; i < rows; ++i) {
        const BarPrediction& wanted = own.predictor.next(served().bars.bar(i), served().spreads[i]);
        const Event& event = *told[i - told_from];
        EXPECT_EQ(event.trace->trace, sent[i - told_from]->trace->trace);
        EXPECT_NE(event.trace->parent, sent[i - told_from]->trace->parent);
        const auto message = kit::unpack_as<v1::MLPredictionGenerated>(event);
        ASSERT_TRUE(message) << message.error().text;
        const v1::Prediction& p = message->prediction();
        ASSERT_EQ(p.p_up(), wanted.answer.p_up) << "bar " << i;
        ASSERT_EQ(p.low(), wanted.answer.low);
        EXPECT_EQ(p.known_ns(), served().bars.time[i].value + nanos_per_hour);
        EXPECT_EQ(p.members_size(), static_cast<int>(own.model->member_names().size()));
        EXPECT_EQ(p.model_version(), 7);
        EXPECT_FALSE(p.degraded());
    }
    EXPECT_EQ(service.lag(), 0);
}

TEST_F(PredictionServiceTest, says_the_same_events_when_it_begins_again_and_others_as_another_version) {
    const auto ids_of = [&](int version) {
        std::vector<ServedModel> models;
        models.push_back(warmed());
        models[0].source.version = version;
        PredictionService service(std::move(models), {.bars = bars_, .predictions = predictions_, .journal = nullptr}, {}, [] {
            static std::int64_t later = fixed_now().value;
            return UnixNanos{later += 1'000'000'007};
        });
        const auto reader = predictions_->subscribe();
        EXPECT_TRUE(service.start());
        for (std::size_t i = told_from; i < told_from + 20; ++i) bars_->publish(sent_[i - told_from]);
        std::vector<std::string> out;
        for (const auto& event : listen(*reader, 20)) out.push_back(event->id.text());
        return out;
    };
    for (std::size_t i = told_from; i < told_from + 20; ++i) sent_.push_back(bar_event(i));
    const auto first = ids_of(7), again = ids_of(7), other = ids_of(8);
    ASSERT_EQ(first.size(), 20U);
    EXPECT_EQ(again, first);
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NE(other[i], first[i]);
}

TEST_F(PredictionServiceTest, passes_over_what_it_has_seen_and_what_is_no_bar) {
    std::vector<ServedModel> models;
    models.push_back(warmed());
    PredictionService service(std::move(models), {.bars = bars_, .predictions = predictions_, .journal = nullptr}, {}, fixed_now);
    const auto reader = predictions_->subscribe();
    ASSERT_TRUE(service.start());
    Event other = *bar_event(told_from);
    other.data = "no bar";
    bars_->publish(std::make_shared<const Event>(other));
    bars_->publish(bar_event(told_from - 1));
    bars_->publish(bar_event(told_from));
    bars_->publish(bar_event(told_from));
    bars_->publish(bar_event(told_from + 1));
    EXPECT_EQ(listen(*reader, 2).size(), 2U);
    service.stop(Deadline{SteadyTime::max()});
    EXPECT_EQ(service.counts().passed_over, 3U);
    EXPECT_EQ(service.counts().predictions, 2U);
}

TEST_F(PredictionServiceTest, says_so_where_bars_are_missing) {
    std::vector<ServedModel> models;
    models.push_back(warmed());
    const auto narrow = kit::LiveTopic::make(2);
    PredictionService service(std::move(models), {.bars = narrow, .predictions = predictions_, .journal = nullptr}, {}, fixed_now);
    const auto reader = predictions_->subscribe();
    ASSERT_TRUE(service.start());
    // As one they overrun the ring whatever the service does meanwhile.
    std::vector<kit::LiveTopic::EventPointer> five;
    for (std::size_t i = told_from; i < told_from + 5; ++i) five.push_back(bar_event(i));
    narrow->publish(five);
    const auto told = listen(*reader, 2);
    service.stop(Deadline{SteadyTime::max()});
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(service.counts().missed, 3U);
    ServedModel own = warmed();
    const RowPrediction bare = own.predictor.next(served().bars.bar(told_from + 3), served().spreads[told_from + 3]).answer;
    const v1::Prediction p = kit::unpack_as<v1::MLPredictionGenerated>(*told[0])->prediction();
    EXPECT_TRUE(p.degraded());
    EXPECT_NE(p.degraded_because().find("3 bars were lost"), std::string::npos) << p.degraded_because();
    const RowPrediction wanted = aged(bare, {.bars = 3, .base_rate = own.predictor.base_rate()});
    EXPECT_EQ(p.high() - p.low(), wanted.high - wanted.low) << "as one that is three bars old";
    EXPECT_EQ(p.p_up(), wanted.p_up);
    EXPECT_GT(p.widened(), 2);
}

TEST_F(PredictionServiceTest, predictions_become_durable) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("prediction_service." + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    const auto journal = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}});
    ASSERT_TRUE(journal) << journal.error().text;
    std::vector<ServedModel> models;
    models.push_back(warmed());
    PredictionService service(std::move(models), {.bars = bars_, .predictions = nullptr, .journal = journal->get()}, {}, fixed_now);
    ASSERT_TRUE(service.start());
    for (std::size_t i = told_from; i < told_from + 30; ++i) bars_->publish(bar_event(i));
    const auto group = (*journal)->subscribe("models.predictions", "test", {});
    ASSERT_TRUE(group) << group.error().text;
    std::size_t kept = 0;
    while (kept < 30) {
        const auto some = (*group)->poll({.wait = std::chrono::seconds(20)});
        ASSERT_TRUE(some && !some->empty());
        kept += some->size();
    }
    EXPECT_EQ(kept, 30U);
    service.stop(Deadline{SteadyTime::max()});
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::models

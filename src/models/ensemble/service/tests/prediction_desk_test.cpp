#include "models/ensemble/service/prediction_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "aitrading/v1/inference.pb.h"
#include "models/ensemble/aged_answer.hpp"
#include "models/ensemble/service/tests/asked_desk.hpp"

namespace aitrading::models {
namespace {

using namespace testing_service;  // NOLINT(google-build-using-namespace): its own fixture
using testing::HasSubstr;

TEST(PredictionDesk, says_why_where_there_is_no_answer) {
    AskedDesk desk;
    EXPECT_THAT(desk.get().error().text, HasSubstr("has not started yet"));
    EXPECT_TRUE(desk.get().error().retry_helps);
    desk.start();
    EXPECT_THAT(desk.get().error().text, HasSubstr("no bar of MADE H1 has come"));
    EXPECT_TRUE(desk.get().error().retry_helps);
    v1::GetPredictionRequest other;
    other.set_model("nobody");
    other.set_symbol("MADE");
    EXPECT_EQ(desk.get(other).error().code, ErrorCode::not_found);
    EXPECT_THAT(desk.get(other).error().text, HasSubstr("here answer: made on MADE H1"));
    other.set_model("made");
    other.set_timeframe(v1::TIMEFRAME_M5);
    EXPECT_EQ(desk.get(other).error().code, ErrorCode::not_found);
    other.set_timeframe(v1::TIMEFRAME_TICKS);
    EXPECT_EQ(desk.get(other).error().code, ErrorCode::bad_input);
    other.clear_timeframe();
    EXPECT_EQ(desk.get({}, "somebody").error().code, ErrorCode::gate_refused);
    desk.service->stop(Deadline{SteadyTime::max()});
    EXPECT_THAT(desk.get().error().text, HasSubstr("has stopped"));
}

TEST(PredictionDesk, gives_the_newest_answer_as_it_was_told_while_it_is_fresh) {
    AskedDesk desk;
    desk.start();
    for (std::size_t i = told_from; i < told_from + 3; ++i) {
        const v1::Prediction told = desk.bar(i);
        desk.now = told.known_ns() + 60 * nanos_per_second;
        const auto reply = desk.get();
        ASSERT_TRUE(reply) << reply.error().text;
        EXPECT_TRUE(reply->from_cache());
        v1::Prediction given = reply->prediction();
        EXPECT_EQ(given.age_ns(), 60 * nanos_per_second);
        given.clear_age_ns();
        EXPECT_EQ(given.SerializeAsString(), told.SerializeAsString());
    }
}

TEST(PredictionDesk, takes_an_old_answers_claims_back_and_says_so) {
    AskedDesk desk;
    desk.start();
    const v1::Prediction told = desk.bar(told_from);
    const RowPrediction said{.p_up = told.p_up(), .p_low = told.p_low(), .p_high = told.p_high(), .low = told.low(), .high = told.high(), .missing = 0, .widened = told.widened()};
    RowPrediction before = said;
    for (const std::int64_t bars : {2, 5, 50}) {
        desk.now = told.known_ns() + bars * nanos_per_hour;
        const v1::Prediction old = desk.get()->prediction();
        const RowPrediction wanted = aged(said, {.bars = static_cast<double>(bars), .horizon_bars = told.horizon_bars(), .base_rate = told.base_rate()});
        EXPECT_TRUE(old.degraded());
        EXPECT_EQ(old.age_ns(), bars * nanos_per_hour);
        EXPECT_EQ(old.stale_ns(), (bars - 1) * nanos_per_hour);
        EXPECT_THAT(old.degraded_because(), HasSubstr("no newer bar of MADE H1 has come"));
        EXPECT_EQ(std::tie(wanted.p_up, wanted.low, wanted.high), std::make_tuple(old.p_up(), old.low(), old.high()));
        EXPECT_LT(old.low(), before.low);
        EXPECT_GT(old.high(), before.high);
        before = wanted;
    }
    v1::GetPredictionRequest content = desk.usual();
    content.set_age_max_ns(60 * nanos_per_hour);
    EXPECT_FALSE(desk.get(content)->prediction().degraded()) << "the caller takes older ones";
    content.set_age_max_ns(1);
    EXPECT_EQ(desk.get(content)->prediction().stale_ns(), 50 * nanos_per_hour - 1);
    const v1::Prediction fresh = desk.bar(told_from + 1);
    desk.now = fresh.known_ns();
    EXPECT_FALSE(desk.get()->prediction().degraded()) << "a new one is there";
}

/// An answer of Friday's last hour is not old on Sunday: nothing newer was to be had.
TEST(PredictionDesk, answers_do_not_age_while_their_market_is_closed) {
    const UnixNanos friday = parse_iso8601("2018-01-12T22:00:00Z").value();
    for (const bool closes : {true, false}) {
        PredictionSource source = warmed().source;
        source.series.symbol = closes ? "EURUSD" : "MADE";
        UnixNanos now{friday.value + 48 * nanos_per_hour};
        PredictionBoard board;
        board.open({{source}}, MarketClock::live([&] { return now; }), {});
        board.told(0, std::make_shared<const Event>(), friday);
        EXPECT_EQ(board.look(source.name, source.series.symbol, {})->age(), std::chrono::hours(48));
        EXPECT_EQ(board.look(source.name, source.series.symbol, {})->open_age, std::chrono::hours(closes ? 0 : 48));
        now.value += 3 * nanos_per_hour;
        EXPECT_EQ(board.look(source.name, source.series.symbol, {})->open_age, std::chrono::hours(closes ? 3 : 51));
    }
}

/// The board alone, with a service that is always behind.
TEST(PredictionDesk, waits_for_an_answer_that_is_on_its_way_and_no_longer_than_the_deadline) {
    AskedDesk source;
    source.start();
    const auto reader = source.predictions->subscribe();
    source.bar(told_from);
    source.bar(told_from + 1);
    const auto events = listen(*reader, 2);
    AskedDesk desk;
    const std::int64_t first = kit::unpack_as<v1::MLPredictionGenerated>(*events[0])->prediction().known_ns();
    desk.board->open({{warmed().source}}, MarketClock::live([&] { return UnixNanos{first + 3 * nanos_per_hour / 2}; }), [] { return 3; });
    desk.board->told(0, events[0], {first});
    const auto late = desk.get(desk.usual(), "default", std::chrono::milliseconds(150));
    ASSERT_TRUE(late) << late.error().text;
    EXPECT_TRUE(late->from_cache());
    EXPECT_THAT(late->prediction().degraded_because(), HasSubstr("has not answered the 3 newest events in time"));
    auto asked = std::async(std::launch::async, [&] { return desk.get(); });
    desk.board->told(0, events[1], {first + nanos_per_hour});
    const auto newer = asked.get();
    ASSERT_TRUE(newer) << newer.error().text;
    EXPECT_EQ(newer->prediction().known_ns(), first + nanos_per_hour);
}

TEST(PredictionDesk, tells_the_models_that_can_be_asked) {
    AskedDesk desk;
    const auto reply = desk.ask<v1::ListModelsReply>("ListModels", v1::ListModelsRequest());
    ASSERT_TRUE(reply) << reply.error().text;
    ASSERT_EQ(reply->models_size(), 1);
    EXPECT_EQ(reply->models(0).model(), "made");
    EXPECT_EQ(reply->models(0).symbol(), "MADE");
    EXPECT_EQ(reply->models(0).evaluation().rows(), 400);
    EXPECT_EQ(reply->models(0).evaluation().accuracy_high(), 0.56);
    EXPECT_EQ(desk.ask<v1::ListModelsReply>("ListModels", v1::ListModelsRequest(), "somebody").error().code, ErrorCode::gate_refused);
}

}  // namespace
}  // namespace aitrading::models

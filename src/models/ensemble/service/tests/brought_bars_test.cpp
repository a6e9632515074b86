#include "models/ensemble/service/brought_bars.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aitrading/v1/inference.pb.h"
#include "models/ensemble/service/tests/asked_desk.hpp"

namespace aitrading::models {
namespace {

using namespace testing_service;  // NOLINT(google-build-using-namespace): its own fixture
using testing::HasSubstr;

/// As `predict` asks: warmed up to the training end, asked from there on.
std::vector<BarPrediction> predicted(std::size_t to) {
    const Served& s = served();
    Predictor predictor = s.open();
    std::vector<BarPrediction> out;
    const BarColumns bars = s.bars.slice(0, to);
    const auto spreads = std::span(s.spreads).first(to);
    EXPECT_TRUE(predictor.run(bars, spreads, {.from = 0, .to = trained_rows, .threads = 2, .ask = false}, {}));
    EXPECT_TRUE(predictor.run(bars, spreads, {.from = trained_rows, .to = to, .threads = 2}, [&](const BarPrediction& p) { out.push_back(p); }));
    return out;
}

Result<v1::PredictBarsReply> ask(const AskedDesk& desk, const v1::PredictBarsRequest& request, milliseconds within = std::chrono::seconds(60)) {
    return desk.ask<v1::PredictBarsReply>("PredictBars", request, "default", within);
}

TEST(BroughtBars, are_answered_bit_for_bit_as_predict_does) {
    const AskedDesk desk;
    const std::vector<BarPrediction> wanted = predicted(rows);
    for (const int answers : {1, 40, static_cast<int>(rows - trained_rows)}) {
        const auto reply = ask(desk, request_of(0, rows, answers));
        ASSERT_TRUE(reply) << reply.error().text;
        ASSERT_EQ(reply->predictions_size(), answers);
        for (int k = 0; k < answers; ++k) {
            const BarPrediction& own = wanted[wanted.size() - static_cast<std::size_t>(answers - k)];
            const v1::Prediction& p = reply->predictions(k);
            ASSERT_EQ(p.bar_open_ns(), own.bar.value);
            ASSERT_EQ(std::make_tuple(p.p_up(), p.p_low(), p.p_high(), p.low(), p.high()), std::tie(own.answer.p_up, own.answer.p_low, own.answer.p_high, own.answer.low, own.answer.high)) << k;
            ASSERT_EQ(p.members_size(), static_cast<int>(served().model.member_names().size()));
            ASSERT_FALSE(p.degraded());
        }
    }
}

TEST(BroughtBars, know_nothing_of_what_comes_after_them) {
    const AskedDesk desk;
    const auto whole = ask(desk, request_of(0, rows, 500)), cut = ask(desk, request_of(0, rows - 200, 300));
    ASSERT_TRUE(whole && cut);
    for (int k = 0; k < 300; ++k) ASSERT_EQ(whole->predictions(k).SerializeAsString(), cut->predictions(k).SerializeAsString()) << k;
}

TEST(BroughtBars, do_not_disturb_the_live_model) {
    AskedDesk quiet, disturbed;
    quiet.start();
    disturbed.start();
    for (std::size_t i = told_from; i < told_from + 5; ++i) {
        ASSERT_TRUE(ask(disturbed, request_of(0, told_from, 10)));
        EXPECT_EQ(disturbed.bar(i).SerializeAsString(), quiet.bar(i).SerializeAsString());
    }
}

TEST(BroughtBars, are_refused_with_their_number_and_field) {
    AskedDesk desk;
    const auto says = [&](const v1::PredictBarsRequest& request, const char* text) {
        const auto reply = ask(desk, request);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code, ErrorCode::bad_input) << reply.error().text;
        EXPECT_THAT(reply.error().text, HasSubstr(text));
    };
    const v1::PredictBarsRequest sound = request_of(trained_rows - 200, trained_rows + 5, 2);
    EXPECT_TRUE(ask(desk, sound));
    const auto changed = [&](const std::function<void(v1::PredictBarsRequest&)>& change) {
        v1::PredictBarsRequest request = sound;
        change(request);
        return request;
    };
    says(changed([](auto& r) { r.clear_bars(); }), "0 were given");
    says(changed([](auto& r) { *r.mutable_bars(7) = r.bars(6); }), "bars[7]: open_time_ns");
    says(changed([](auto& r) { r.mutable_bars(3)->set_low_e9(0); }), "bars[3]: low_e9");
    says(changed([](auto& r) { r.mutable_bars(3)->set_high_e9(1); }), "bars[3]: low_e9 and high_e9");
    says(changed([](auto& r) { r.mutable_bars(3)->set_volume_e6(-1); }), "bars[3]: volume_e6");
    says(changed([](auto& r) { r.mutable_bars(3)->clear_ask_close_e9(); }), "bars[3]: ask_close_e9");
    says(changed([](auto& r) { r.mutable_bars(3)->set_ask_close_e9(1); }), "bars[3]: ask_close_e9 lies below");
    says(changed([](auto& r) { r.set_symbol("OTHER"); }), "made was trained on MADE H1");
    says(changed([](auto& r) { r.set_timeframe(v1::TIMEFRAME_D1); }), "made was trained on MADE H1");
    says(changed([](auto& r) { r.set_answers_max(-1); }), "answers_max");
    says(changed([](auto& r) { r.set_answers_max(6); }), "has learnt from what was known");
    EXPECT_EQ(ask(desk, changed([](auto& r) { r.set_model_version(8); })).error().code, ErrorCode::not_found);
    v1::PredictBarsRequest many = sound;
    for (std::size_t i = 0; i < brought_bars_max; ++i) many.add_bars();
    says(many, "are taken at a time");
}

TEST(BroughtBars, end_with_their_deadline_and_with_the_process) {
    AskedDesk desk;
    const auto late = ask(desk, request_of(0, rows, 1), milliseconds(0));
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().text, HasSubstr("deadline"));
    desk.stopping.request_stop();
    const auto stopped = ask(desk, request_of(0, rows, 1));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace aitrading::models

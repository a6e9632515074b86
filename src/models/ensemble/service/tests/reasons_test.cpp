// Reasons over requests: those of the command, bit for bit.
#include "models/ensemble/reasons.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <thread>

#include "aitrading/v1/inference.pb.h"
#include "models/ensemble/service/brought_bars.hpp"
#include "models/ensemble/service/tests/asked_desk.hpp"

namespace aitrading::models {
namespace {

using namespace testing_service;  // NOLINT(google-build-using-namespace): its own fixture
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t explained = 60;  ///< answers; more than the nets look back, so that blocks of the trail are crossed

/// Answers of bars [first, last), asked from `asked` on.
std::vector<GivenAnswer> answers(std::size_t asked, std::size_t first, std::size_t last) {
    const Served& s = served();
    Predictor predictor = s.open();
    for (std::size_t i = 0; i < asked; ++i) predictor.warm(s.bars.bar(i), s.spreads[i]);
    std::vector<GivenAnswer> out;
    for (std::size_t i = asked; i < last; ++i) {
        const BarPrediction& said = predictor.next(s.bars.bar(i), s.spreads[i]);
        if (i >= first) out.push_back(GivenAnswer::of(said));
    }
    return out;
}

/// As `predict --explain` finds them: rows of the whole series, members remembering from its first bar on.
std::vector<BarReasons> by_command(const std::vector<GivenAnswer>& wanted) {
    static const ReasonRows rows = *rows_of(served().bars);
    ReasonTeller teller(served().model, rows, served().model.start());
    std::vector<BarReasons> out;
    out.reserve(wanted.size());
    for (const GivenAnswer& answer : wanted) out.push_back(*teller.explain(answer));
    return out;
}

void expect_same(const BarReasons& a, const BarReasons& b, bool words = true) {
    ASSERT_EQ(a.note(), b.note());
    ASSERT_EQ(std::make_tuple(a.logit, a.base_logit, a.others, a.others_count), std::make_tuple(b.logit, b.base_logit, b.others, b.others_count));
    ASSERT_EQ(a.lines.size(), b.lines.size());
    for (std::size_t i = 0; i < a.lines.size(); ++i) {
        ASSERT_EQ(a.lines[i].feature, b.lines[i].feature);
        ASSERT_EQ(a.lines[i].contribution, b.lines[i].contribution) << a.lines[i].feature;
        ASSERT_TRUE(a.lines[i].value == b.lines[i].value || (std::isnan(a.lines[i].value) && std::isnan(b.lines[i].value)));
        if (words) {
            ASSERT_EQ(a.lines[i].words, b.lines[i].words);
        }
    }
}

void expect_told(const v1::Prediction& p, const BarReasons& wanted) {
    v1::Prediction same = p;
    same.clear_reasons();
    tell(wanted, same);
    ASSERT_EQ(p.SerializeAsString(), same.SerializeAsString()) << p.DebugString() << "\nwanted\n" << same.DebugString();
    double sum = p.base_log_odds() + p.others_contribution();
    for (const v1::Reason& reason : p.reasons()) sum += reason.contribution();
    ASSERT_NEAR(sum, std::log(p.p_up() / (1 - p.p_up())), 1e-6);
    ASSERT_NEAR(p.log_odds(), sum, 1e-6);
    ASSERT_EQ(p.reasons_size(), static_cast<int>(reasons_named));
}

/// By hand: the ensemble itself, bar by bar, and no sorting.
TEST(Reasons, are_those_of_the_ensemble) {
    const Served& s = served();
    const auto wanted = answers(trained_rows, rows - 3, rows);
    const auto told = by_command(wanted);
    const ReasonRows read = *rows_of(s.bars);
    const std::size_t window = s.model.reason_rows();
    EXPECT_GT(window, 1U) << "the nets look back";
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        EnsembleMemory memory = s.model.start();
        const std::size_t row = rows - 3 + k;
        for (std::size_t t = 0; t + window <= row; ++t) s.model.predict_next(memory, read.features.row(t));
        const Explanation e = s.model.explain(&memory, read.features.view().slice(row + 1 - window, row + 1), {wanted[k].p_up, wanted[k].regime, wanted[k].mix});
        std::map<std::string, double, std::less<>> column;
        for (std::size_t c = 0; c < e.column.size(); ++c) column[read.features.names[c]] = e.column[c];
        column["earlier_bars"] = e.earlier;
        std::size_t zeros = 0;
        for (const auto& [feature, contribution] : column) zeros += contribution == 0 ? 1 : 0;
        for (const ReasonLine& line : told[k].lines) EXPECT_EQ(line.contribution, column.at(line.feature)) << line.feature;
        EXPECT_EQ(told[k].lines.size() + told[k].others_count, column.size() - zeros);
        EXPECT_EQ(std::tie(told[k].logit, told[k].base_logit), std::tie(e.logit, e.base));
    }
}

TEST(Reasons, are_asked_for_with_all_that_the_answer_came_from) {
    const std::vector<double> mix{0.25, 0.75};
    BarPrediction said{.bar = {3}, .known = {4}, .answer = {.p_up = 0.6}};
    said.regime.regime = 5;
    said.mix = mix;
    const GivenAnswer answer = GivenAnswer::of(said);
    EXPECT_EQ(std::make_tuple(answer.bar.value, answer.p_up, answer.regime, answer.mix), std::make_tuple(3, 0.6, 5, mix));
}

TEST(Reasons, of_brought_bars_are_those_of_the_command) {
    const AskedDesk desk;
    v1::PredictBarsRequest request = request_of(0, rows, explained);
    const auto plain = desk.ask<v1::PredictBarsReply>("PredictBars", request);
    request.set_explain(true);
    const auto reply = desk.ask<v1::PredictBarsReply>("PredictBars", request);
    ASSERT_TRUE(reply && plain) << reply.error().text;
    const auto wanted = by_command(answers(trained_rows, rows - explained, rows));
    ASSERT_EQ(reply->predictions_size(), static_cast<int>(explained));
    for (std::size_t k = 0; k < explained; ++k) {
        const v1::Prediction& p = reply->predictions(static_cast<int>(k));
        ASSERT_NO_FATAL_FAILURE(expect_told(p, wanted[k]));
        EXPECT_EQ(p.p_up(), plain->predictions(static_cast<int>(k)).p_up());
        EXPECT_EQ(plain->predictions(static_cast<int>(k)).reasons_size(), 0);
    }
    // Later bars change no reason.
    request = request_of(0, rows - 10, 20);
    request.set_explain(true);
    const auto cut = desk.ask<v1::PredictBarsReply>("PredictBars", request);
    ASSERT_TRUE(cut);
    for (int k = 0; k < 20; ++k) EXPECT_EQ(cut->predictions(k).SerializeAsString(), reply->predictions(static_cast<int>(explained) - 30 + k).SerializeAsString());
}

TEST(Reasons, of_too_many_answers_are_refused_with_what_to_do) {
    const AskedDesk desk;
    v1::PredictBarsRequest request = request_of(0, rows, explained_answers_max + 1);
    EXPECT_TRUE(desk.ask<v1::PredictBarsReply>("PredictBars", request)) << "without reasons it may ask for so many";
    request.set_explain(true);
    const auto refused = desk.ask<v1::PredictBarsReply>("PredictBars", request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    EXPECT_THAT(refused.error().text, HasSubstr("at most 200 answers"));
    EXPECT_THAT(refused.error().text, HasSubstr("aitrading predict made --explain --json"));
}

TEST(Reasons, of_live_answers_are_those_of_the_command) {
    AskedDesk desk;
    desk.start();
    const auto wanted = by_command(answers(told_from, told_from, told_from + explained));
    v1::GetPredictionRequest asks = desk.usual();
    asks.set_explain(true);
    for (std::size_t k = 0; k < explained; ++k) {
        const v1::Prediction told = desk.bar(told_from + k);
        EXPECT_EQ(told.reasons_size(), 0) << "only where asked for";
        desk.now = told.known_ns();
        const auto reply = desk.get(asks);
        ASSERT_TRUE(reply) << reply.error().text;
        ASSERT_NO_FATAL_FAILURE(expect_told(reply->prediction(), wanted[k]));
        EXPECT_EQ(desk.get()->prediction().reasons_size(), 0);
    }
}

TEST(Reasons, of_an_aged_answer_are_not_given_and_that_is_said) {
    AskedDesk desk;
    desk.start();
    const v1::Prediction told = desk.bar(told_from);
    desk.now = told.known_ns() + 5 * nanos_per_hour;
    v1::GetPredictionRequest asks = desk.usual();
    asks.set_explain(true);
    const v1::Prediction aged = desk.get(asks)->prediction();
    EXPECT_TRUE(aged.degraded());
    EXPECT_THAT(aged.reasons(), IsEmpty());
    EXPECT_THAT(aged.reasons_note(), HasSubstr("not available: an aged answer"));
    // The remedy that it names.
    EXPECT_THAT(aged.reasons_note(), HasSubstr("age_max_ns=18000000000000"));
    asks.set_age_max_ns(18'000'000'000'000);
    const auto content = desk.get(asks);
    ASSERT_TRUE(content);
    ASSERT_NO_FATAL_FAILURE(expect_told(content->prediction(), by_command(answers(told_from, told_from, told_from + 1)).front()));
}

TEST(Reasons, end_with_their_deadline) {
    AskedDesk desk;
    desk.start();
    const v1::Prediction told = desk.bar(told_from);
    desk.now = told.known_ns();
    v1::GetPredictionRequest asks = desk.usual();
    asks.set_explain(true);
    const auto late = desk.get(asks, "default", milliseconds(0));
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().text, HasSubstr("before its reasons were found"));
}

/// A trail that keeps little, one that begins late, and one that nothing was told of before.
TEST(AnswerTrail, tells_the_same_whatever_it_has_forgotten) {
    const Served& s = served();
    const auto wanted = answers(told_from, told_from, told_from + explained);
    const auto reasons = by_command(wanted);
    const std::size_t window = s.model.reason_rows();
    for (const std::size_t begins : {std::size_t{0}, std::size_t{1'000}, told_from - window, told_from}) {
        Predictor predictor = s.open();
        for (std::size_t i = 0; i < begins; ++i) predictor.warm(s.bars.bar(i), s.spreads[i]);
        AnswerTrail trail(shared_model(), predictor, 10);
        for (std::size_t i = begins; i < told_from; ++i) {
            predictor.warm(s.bars.bar(i), s.spreads[i]);
            trail.take(predictor, s.bars.time[i]);
        }
        for (std::size_t k = 0; k < explained; ++k) {
            const BarPrediction& said = predictor.next(s.bars.bar(told_from + k), s.spreads[told_from + k]);
            trail.take(predictor, said);
            const std::size_t asked = k - std::min(k, k % 3 * 7);  // the newest, and older ones
            const auto told = trail.explain(wanted[asked].bar, wanted[asked].p_up, {});
            ASSERT_TRUE(told) << told.error().text;
            if (begins == told_from && asked + 1 < window) {
                EXPECT_THAT(told->note(), HasSubstr("have come since the service began"));
                continue;
            }
            ASSERT_NO_FATAL_FAILURE(expect_same(*told, reasons[asked], false)) << begins << ' ' << asked;
            for (const ReasonLine& line : told->lines) EXPECT_EQ(line.words.find("for the last year"), std::string::npos) << "not all of the year is there";
        }
        EXPECT_EQ(trail.explain(wanted.front().bar, wanted.front().p_up, {}).error().code, ErrorCode::not_found);
        EXPECT_THAT(trail.explain(wanted.back().bar, 0.123, {})->note(), HasSubstr("not available: an aged answer"));
    }
}

TEST(AnswerTrail, is_asked_while_it_grows) {
    const Served& s = served();
    ServedModel model = warmed();
    const auto wanted = answers(told_from, told_from, told_from + explained);
    const auto reasons = by_command(wanted);
    std::atomic<std::size_t> there = 0;
    std::jthread writer([&] {
        for (std::size_t k = 0; k < explained; ++k) {
            model.trail->take(model.predictor, model.predictor.next(s.bars.bar(told_from + k), s.spreads[told_from + k]));
            there = k + 1;
        }
    });
    for (std::size_t k = 0; k < explained;) {
        const std::size_t now = there;
        if (now == k) continue;
        k = now;
        const auto told = model.trail->explain(wanted[k - 1].bar, wanted[k - 1].p_up, {});
        if (!told) continue;  // the writer is that far ahead
        ASSERT_NO_FATAL_FAILURE(expect_same(*told, reasons[k - 1]));
    }
}

}  // namespace
}  // namespace aitrading::models

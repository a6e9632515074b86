#include "insight/features/service/feature_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/insight.pb.h"
#include "base/random.hpp"
#include "insight/features/registry.hpp"
#include "kit/contracts/bar_news.hpp"

namespace aitrading::insight {
namespace {

using testing::HasSubstr;

struct Asked {
    std::shared_ptr<FeatureDesk> desk = FeatureDesk::make();
    kit::RequestHandlers handlers;
    Asked() { desk->add_requests(handlers); }
    template <class Reply, class Request>
    Result<Reply> ask(const std::string& method, const Request& request, const std::string& tenant = "default", milliseconds within = std::chrono::seconds(60)) const {
        const kit::Call call{tenant, Deadline::after(std::chrono::steady_clock::now(), within), {}};
        TRY(const auto reply, handlers.all().find("aitrading.v1.FeatureService/" + method)->second.answer(request, call));
        return static_cast<const Reply&>(*reply);
    }
};

std::shared_ptr<const Event> vector_of(const char* symbol, double value) {
    v1::FeatureVectorComputed message;
    message.set_symbol(symbol);
    message.set_timeframe(v1::TIMEFRAME_H1);
    message.set_manifest_hash("abc");
    message.set_known_ns(7);
    message.add_values(value);
    message.add_values(std::nan(""));
    return std::make_shared<const Event>(*kit::pack_derived(message, {.source = "/test", .now = {1}, .about = {2}}));
}

v1::GetFeaturesRequest of(const char* symbol, v1::Timeframe timeframe = v1::TIMEFRAME_UNSPECIFIED) {
    v1::GetFeaturesRequest request;
    request.set_symbol(symbol);
    request.set_timeframe(timeframe);
    return request;
}

TEST(feature_desk, gives_the_last_vector_and_what_its_columns_are) {
    const Asked asked;
    const auto get = [&](const v1::GetFeaturesRequest& request, const std::string& tenant = "default") { return asked.ask<v1::GetFeaturesReply>("GetFeatures", request, tenant); };
    EXPECT_THAT(get(of("EURUSD")).error().text, HasSubstr("has not started yet"));
    asked.desk->open({{{"EURUSD", Timeframe::h1}, "abc", {"one", "two"}}, {{"XAUUSD", Timeframe::h1}, "abc", {"one", "two"}}, {{"XAUUSD", Timeframe::d1}, "def", {"three"}}});
    EXPECT_TRUE(get(of("EURUSD")).error().retry_helps) << "no bar has come";
    asked.desk->told({"EURUSD", Timeframe::h1}, vector_of("EURUSD", 1));
    asked.desk->told({"EURUSD", Timeframe::h1}, vector_of("EURUSD", 2));
    const auto reply = get(of("EURUSD"));
    ASSERT_TRUE(reply) << reply.error().text;
    EXPECT_EQ(reply->values(0), 2);
    EXPECT_TRUE(std::isnan(reply->values(1)));
    EXPECT_EQ(reply->known_ns(), 7);
    EXPECT_EQ(reply->timeframe(), v1::TIMEFRAME_H1);
    EXPECT_THAT(get(of("NOBODY")).error().text, HasSubstr("there are those of EURUSD H1, XAUUSD H1, XAUUSD D1"));
    EXPECT_THAT(get(of("XAUUSD")).error().text, HasSubstr("of several"));
    EXPECT_TRUE(get(of("XAUUSD", v1::TIMEFRAME_D1)).error().retry_helps);
    EXPECT_EQ(get(of("EURUSD", v1::TIMEFRAME_TICKS)).error().code, ErrorCode::bad_input);
    EXPECT_EQ(get(of("EURUSD"), "somebody").error().code, ErrorCode::gate_refused);
    v1::GetManifestRequest manifest;
    manifest.set_manifest_hash("def");
    EXPECT_EQ(asked.ask<v1::GetManifestReply>("GetManifest", manifest)->columns(0), "three");
    manifest.set_manifest_hash("nothing");
    EXPECT_EQ(asked.ask<v1::GetManifestReply>("GetManifest", manifest).error().code, ErrorCode::not_found);
    asked.desk->close("bars were lost");
    EXPECT_THAT(get(of("EURUSD")).error().text, HasSubstr("bars were lost"));
}

v1::ComputeIndicatorsRequest drawn_bars(int count) {
    SplitMix64 random(4);
    v1::ComputeIndicatorsRequest request;
    std::int64_t price = 1'200'000'000;
    for (int i = 0; i < count; ++i) {
        v1::Bar& bar = *request.add_bars();
        const std::int64_t open = price;
        price += static_cast<std::int64_t>(random.next_below(2'000'001)) - 1'000'000;
        bar.set_open_time_ns(1'500'000'000'000'000'000 + i * nanos_per_hour);
        bar.set_open_e9(open);
        bar.set_high_e9(std::max(open, price) + 1'000);
        bar.set_low_e9(std::min(open, price) - 1'000);
        bar.set_close_e9(price);
        bar.set_volume_e6(5'000'000 + i);
    }
    return request;
}

TEST(feature_desk, computes_indicators_as_the_registry_does) {
    const Asked asked;
    v1::ComputeIndicatorsRequest request = drawn_bars(300);
    std::vector<Candle> candles;
    const BarColumns bars = kit::brought_bars(request.bars(), {}, 9, 1'000).value();
    candles.reserve(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) candles.push_back(Candle::of(bars.bar(i)));
    std::vector<IndicatorRequest> wanted;
    for (const char* text : {"rsi(14)", "macd(12,26,9)", "obv", "cdl_doji"}) {
        request.add_indicators(text);
        wanted.push_back(parse_indicator(text).value());
    }
    const auto columns = compute_indicators(wanted, candles);
    const auto reply = asked.ask<v1::ComputeIndicatorsReply>("ComputeIndicators", request, "anybody");
    ASSERT_TRUE(reply) << reply.error().text;
    ASSERT_EQ(reply->columns_size(), static_cast<int>(columns.size()));
    for (int c = 0; c < reply->columns_size(); ++c)
        for (int i = 0; i < 300; ++i) {
            const double value = columns[static_cast<std::size_t>(c)][static_cast<std::size_t>(i)], told = reply->columns(c).values(i);
            ASSERT_TRUE(told == value || (std::isnan(told) && std::isnan(value))) << reply->columns(c).column() << " " << i;
        }
    EXPECT_EQ(reply->columns(0).column(), wanted[0].columns[0]);
}

TEST(feature_desk, refuses_what_it_cannot_compute) {
    const Asked asked;
    const auto says = [&](const v1::ComputeIndicatorsRequest& request, const char* text, milliseconds within = std::chrono::seconds(60)) {
        const auto reply = asked.ask<v1::ComputeIndicatorsReply>("ComputeIndicators", request, "default", within);
        ASSERT_FALSE(reply);
        EXPECT_THAT(reply.error().text, HasSubstr(text));
    };
    v1::ComputeIndicatorsRequest request = drawn_bars(50);
    says(request, "none was named");
    request.add_indicators("rsi(14)");
    says(request, "deadline", milliseconds(0));
    request.add_indicators("rsi(14)");
    says(request, "asked for twice");
    request.set_indicators(1, "nothing(3)");
    says(request, "nothing");
    request.set_indicators(1, "obv");
    for (v1::Bar& bar : *request.mutable_bars()) bar.set_volume_e6(0);
    says(request, "obv needs volume_e6");
    request.mutable_bars(4)->set_close_e9(1);
    says(request, "bars[4]");
    v1::ComputeIndicatorsRequest large = drawn_bars(1);
    large.add_indicators("rsi(14)");
    for (int i = 0; i < 20'000; ++i) large.add_bars();
    says(large, "are taken at a time");
    for (int n = 2; n < 70; ++n) large.add_indicators("sma(" + std::to_string(n) + ")");
    says(large, "values: bring fewer bars");
}

TEST(feature_desk, lists_every_indicator) {
    const Asked asked;
    const auto reply = asked.ask<v1::ListIndicatorsReply>("ListIndicators", v1::ListIndicatorsRequest());
    ASSERT_EQ(reply->indicators_size(), static_cast<int>(indicator_registry().size()));
    for (int i = 0; i < reply->indicators_size(); ++i) {
        const v1::IndicatorSummary& one = reply->indicators(i);
        EXPECT_TRUE(parse_indicator(one.indicator())) << one.indicator();
        EXPECT_GT(one.outputs_size(), 0);
        EXPECT_GT(one.inputs_size(), 0);
    }
}

}  // namespace
}  // namespace aitrading::insight

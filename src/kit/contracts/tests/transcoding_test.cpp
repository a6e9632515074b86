#include "kit/contracts/transcoding.hpp"

#include <gmock/gmock.h>

#include <set>

#include "aitrading/v1/database.pb.h"
#include "aitrading/v1/inference.pb.h"
#include "aitrading/v1/journal.pb.h"
#include "kit/contracts/percent.hpp"

namespace aitrading::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The message of a request that has to be read.
template <class M>
M read(std::string_view verb, std::string_view target, std::string_view body = {}) {
    const auto request = read_request(verb, target, body);
    EXPECT_TRUE(request.has_value()) << target << ": " << (request ? "" : request.error().text);
    M message;
    if (!request || request->message().GetDescriptor() != M::descriptor()) {
        ADD_FAILURE() << target << " is another request";
        return message;
    }
    message.CopyFrom(request->message());
    return message;
}

std::string refused(ErrorCode code, std::string_view verb, std::string_view target, std::string_view body = {}) {
    const auto request = read_request(verb, target, body);
    if (request) return "read: " + request->message().ShortDebugString();
    EXPECT_EQ(request.error().code, code) << request.error().text;
    return request.error().text;
}

TEST(Requests, are_all_listed_with_their_paths) {
    std::set<std::string> names;
    for (const RequestContract& contract : request_contracts()) {
        EXPECT_FALSE(contract.paths.empty()) << contract.method;
        EXPECT_TRUE(names.insert(contract.service + "/" + contract.method).second);
        EXPECT_EQ(find_request("/" + contract.service + "/" + contract.method), &contract);
        EXPECT_NE(empty_message(contract.reply), nullptr);
    }
    EXPECT_GE(names.size(), 30U);
    EXPECT_TRUE(find_request("aitrading.v1.PredictionService/WatchPredictions")->streams);
    EXPECT_EQ(find_request("aitrading.v1.PredictionService/Nothing"), nullptr);
    EXPECT_EQ(find_request("PredictBars"), nullptr);
    EXPECT_EQ(find_request("aitrading.v1.StatusService/GetHealth")->kind, RequestClass::fast);
    EXPECT_EQ(find_request("aitrading.v1.PredictionService/PredictBars")->kind, RequestClass::heavy);
    EXPECT_EQ(find_request("aitrading.v1.JournalService/ReadEvents")->kind, RequestClass::normal);
}

TEST(Transcoding, takes_fields_from_path_and_query) {
    const auto request = read<v1::GetPredictionRequest>("GET", "/v1/models/next%2Fbar%20one/predictions/EURUSD?timeframe=TIMEFRAME_H1&explain=true&age_max_ns=9223372036854775807");
    EXPECT_EQ(request.model(), "next/bar one");
    EXPECT_EQ(request.symbol(), "EURUSD");
    EXPECT_EQ(request.timeframe(), v1::TIMEFRAME_H1);
    EXPECT_TRUE(request.explain());
    EXPECT_EQ(request.age_max_ns(), 9'223'372'036'854'775'807);
    EXPECT_EQ(read<v1::ReadEventsRequest>("GET", "/v1/topics/market.ticks/partitions/3/events?subject=a%2Bb+c&from_offset=-1").subject(), "a+b c");
    EXPECT_EQ(read<v1::ReadBarsRequest>("GET", "/v1/series/EURUSD/TIMEFRAME_M5/bars").timeframe(), v1::TIMEFRAME_M5);
    EXPECT_EQ(read<v1::ReadTicksRequest>("GET", "/v1/series/EURUSD/ticks?page=_-8%3D").page(), "\xff\xef");
}

TEST(Transcoding, takes_the_rest_from_the_body_and_the_path_wins) {
    const auto request = read<v1::PredictBarsRequest>("POST", "/v1/models/mine:predict", R"({"symbol":"EURUSD","bars":[{"close_e9":"7"}],"model":"other"})");
    EXPECT_EQ(request.model(), "mine");
    EXPECT_EQ(request.symbol(), "EURUSD");
    EXPECT_EQ(request.bars(0).close_e9(), 7);
    EXPECT_EQ(read<v1::PredictBarsRequest>("POST", "/v1/models/mine:predict").model(), "mine");
}

TEST(Transcoding, tells_paths_apart_that_look_alike) {
    read<v1::GetPredictionRequest>("GET", "/v1/models/m/predictions/EURUSD");
    EXPECT_EQ(read<v1::WatchPredictionsRequest>("GET", "/v1/models/m/predictions/EURUSD:watch").symbol(), "EURUSD");
    read<v1::ListModelsRequest>("GET", "/v1/models");
    read<v1::ScanKeysRequest>("GET", "/v1/values?prefix=a");
    EXPECT_EQ(read<v1::GetValueRequest>("GET", "/v1/values/a:b").key(), "a:b");
    read<v1::PutValueRequest>("PUT", "/v1/values/a", R"({"value":"AAE="})");
    read<v1::DeleteValueRequest>("DELETE", "/v1/values/a");
    EXPECT_EQ(read<v1::AddToCounterRequest>("POST", "/v1/values/a:add", R"({"delta":"2"})").delta(), 2);
}

TEST(Transcoding, refuses_and_says_what) {
    EXPECT_THAT(refused(ErrorCode::not_found, "GET", "/v1/nothing"), HasSubstr("/v1/nothing"));
    for (const char* path : {"", "/", "v1/models", "/v1/models/", "/v1//models", "/v1/models/m/predictions/", "/v1/models/%zz/predictions/X", "?", "/v1/models/m:predict/x"})
        refused(ErrorCode::not_found, "GET", path);
    EXPECT_THAT(refused(ErrorCode::not_found, "PATCH", "/v1/values/a"), HasSubstr("DELETE, GET, PUT"));
    const std::string prediction = "/v1/models/m/predictions/EURUSD";
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", prediction + "?colour=red"), HasSubstr("'colour'"));
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", prediction + "?explain=true&explain=true"), HasSubstr("twice"));
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", prediction, "{}"), HasSubstr("no body"));
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", prediction + "?explain=%1"), HasSubstr("hexadecimal"));
    for (const char* wrong : {"explain=yes", "explain=", "age_max_ns=1.5", "age_max_ns=", "age_max_ns= 1", "age_max_ns=9223372036854775808", "timeframe=H1", "timeframe=2x"})
        EXPECT_THAT(refused(ErrorCode::bad_input, "GET", prediction + "?" + wrong), HasSubstr("= '")) << wrong;
    EXPECT_THAT(refused(ErrorCode::bad_input, "POST", "/v1/models/m:predict?symbol=X", "{}"), HasSubstr("'symbol'"));
    EXPECT_THAT(refused(ErrorCode::bad_input, "POST", "/v1/models/m:predict", R"({"symbol":1)"), HasSubstr("no JSON"));
    refused(ErrorCode::bad_input, "GET", "/v1/series/EURUSD/ticks?page=a");
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", "/v1/values/%ff"), HasSubstr("no UTF-8"));
    std::string many = prediction + "?";
    for (std::size_t i = 0; i <= query_fields_max; ++i) many += "a=1&";
    EXPECT_THAT(refused(ErrorCode::bad_input, "GET", many), HasSubstr("more than 256"));
}

TEST(Transcoding, says_what_a_path_answers_to) {
    EXPECT_THAT(verbs_at("/v1/values/a?x=1"), ElementsAre("DELETE", "GET", "PUT"));
    EXPECT_THAT(verbs_at("/v1/valuable"), IsEmpty());
}

TEST(Problems, are_json_whatever_the_text_holds) {
    const std::string json = problem_json({ErrorCode::bad_input, "row 7: \"x\"", true}, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_THAT(json, HasSubstr(R"("error":"bad_input","text":"row 7: \"x\"","retry":true)"));
    EXPECT_THAT(json, HasSubstr("0af7651916cd43dd8448eb211c80319c"));
    EXPECT_THAT(problem_json({ErrorCode::failed, "\xff", false}, "\xff"), HasSubstr(R"("error":"failed")"));
}

TEST(Percent, is_undone_or_refused) {
    EXPECT_EQ(percent_decoded("a%20b+c%2F", false), "a b+c/");
    EXPECT_EQ(percent_decoded("a+b", true), "a b");
    EXPECT_EQ(percent_decoded("%00", false), std::string(1, '\0'));
    for (const char* wrong : {"%", "%1", "a%g0", "%0g"}) EXPECT_EQ(percent_decoded(wrong, false), std::nullopt) << wrong;
}

TEST(Base64, is_undone_or_refused) {
    EXPECT_EQ(base64_decoded(""), "");
    for (const char* same : {"YWI=", "YWI"}) EXPECT_EQ(base64_decoded(same), "ab");
    EXPECT_EQ(base64_decoded("YWJjZA"), "abcd");
    EXPECT_EQ(base64_decoded("__-_"), base64_decoded("//+/"));
    for (const char* wrong : {"Y", "YWI=YWI=", "Y WI", "=", "YW\n"}) EXPECT_TRUE(!base64_decoded(wrong) || base64_decoded(wrong)->empty()) << wrong;
}

}  // namespace
}  // namespace aitrading::kit

#include "kit/contracts/contracts.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "aitrading/v1/market.pb.h"
#include "aitrading/v1/models.pb.h"
#include "aitrading/v1/trading.pb.h"

namespace aitrading::kit {
namespace {

using testing::HasSubstr;

Origin origin() {
    UuidMaker ids(7);
    const UnixNanos now{1'700'000'000'123'456'789};
    return {ids.next(now), "/trading-engine", "acme", now, {}};
}

v1::TradingExecuted fill() {
    v1::TradingExecuted message;
    message.set_account("main");
    message.set_order_id("o-1");
    message.set_symbol("EURUSD");
    message.set_side(v1::SIDE_SELL);
    message.set_price_e9(1'085'430'000);
    message.set_quantity_e6(100'000'000'000);
    message.set_commission_e6(-3'500'000);
    return message;
}

v1::MLPredictionGenerated prediction(double p_up) {
    v1::MLPredictionGenerated message;
    message.set_symbol("EURUSD");
    message.mutable_prediction()->set_p_up(p_up);
    return message;
}

TEST(Contracts, know_the_names_of_the_source_with_kind_and_topic) {
    const auto check = [](std::string_view type, EventKind kind, std::string_view topic) {
        const EventContract* contract = find_contract(type);
        ASSERT_NE(contract, nullptr) << type;
        EXPECT_EQ(contract->kind, kind) << type;
        EXPECT_EQ(contract->topic, topic) << type;
        EXPECT_EQ(contract->message, "aitrading.v1." + std::string(type));
    };
    check("TradingExecuted", EventKind::domain, "orders.events");
    check("MarketDataReceived", EventKind::integration, "market.ticks");
    check("MLPredictionGenerated", EventKind::integration, "models.predictions");
    check("ExecuteTrade", EventKind::command, "orders.commands");
    EXPECT_EQ(find_contract("ops.load.appended"), nullptr);
}

TEST(Contracts, are_listed_by_topic_and_each_type_once) {
    std::set<std::string> types;
    std::string topic;
    for (const EventContract& contract : event_contracts()) {
        EXPECT_TRUE(types.insert(contract.type).second) << contract.type;
        EXPECT_GE(contract.topic, topic);
        topic = contract.topic;
    }
    EXPECT_GE(types.size(), 10U);
}

TEST(Packing, fills_the_envelope_from_the_message) {
    const auto event = pack(fill(), origin());
    ASSERT_TRUE(event.has_value()) << event.error().text;
    EXPECT_EQ(event->type, "TradingExecuted");
    EXPECT_EQ(event->subject, "main");
    EXPECT_EQ(event->tenant, "acme");
    EXPECT_EQ(event->source, "/trading-engine");
    EXPECT_EQ(event->id, origin().id);
    EXPECT_EQ(event->time, origin().time);
    const auto again = unpack_as<v1::TradingExecuted>(*event);
    ASSERT_TRUE(again.has_value()) << again.error().text;
    EXPECT_EQ(again->SerializeAsString(), fill().SerializeAsString());
    EXPECT_EQ(again->commission_e6(), -3'500'000);
}

TEST(Packing, refuses_what_is_no_event_and_an_empty_ordering_key) {
    const auto request = pack(v1::Bar(), origin());
    ASSERT_FALSE(request.has_value());
    EXPECT_THAT(request.error().text, HasSubstr("aitrading.v1.Bar"));
    v1::TradingExecuted message = fill();
    message.clear_account();
    const auto keyless = pack(message, origin());
    ASSERT_FALSE(keyless.has_value());
    EXPECT_EQ(keyless.error().code, ErrorCode::bad_input);
    EXPECT_THAT(keyless.error().text, HasSubstr("'account' is empty"));
}

TEST(Packing, refuses_what_is_no_probability_at_any_depth) {
    for (const double wrong : {-0.001, 1.001, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const auto event = pack(prediction(wrong), origin());
        ASSERT_FALSE(event.has_value()) << wrong;
        EXPECT_THAT(event.error().text, HasSubstr("prediction.p_up"));
    }
    v1::MLPredictionGenerated member = prediction(0.5);
    member.mutable_prediction()->add_members()->set_p_up(0.4);
    EXPECT_TRUE(pack(member, origin()).has_value());
    member.mutable_prediction()->add_members()->set_p_up(2);
    const auto event = pack(member, origin());
    ASSERT_FALSE(event.has_value());
    EXPECT_THAT(event.error().text, HasSubstr("prediction.members.p_up = 2"));
    for (const double right : {0.0, 1.0}) EXPECT_TRUE(pack(prediction(right), origin()).has_value());
}

TEST(Packing, refuses_text_that_is_not_utf8) {
    v1::TradingExecuted message = fill();
    message.set_order_id("\xff\xfe");
    EXPECT_THAT(pack(message, origin()).error().text, HasSubstr("order_id is no UTF-8"));
    v1::MLPredictionGenerated nested = prediction(0.5);
    nested.mutable_prediction()->add_reasons()->set_text("\xc3\xa4");
    EXPECT_TRUE(pack(nested, origin()).has_value());
    nested.mutable_prediction()->add_reasons()->set_text("\xc3");
    EXPECT_THAT(pack(nested, origin()).error().text, HasSubstr("prediction.reasons.text is no UTF-8"));
}

TEST(Unpacking, refuses_another_type_and_names_both) {
    const auto event = pack(fill(), origin());
    ASSERT_TRUE(event.has_value());
    const auto wrong = unpack_as<v1::MarketDataReceived>(*event);
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_input);
    EXPECT_THAT(wrong.error().text, HasSubstr("TradingExecuted"));
    EXPECT_THAT(wrong.error().text, HasSubstr("MarketDataReceived was expected"));
    EXPECT_THAT(wrong.error().text, HasSubstr(event->id.text()));
}

TEST(Unpacking, tells_cut_bytes_from_whole_ones) {
    const auto whole = pack(fill(), origin());
    ASSERT_TRUE(whole.has_value());
    int refused = 0;
    for (std::size_t size = 0; size < whole->data.size(); ++size) {
        Event cut = *whole;
        cut.data.resize(size);
        const auto read = unpack_as<v1::TradingExecuted>(cut);
        // A cut between two fields leaves a shorter message; the account is the first of them, so the subject still fits.
        refused += read ? 0 : 1;
        EXPECT_TRUE(!read || read->SerializeAsString() == cut.data) << size;
    }
    EXPECT_GT(refused, 20);
}

TEST(Unpacking, refuses_garbled_bytes_or_reads_something_sound) {
    const auto whole = pack(fill(), origin());
    ASSERT_TRUE(whole.has_value());
    for (std::size_t i = 0; i < whole->data.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            Event garbled = *whole;
            garbled.data[i] = static_cast<char>(static_cast<unsigned char>(garbled.data[i]) ^ (1U << bit));
            const auto read = unpack_as<v1::TradingExecuted>(garbled);
            EXPECT_TRUE(read ? read->account() == "main" : read.error().code == ErrorCode::bad_input) << i << ' ' << bit;
        }
    Event noise = *whole;
    noise.data = "{\"n\":1}";
    EXPECT_FALSE(unpack_as<v1::TradingExecuted>(noise).has_value());
}

TEST(Unpacking, refuses_a_subject_that_is_not_the_messages) {
    auto event = pack(fill(), origin());
    ASSERT_TRUE(event.has_value());
    event->subject = "other";
    const auto read = unpack_as<v1::TradingExecuted>(*event);
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(read.error().text, HasSubstr("'account' is 'main'"));
}

TEST(Unpacking, refuses_a_probability_that_a_foreign_writer_let_out) {
    auto event = pack(prediction(0.5), origin());
    ASSERT_TRUE(event.has_value());
    event->data = prediction(7).SerializeAsString();
    EXPECT_FALSE(unpack_as<v1::MLPredictionGenerated>(*event).has_value());
    EXPECT_TRUE(data_as_json(*event).has_value());  // whoever looks for the fault sees it
}

TEST(Unpacking, keeps_fields_that_a_newer_build_wrote) {
    auto event = pack(fill(), origin());
    ASSERT_TRUE(event.has_value());
    const std::string unknown("\xfa\x3e\x05later", 8);  // field 1007, a text of five bytes
    event->data += unknown;
    const auto read = unpack_as<v1::TradingExecuted>(*event);
    ASSERT_TRUE(read.has_value()) << read.error().text;
    EXPECT_EQ(read->price_e9(), 1'085'430'000);
    const auto forwarded = pack(*read, origin());
    ASSERT_TRUE(forwarded.has_value());
    EXPECT_THAT(forwarded->data, HasSubstr(unknown));
    EXPECT_TRUE(data_as_json(*event).has_value());
}

TEST(Json, has_the_names_of_the_schema_and_zeros_too) {
    const auto event = pack(fill(), origin());
    ASSERT_TRUE(event.has_value());
    const auto json = data_as_json(*event);
    ASSERT_TRUE(json.has_value());
    for (const char* part : {R"("price_e9":"1085430000")", R"("side":"SIDE_SELL")", R"("commission_e6":"-3500000")", R"("remaining_e6":"0")"})
        EXPECT_THAT(*json, HasSubstr(part));
    v1::TradingExecuted again;
    ASSERT_TRUE(from_json(*json, again).has_value());
    EXPECT_EQ(again.SerializeAsString(), fill().SerializeAsString());
}

TEST(Json, of_an_unknown_type_is_not_found) {
    Event event{origin().id, "ops.load.appended", "/x", "s", "default", {}, {}, "{}"};
    const auto json = data_as_json(event);
    ASSERT_FALSE(json.has_value());
    EXPECT_EQ(json.error().code, ErrorCode::not_found);
}

TEST(Json, refuses_unknown_names_wrong_values_and_deep_nests) {
    v1::TradingExecuted message;
    for (const char* wrong : {"", "[]", "{", R"({"acount":"x"})", R"({"price_e9":"1.5"})", R"({"side":"SIDE_UP"})", R"({"price_e9":99999999999999999999})"})
        EXPECT_FALSE(from_json(wrong, message).has_value()) << wrong;
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += R"({"prediction":)";
    v1::MLPredictionGenerated nested;
    EXPECT_FALSE(from_json(deep, nested).has_value());
    EXPECT_FALSE(from_json(R"({"symbol":"X","prediction":{"p_up":1.5}})", nested).has_value());
    EXPECT_TRUE(from_json(R"({"symbol":"X","prediction":{"pUp":0.5}})", nested).has_value());
}

}  // namespace
}  // namespace aitrading::kit

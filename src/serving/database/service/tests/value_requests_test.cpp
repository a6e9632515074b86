#include <gmock/gmock.h>

#include "aitrading/v1/database.pb.h"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Values : testing::Test {
    Served served{{.value_bytes_max = 10'000, .values_max = 50}};
    v1::PutValueRequest put_of(const std::string& key, const std::string& value) {
        v1::PutValueRequest request;
        request.set_key(key);
        request.set_value(value);
        return request;
    }
    Result<v1::PutValueReply> put(const v1::PutValueRequest& request, const std::string& tenant = "default") { return served.ask<v1::PutValueReply>("KeyValueService/PutValue", request, tenant); }
    Result<v1::PutValueReply> put(const std::string& key, const std::string& value, const std::string& tenant = "default") { return put(put_of(key, value), tenant); }
    Result<v1::GetValueReply> get(const std::string& key, const std::string& tenant = "default") {
        v1::GetValueRequest request;
        request.set_key(key);
        return served.ask<v1::GetValueReply>("KeyValueService/GetValue", request, tenant);
    }
    Result<v1::DeleteValueReply> remove(const std::string& key) {
        v1::DeleteValueRequest request;
        request.set_key(key);
        return served.ask<v1::DeleteValueReply>("KeyValueService/DeleteValue", request);
    }
    Result<v1::ScanKeysReply> scan(const v1::ScanKeysRequest& request, const std::string& tenant = "default") { return served.ask<v1::ScanKeysReply>("KeyValueService/ScanKeys", request, tenant); }
};

TEST_F(Values, come_back_with_what_is_left_of_their_life) {
    v1::PutValueRequest request = put_of("k", std::string("\0\xff", 2));
    request.set_lives_for_ns(5'000'000'000);
    EXPECT_TRUE(put(request)->stored());
    served.pass(std::chrono::seconds(2));
    const auto found = get("k");
    EXPECT_TRUE(found->found());
    EXPECT_EQ(found->value(), std::string("\0\xff", 2));
    EXPECT_EQ(found->life_left_ns(), 3'000'000'000);
    served.pass(std::chrono::seconds(3));
    EXPECT_FALSE(get("k")->found());
    EXPECT_TRUE(put("k", "v")->stored());
    EXPECT_FALSE(get("k")->has_life_left_ns());
    EXPECT_TRUE(remove("k")->removed());
    EXPECT_FALSE(remove("k")->removed());
}

TEST_F(Values, conditions_hold) {
    v1::PutValueRequest request = put_of("k", "1");
    request.set_condition(v1::PutValueRequest::CONDITION_PRESENT);
    EXPECT_FALSE(put(request)->stored());
    request.set_condition(v1::PutValueRequest::CONDITION_ABSENT);
    EXPECT_TRUE(put(request)->stored());
    EXPECT_FALSE(put(request)->stored());
    v1::PutValueRequest swap = put_of("k", "2");
    swap.set_expected("0");
    EXPECT_FALSE(put(swap)->stored());
    swap.set_expected("1");
    EXPECT_TRUE(put(swap)->stored());
    EXPECT_EQ(get("k")->value(), "2");
    swap.set_condition(v1::PutValueRequest::CONDITION_PRESENT);
    EXPECT_THAT(error_of(put(swap)), HasSubstr("not both"));
}

TEST_F(Values, counters_keep_within_their_bounds) {
    v1::AddToCounterRequest request;
    request.set_key("n");
    request.set_delta(7);
    request.set_highest(10);
    const auto add = [&] { return served.ask<v1::AddToCounterReply>("KeyValueService/AddToCounter", request); };
    EXPECT_EQ(add()->value(), 7);
    EXPECT_FALSE(add()->added());
    request.set_delta(3);
    EXPECT_EQ(add()->value(), 10);
    EXPECT_EQ(get("n")->value(), "10");
    ASSERT_TRUE(put("text", "x"));
    request.set_key("text");
    EXPECT_EQ(code_of(add()), ErrorCode::bad_input);
}

TEST_F(Values, keys_are_scanned_by_prefix_page_by_page) {
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(put("a/" + std::to_string(i), "v"));
    ASSERT_TRUE(put("b", "v"));
    v1::ScanKeysRequest request;
    request.set_prefix("a/");
    request.set_keys_max(4);
    std::vector<std::string> keys;
    do {
        const auto page = scan(request);
        ASSERT_TRUE(page) << error_of(page);
        keys.insert(keys.end(), page->keys().begin(), page->keys().end());
        request.set_page(page->next_page());
    } while (!request.page().empty());
    EXPECT_THAT(keys, UnorderedElementsAre("a/0", "a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7", "a/8"));
    request.set_keys_max(4);
    request.set_page(scan(request)->next_page());
    EXPECT_EQ(code_of(scan(request, "other")), ErrorCode::bad_input) << "another tenant's mark";
    request.set_prefix("");
    EXPECT_EQ(code_of(scan(request)), ErrorCode::bad_input) << "a mark of another question";
    request.set_page("zz");
    EXPECT_EQ(code_of(scan(request)), ErrorCode::bad_input);
}

TEST_F(Values, lie_apart_from_what_services_keep_for_the_same_tenant) {
    const auto stores = *served.state->stores();
    ASSERT_TRUE(*stores->values->put({"default", "session/1"}, "secret"));
    EXPECT_FALSE(get("session/1")->found());
    EXPECT_TRUE(put("session/1", "mine")->stored());
    EXPECT_EQ(*stores->values->get({"default", "session/1"}), "secret");
    ASSERT_TRUE(*stores->values->put({"default", "api/\xff"}, "no text"));
    EXPECT_THAT(scan({})->keys(), UnorderedElementsAre("session/1")) << "a key that is no text cannot be told";
}

TEST_F(Values, outside_the_limits_are_named) {
    EXPECT_THAT(error_of(put("", "v")), HasSubstr("key: 1 to 508 bytes"));
    EXPECT_EQ(code_of(put(std::string(509, 'k'), "v")), ErrorCode::bad_input);
    EXPECT_TRUE(put(std::string(508, 'k'), "v")->stored());
    Served large({.value_bytes_max = 10'000'000});
    EXPECT_FALSE(large.ask<v1::PutValueReply>("KeyValueService/PutValue", put_of("k", std::string((1 << 20) + 1, 'x'))));
    EXPECT_TRUE(large.ask<v1::PutValueReply>("KeyValueService/PutValue", put_of("k", std::string(1 << 20, 'x')))->stored());
    v1::PutValueRequest forever = put_of("k", "v");
    forever.set_lives_for_ns(0);
    EXPECT_THAT(error_of(put(forever)), HasSubstr("lives_for_ns"));
    forever.set_lives_for_ns(std::numeric_limits<std::int64_t>::max());
    EXPECT_THAT(error_of(put(forever)), HasSubstr("366 days"));
    v1::ScanKeysRequest request;
    request.set_keys_max(5'001);
    EXPECT_THAT(error_of(scan(request)), HasSubstr("keys_max: 1 to 5000"));
}

TEST_F(Values, the_quota_of_bytes_and_keys_holds_and_frees_what_goes) {
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(put("k" + std::to_string(i), std::string(1'000, 'x'))) << i;
    const auto refused = put("one more", std::string(1'000, 'x'));
    EXPECT_EQ(code_of(refused), ErrorCode::gate_refused);
    EXPECT_FALSE(refused.error().retry_helps) << "waiting frees nothing";
    EXPECT_THAT(error_of(refused), HasSubstr("quota of values"));
    EXPECT_TRUE(put("k1", std::string(1'000, 'y'))) << "what makes nothing more passes";
    EXPECT_TRUE(put("other's", std::string(5'000, 'x'), "other"));
    EXPECT_TRUE(remove("k2"));
    EXPECT_TRUE(put("one more", std::string(1'000, 'x'))) << "at once";
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(remove("k" + std::to_string(i)));
    for (int i = 0; i < 49; ++i) ASSERT_TRUE(put("s" + std::to_string(i), "x")) << i;
    EXPECT_THAT(error_of(put("s50", "x")), HasSubstr("50 of 50"));
    v1::AddToCounterRequest counter;
    counter.set_key("n");
    counter.set_delta(1);
    EXPECT_EQ(code_of(served.ask<v1::AddToCounterReply>("KeyValueService/AddToCounter", counter)), ErrorCode::gate_refused);
}

TEST_F(Values, lives_that_end_are_counted_before_a_refusal) {
    v1::PutValueRequest request = put_of("short", std::string(9'000, 'x'));
    request.set_lives_for_ns(1'000'000'000);
    ASSERT_TRUE(put(request));
    EXPECT_EQ(code_of(put("k", std::string(5'000, 'x'))), ErrorCode::gate_refused);
    served.pass(std::chrono::seconds(3));
    EXPECT_TRUE(put("k", std::string(5'000, 'x')));
}

}  // namespace
}  // namespace aitrading::serving

#include "serving/database/quotas.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::serving {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyTime at(nanoseconds time) { return SteadyTime{} + std::chrono::hours(1) + time; }

TEST(rate_quotas, a_burst_passes_then_the_rate_with_when_to_come_again) {
    RateQuotas quotas({.requests_per_s = 10, .requests_burst = 5});
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 0)) << i;
    const auto refused = quotas.admit("a", at(seconds(0)), 0);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->quota, "requests");
    EXPECT_EQ(refused->again_after, milliseconds(100));
    EXPECT_NE(refused->text.find("try again in 0.1 s"), std::string::npos);
    EXPECT_TRUE(quotas.admit("a", at(milliseconds(99)), 0));
    EXPECT_FALSE(quotas.admit("a", at(milliseconds(100)), 0)) << "at the time that was told";
}

TEST(rate_quotas, tenants_do_not_share) {
    RateQuotas quotas({.requests_per_s = 1, .requests_burst = 1});
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 0));
    EXPECT_TRUE(quotas.admit("a", at(seconds(0)), 0));
    EXPECT_FALSE(quotas.admit("b", at(seconds(0)), 0));
}

TEST(rate_quotas, bytes_pass_a_minutes_worth_at_once_and_are_paid_for_afterwards) {
    RateQuotas quotas({.requests_per_s = 1e6, .requests_burst = 1'000'000, .bytes_in_per_s = 100, .bytes_out_per_s = 1'000});
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 6'000));
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 1'000)) << "the minute's worth is used up, not overdrawn";
    const auto refused = quotas.admit("a", at(seconds(0)), 1);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->quota, "bytes_in");
    EXPECT_EQ(refused->again_after, seconds(10));
    EXPECT_FALSE(quotas.admit("a", at(seconds(10)), 1));
    quotas.sent("a", at(seconds(11)), 90'000);
    const auto slow = quotas.admit("a", at(seconds(11)), 0);
    ASSERT_TRUE(slow);
    EXPECT_EQ(slow->quota, "bytes_out");
    EXPECT_EQ(slow->again_after, seconds(30));
}

TEST(rate_quotas, no_span_of_time_sees_more_than_burst_and_rate) {
    SplitMix64 random(7);
    for (int round = 0; round < 20; ++round) {
        const TenantLimits limits{.requests_per_s = 5.0 + static_cast<double>(random.next_below(50)), .requests_burst = 1 + static_cast<std::int64_t>(random.next_below(20)),
                                  .bytes_in_per_s = 100.0 + static_cast<double>(random.next_below(900))};
        RateQuotas quotas(limits);
        std::deque<std::pair<SteadyTime, std::int64_t>> passed;
        SteadyTime now = at(seconds(0));
        for (int i = 0; i < 2'000; ++i) {
            now += milliseconds(random.next_below(80));
            const auto bytes = static_cast<std::int64_t>(random.next_below(2'000));
            if (!quotas.admit("a", now, bytes)) passed.emplace_back(now, bytes);
        }
        const auto slack = static_cast<double>(limits.requests_burst) + 1;
        for (std::size_t from = 0; from < passed.size(); from += 37) {
            double sent = 0;
            for (std::size_t to = from; to < passed.size(); ++to) {
                const double span = std::chrono::duration<double>(passed[to].first - passed[from].first).count();
                ASSERT_LE(static_cast<double>(to - from + 1), slack + span * limits.requests_per_s);
                ASSERT_LE(sent, (60 + span) * limits.bytes_in_per_s + 1) << "without the one that began last";
                sent += static_cast<double>(passed[to].second);
                ASSERT_LE(sent, (60 + span) * limits.bytes_in_per_s + 2'001);
            }
        }
    }
}

TEST(rate_quotas, remember_a_bounded_number_of_tenants) {
    RateQuotas quotas({.requests_per_s = 1, .requests_burst = 1});
    for (std::size_t i = 0; i < RateQuotas::tenants_max; ++i) EXPECT_FALSE(quotas.admit("t" + std::to_string(i), at(seconds(0)), 0));
    EXPECT_EQ(quotas.admit("one more", at(seconds(0)), 0)->quota, "tenants") << "all of them are busy";
    EXPECT_TRUE(quotas.admit("t0", at(seconds(0)), 0)) << "who is known stays refused";
    EXPECT_FALSE(quotas.admit("one more", at(seconds(2)), 0)) << "the others' buckets are full again";
    EXPECT_LE(quotas.tenants(), RateQuotas::tenants_max);
}

TEST(rate_quotas, new_limits_hold_at_once) {
    RateQuotas quotas({.requests_per_s = 1, .requests_burst = 1});
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 0));
    quotas.set({.requests_per_s = 1, .requests_burst = 2});
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 0));
    EXPECT_FALSE(quotas.admit("a", at(seconds(0)), 0));
    EXPECT_TRUE(quotas.admit("a", at(seconds(0)), 0));
}

TEST(limits, that_cannot_be_kept_are_named) {
    EXPECT_TRUE(check_limits({}));
    const auto broken = [](auto change) {
        TenantLimits limits;
        change(limits);
        const auto checked = check_limits(limits);
        return checked ? std::string() : checked.error().text;
    };
    EXPECT_NE(broken([](TenantLimits& l) { l.requests_per_s = 0; }).find("requests_per_s"), std::string::npos);
    EXPECT_NE(broken([](TenantLimits& l) { l.requests_burst = 0; }).find("requests_burst"), std::string::npos);
    EXPECT_NE(broken([](TenantLimits& l) { l.bytes_out_per_s = -1; }).find("bytes_out_per_s"), std::string::npos);
    EXPECT_NE(broken([](TenantLimits& l) { l.values_max = -1; }).find("values_max"), std::string::npos);
    EXPECT_NE(broken([](TenantLimits& l) { l.page_rows_max = 20'000; }).find("page_rows_max"), std::string::npos);
}

TEST(stock, what_makes_nothing_more_always_fits) {
    const Stock limit{100, 10};
    EXPECT_TRUE(fits({90, 9}, {10, 1}, limit));
    EXPECT_FALSE(fits({90, 9}, {11, 1}, limit));
    EXPECT_FALSE(fits({50, 10}, {1, 1}, limit));
    EXPECT_TRUE(fits({200, 20}, {-5, 0}, limit));
    EXPECT_TRUE(fits({200, 20}, {0, 0}, limit));
}

}  // namespace
}  // namespace aitrading::serving

#include "insight/correlation/hayashi_yoshida.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "insight/correlation/tests/brownian_pair.hpp"

namespace aitrading::insight {
namespace {

using testing_brownian::BrownianPair;
using testing_brownian::brownian_pair;

TickPath path(const std::vector<double>& seconds, const std::vector<double>& log_price) {
    TickPath out;
    for (const double s : seconds) out.time.push_back({static_cast<std::int64_t>(s * 1e9)});
    out.log_price = log_price;
    return out;
}

// Vector hayashi-yoshida of the specification.
const TickPath first_of_spec = path({0, 1, 3, 4, 7, 8, 10}, {0.0, 0.29, 0.07, 0.4, 1.08, 1.49, 1.99});
const TickPath second_of_spec = path({0, 2, 2.5, 5, 6, 9, 10}, {0.0, 0.84, 1.71, 0.21, -0.65, -0.53, -0.39});

/// Every pair of increments looked at: the definition, without pointers.
HayashiYoshida by_definition(const TickPath& a, const TickPath& b, std::int64_t shift) {
    HayashiYoshida out;
    for (std::size_t i = 1; i < a.size(); ++i) {
        const double da = a.log_price[i] - a.log_price[i - 1];
        out.variance_first += da * da;
        for (std::size_t j = 1; j < b.size(); ++j)
            if (a.time[i - 1].value < b.time[j].value + shift && b.time[j - 1].value + shift < a.time[i].value)
                out.covariance += da * (b.log_price[j] - b.log_price[j - 1]);
    }
    for (std::size_t j = 1; j < b.size(); ++j) out.variance_second += std::pow(b.log_price[j] - b.log_price[j - 1], 2);
    return out;
}

TEST(HayashiYoshida, is_that_of_the_specification) {
    const HayashiYoshida hy = hayashi_yoshida(first_of_spec, second_of_spec);
    EXPECT_NEAR(hy.covariance, -1.6416, 1e-10);
    EXPECT_NEAR(hy.correlation(), -0.731738312149, 1e-10);
    EXPECT_NEAR(hayashi_yoshida(first_of_spec, second_of_spec, -nanos_per_second).covariance, -0.4968, 1e-10);
    EXPECT_NEAR(hayashi_yoshida(first_of_spec, second_of_spec, nanos_per_second).covariance, -1.8883, 1e-10);
}

TEST(HayashiYoshida, agrees_with_its_definition_at_any_shift) {
    SplitMix64 random(3);
    for (int round = 0; round < 200; ++round) {
        TickPath a, b;
        for (TickPath* p : {&a, &b}) {
            std::int64_t time = static_cast<std::int64_t>(random.next_below(20));
            for (std::uint64_t i = 0, n = 2 + random.next_below(12); i < n; ++i, time += 1 + static_cast<std::int64_t>(random.next_below(4)))
                p->time.push_back({time}), p->log_price.push_back(random.next_normal());
        }
        for (std::int64_t shift = -30; shift <= 30; ++shift)
            ASSERT_NEAR(hayashi_yoshida(a, b, shift).covariance, by_definition(a, b, shift).covariance, 1e-10) << round << " " << shift;
    }
}

TEST(HayashiYoshida, finds_the_true_correlation_where_the_previous_tick_does_not) {
    // Gate: mean .70 +- .02 over 60 hours of a Brownian pair, ticks 1 and 1/3 a second; previous ticks each second: .144.
    double sum = 0, previous = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const BrownianPair pair = brownian_pair({.seed = seed});
        sum += hayashi_yoshida(pair.first, pair.second).correlation();
        previous += testing_brownian::previous_tick_correlation(pair, 1.0);
    }
    RecordProperty("hy_mean", std::to_string(sum / 60));
    RecordProperty("previous_tick_mean", std::to_string(previous / 60));
    EXPECT_NEAR(sum / 60, 0.70, 0.02);
    EXPECT_NEAR(previous / 60, 0.144, 0.02);
}

TEST(HayashiYoshida, streamed_is_the_estimate_of_the_prefix_at_every_cut) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const BrownianPair pair = brownian_pair({.seed = seed, .seconds = 60, .whole_seconds = seed % 2 == 0});
        HayashiYoshidaStream stream;
        HayashiYoshida parts;
        std::size_t i = 0, j = 0;
        while (i < pair.first.size() || j < pair.second.size()) {
            const bool first = j == pair.second.size() || (i < pair.first.size() && pair.first.time[i] <= pair.second.time[j]);
            const UnixNanos now = first ? pair.first.time[i] : pair.second.time[j];
            const double price = first ? pair.first.log_price[i++] : pair.second.log_price[j++];
            if (seed % 3 == 0) stream.update(first ? 0 : 1, now, price + 0.5);  // a tick that another at its time replaces
            stream.update(first ? 0 : 1, now, price);
            TickPath a{{pair.first.time.begin(), pair.first.time.begin() + static_cast<std::ptrdiff_t>(i)}, pair.first.log_price};
            TickPath b{{pair.second.time.begin(), pair.second.time.begin() + static_cast<std::ptrdiff_t>(j)}, pair.second.log_price};
            const HayashiYoshida expected = by_definition(a, b, 0), got = stream.estimate();
            ASSERT_NEAR(got.covariance, expected.covariance, 1e-9) << seed << " " << i << " " << j;
            ASSERT_NEAR(got.variance_first, expected.variance_first, 1e-9);
            ASSERT_NEAR(got.variance_second, expected.variance_second, 1e-9);
            if ((i + j) % 7 == 0) parts.covariance += stream.take().covariance;
        }
        parts.covariance += stream.take().covariance;
        EXPECT_NEAR(parts.covariance, stream.estimate().covariance, 1e-9) << "windows are sums of what was taken";
    }
}

TEST(TickPath, keeps_the_last_price_of_an_instant_and_refuses_what_is_no_price) {
    const std::vector<UnixNanos> time{{1}, {1}, {2}};
    const TickPath kept = TickPath::of(time, std::vector<double>{1.0, 2.0, 3.0}).value();
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_DOUBLE_EQ(kept.log_price[0], std::log(2.0));
    EXPECT_THAT(TickPath::of(time, std::vector<double>{1.0, NAN, 3.0}).error().text, testing::HasSubstr("tick 2"));
    EXPECT_THAT(TickPath::of(time, std::vector<double>{1.0, 1.0, 0.0}).error().text, testing::HasSubstr("tick 3"));
    EXPECT_FALSE(TickPath::of(std::vector<UnixNanos>{{2}, {1}}, std::vector<double>{1.0, 1.0}));
    EXPECT_FALSE(TickPath::of(std::vector<UnixNanos>{{1}, {1}}, std::vector<double>{1.0, 1.0}));
    TickColumns quotes;
    quotes.key = {"GBPUSD", Timeframe::ticks};
    for (std::int64_t i = 0; i < 3; ++i)
        quotes.append({{i}, Price{1'000'000'000}, Price{i == 1 ? 900'000'000 : 1'100'000'000}, {}, {}});
    EXPECT_EQ(TickPath::mid(quotes).value().size(), 2u) << "the crossed quote is left out";
}

TEST(HayashiYoshida, of_a_market_that_does_not_move_is_unknown) {
    const TickPath still = path({0, 1, 2}, {1, 1, 1});
    EXPECT_TRUE(std::isnan(hayashi_yoshida(first_of_spec, still).correlation()));
}

}  // namespace
}  // namespace aitrading::insight

#include "insight/features/dollar_index.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

namespace aitrading::insight {
namespace {

CrossSeries constant(const char* name, double level, std::int64_t hour) {
    return {name, "", {{hour * nanos_per_hour}}, {level}};
}

TEST(DollarIndex, is_that_of_the_exchange) {
    // Spot rates of 2018-06-29; the exchange's index closed near 94.5.
    std::vector<CrossSeries> legs{constant("EURUSD", 1.1684, 1), constant("USDJPY", 110.76, 2), constant("GBPUSD", 1.3207, 3),
                                  constant("USDCAD", 1.3130, 4), constant("USDSEK", 8.9560, 5), constant("USDCHF", 0.9904, 6)};
    const CrossSeries index = dollar_index(legs).value();
    ASSERT_EQ(index.size(), 1u) << "nothing before every leg is known";
    EXPECT_EQ(index.known[0].value, 6 * nanos_per_hour);
    EXPECT_NEAR(index.level[0], 94.5, 0.2);
    legs.erase(legs.begin() + 4);
    const CrossSeries without = dollar_index(legs).value();
    const double sum = -0.576 * std::log(1.1684) + 0.136 * std::log(110.76) - 0.119 * std::log(1.3207) +
                       0.091 * std::log(1.3130) + 0.036 * std::log(0.9904);
    EXPECT_NEAR(without.level[0], 50.14348112 * std::exp(sum / 0.958), 1e-9);
    EXPECT_THAT(without.meaning, testing::HasSubstr("without USDSEK"));
    legs.erase(legs.begin() + 1);
    EXPECT_THAT(dollar_index(legs).error().text, testing::HasSubstr("needs USDJPY, USDSEK, which are not stored"));
}

TEST(DollarIndex, has_nothing_of_the_legs_that_are_an_instruments_own) {
    std::vector<CrossSeries> legs;
    for (const char* pair : {"USDJPY", "GBPUSD", "USDCAD", "USDSEK"}) legs.push_back(constant(pair, 1, 1));
    legs.push_back({"USDCHF", "", {{nanos_per_hour}, {4 * nanos_per_hour}}, {1, 3}});
    legs.push_back({"EURUSD", "", {{nanos_per_hour}, {5 * nanos_per_hour}}, {1, 2}});
    const CrossSeries index = dollar_index(legs, dollar_index_own_legs("EURUSD")).value();
    ASSERT_EQ(index.size(), 2u) << "the euro's news are none";
    EXPECT_EQ(index.known[1].value, 4 * nanos_per_hour);
    EXPECT_NEAR(index.level[1] / index.level[0], std::pow(3, 0.036 / 0.424), 1e-12);
    EXPECT_THAT(index.meaning, testing::HasSubstr("without EURUSD"));
    legs.pop_back();
    EXPECT_TRUE(dollar_index(legs, dollar_index_own_legs("EURUSD")).has_value()) << "an own leg need not be stored";
}

TEST(DollarIndex, takes_each_leg_as_it_was_known) {
    std::vector<CrossSeries> legs;
    for (const char* pair : {"USDJPY", "GBPUSD", "USDCAD", "USDCHF"}) legs.push_back(constant(pair, 1, 1));
    legs.push_back({"EURUSD", "", {{2 * nanos_per_hour}, {5 * nanos_per_hour}}, {1, 2}});
    const CrossSeries index = dollar_index(legs).value();
    ASSERT_EQ(index.size(), 2u);
    EXPECT_EQ(index.known[1].value, 5 * nanos_per_hour);
    EXPECT_NEAR(index.level[1] / index.level[0], std::pow(2, -0.576 / 0.958), 1e-12);
}

TEST(DollarIndex, is_the_published_formula) {
    // Vector dxy of the specification.
    std::vector<double> quotes{1.082, 154.30, 1.294, 1.395, 10.62, 0.885};
    EXPECT_NEAR(dollar_index_level(quotes), 104.505850969, 1e-8);
    quotes[0] *= 1.01;
    EXPECT_NEAR(dollar_index_level(quotes), 103.908600293, 1e-8);
}

TEST(DollarIndex, knows_which_of_its_legs_an_instrument_is_part_of) {
    using testing::ElementsAre;
    EXPECT_THAT(dollar_index_own_legs("EURUSD"), ElementsAre("EURUSD"));
    EXPECT_THAT(dollar_index_own_legs("USDCHF.oanda"), ElementsAre("USDCHF"));
    EXPECT_THAT(dollar_index_own_legs("EURJPY"), ElementsAre("EURUSD", "USDJPY"));
    EXPECT_THAT(dollar_index_own_legs("XAUUSD"), ElementsAre());
    EXPECT_THAT(dollar_index_own_legs("DXY"), ElementsAre());
}

TEST(DollarIndex, without_a_leg_shares_its_weight_among_the_others) {
    const std::vector<std::string_view> left_out{"EURUSD"};
    const auto weights = dollar_index_weights(left_out);
    EXPECT_EQ(weights[0], 0);
    EXPECT_NEAR(weights[1], 0.136 / 0.424, 1e-12);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0, [](double sum, double w) { return sum + std::abs(w); }), 1, 1e-12);
    EXPECT_EQ(dollar_index_weights({})[0], -0.576);
}

}  // namespace
}  // namespace aitrading::insight

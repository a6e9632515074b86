#include "models/ensemble/series_regimes.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t width = SeriesRegimes::states + 1;

/// Hours whose volatility switches between two levels every 400 bars.
BarColumns two_levels(std::size_t rows, std::uint64_t seed, bool volume = true) {
    SplitMix64 random(seed);
    const auto unit = [&] { return static_cast<double>(random.next_below(2'000'001)) / 1'000'000 - 1; };
    BarColumns bars;
    bars.key = {"MADE", Timeframe::h1};
    double price = 1.2;
    for (std::size_t i = 0; i < rows; ++i) {
        const double scale = i / 400 % 2 == 0 ? 3e-4 : 2e-3, open = price;
        price *= std::exp(scale * (unit() + unit()));
        bars.append({{static_cast<std::int64_t>(i) * nanos_per_hour}, Price::from_double(open), Price::from_double(std::max(open, price) * 1.0001),
                     Price::from_double(std::min(open, price) * 0.9999), Price::from_double(price),
                     Quantity::from_double(volume ? 100 * (scale > 1e-3 ? 3 : 1) * (1.2 + unit()) : 0)});
    }
    return bars;
}

TEST(series_regimes, come_from_training_rows_and_from_bars_up_to_their_own) {
    const BarColumns bars = two_levels(4000, 1);
    const LearntBlock whole = *SeriesRegimes(bars).compute(3000, 4000, 1, 1, {});
    ASSERT_EQ(whole.values.size(), 4000 * width);
    for (const std::size_t cut : {3000U, 3500U}) {
        const LearntBlock part = *SeriesRegimes(bars.slice(0, cut)).compute(3000, cut, 1, 2, {});
        EXPECT_EQ(std::memcmp(part.values.data(), whole.values.data(), cut * width * sizeof(double)), 0);
        EXPECT_EQ(part.model, whole.model);
    }
}

TEST(series_regimes, number_the_states_from_the_calmest_to_the_wildest) {
    const BarColumns bars = two_levels(4000, 2);
    for (const std::uint64_t seed : {1U, 2U, 3U}) {  // whatever the start
        const LearntBlock block = *SeriesRegimes(bars).compute(4000, 4000, seed, 1, {});
        double calm_first = 0, wild_first = 0, calm = 0, wild = 0;
        for (std::size_t i = 400; i < bars.size(); ++i) {
            if (i % 400 < 100) continue;  // a day's deviation needs a day to follow
            const double low = block.values[i * width] + block.values[i * width + 1];
            (i / 400 % 2 == 0 ? calm_first : wild_first) += low;
            (i / 400 % 2 == 0 ? calm : wild) += 1;
        }
        EXPECT_GT(calm_first / calm, 0.9);
        EXPECT_LT(wild_first / wild, 0.1);
    }
}

TEST(series_regimes, apply_makes_the_same_columns_from_what_was_kept) {
    const BarColumns bars = two_levels(3500, 3);
    const SeriesRegimes regimes(bars);
    const LearntBlock block = *regimes.compute(3000, 3500, 1, 1, {});
    const std::vector<double> again = *regimes.apply(block.model, 3500);
    EXPECT_EQ(std::memcmp(again.data(), block.values.data(), again.size() * sizeof(double)), 0);
    EXPECT_EQ(regimes.apply("rubbish", 10).error().code, ErrorCode::bad_input);
    std::string damaged = block.model;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    EXPECT_EQ(regimes.apply(damaged, 10).error().code, ErrorCode::bad_input);
    const auto other = SeriesRegimes(two_levels(3500, 3, false)).apply(block.model, 10);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().text.find("activities"), std::string::npos);
}

TEST(series_regimes, hold_probabilities_and_refuse_a_market_that_does_not_move) {
    const LearntBlock block = *SeriesRegimes(two_levels(3000, 4, false)).compute(3000, 3000, 1, 1, {});
    EXPECT_NE(block.note.find("3 states"), std::string::npos) << block.note;
    for (std::size_t i = 0; i < 3000; i += 7) {
        double sum = 0;
        for (std::size_t k = 0; k < SeriesRegimes::states; ++k) sum += block.values[i * width + k];
        ASSERT_NEAR(sum, 1, 1e-12);
        ASSERT_EQ(block.values[i * width + 3], 0);
    }
    BarColumns flat;
    flat.key = {"FLAT", Timeframe::h1};
    const Price one{1'000'000'000};
    for (int i = 0; i < 3000; ++i) flat.append({{i * nanos_per_hour}, one, one, one, one, Quantity{}});
    EXPECT_EQ(SeriesRegimes(flat).compute(3000, 3000, 1, 1, {}).error().code, ErrorCode::bad_input);
}

TEST(series_regimes, where_no_two_states_can_be_told_apart_there_is_one_and_it_is_said) {
    // Every start puts the many bars without a move into a state without spread.
    BarColumns bars = two_levels(2000, 5, false);
    for (std::size_t i = 0; i < bars.size(); ++i)
        bars.open[i] = bars.high[i] = bars.low[i] = bars.close[i] = Price::from_double(i / 97 % 2 == 0 ? 1.2 : 1.21);
    const SeriesRegimes regimes(bars);
    const auto block = regimes.compute(1500, 2000, 1, 1, {});
    ASSERT_TRUE(block) << block.error().text;
    ASSERT_NE(block->note.find("No two states"), std::string::npos) << block->note;
    for (std::size_t i = 0; i < 2000; i += 9) {
        ASSERT_EQ(block->values[i * width], 1);
        ASSERT_EQ(block->values[i * width + 1], 0);
        ASSERT_NEAR(block->values[i * width + 4], 0.5, 0.05);
    }
    EXPECT_EQ(*regimes.apply(block->model, 2000), block->values);
}

}  // namespace
}  // namespace aitrading::models

#include "models/ensemble/aged_answer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <numeric>

#include "base/random.hpp"
#include "models/ensemble/interval_stream.hpp"
#include "models/evaluation/labels.hpp"
#include "real_hours.hpp"

namespace aitrading::models {
namespace {

RowPrediction drawn(SplitMix64& random) {
    std::array<double, 3> p{random.next_uniform(), random.next_uniform(), random.next_uniform()};
    std::ranges::sort(p);
    const double middle = 20 * random.next_uniform() - 10, half = 30 * random.next_uniform();
    return {.p_up = p[1], .p_low = p[0], .p_high = p[2], .low = middle - half, .high = middle + half, .widened = 1 + random.next_uniform()};
}

TEST(AgedAnswer, never_claims_more_than_it_did_before) {
    SplitMix64 random(5);
    for (int i = 0; i < 20'000; ++i) {
        const RowPrediction said = drawn(random);
        AnswerAge age{.horizon_bars = 1 + static_cast<int>(random.next_below(200)), .base_rate = random.next_uniform()};
        RowPrediction before = said;
        for (int step = 0; step < 6; ++step) {
            const RowPrediction now = aged(said, age);
            ASSERT_LE(now.low, before.low);
            ASSERT_GE(now.high, before.high);
            ASSERT_LE(now.p_low, before.p_low);
            ASSERT_GE(now.p_high, before.p_high);
            ASSERT_GE(now.widened, before.widened);
            ASSERT_LE(std::abs(now.p_up - age.base_rate), std::abs(before.p_up - age.base_rate) + 1e-12);
            ASSERT_LE(now.p_low, now.p_up);
            ASSERT_LE(now.p_up, now.p_high);
            ASSERT_GE(now.p_low, 0);
            ASSERT_LE(now.p_high, 1);
            ASSERT_NEAR(now.low + now.high, said.low + said.high, 1e-6) << "about the same centre";
            before = now;
            age.bars += 50 * random.next_uniform() * random.next_uniform();
        }
    }
}

TEST(AgedAnswer, is_the_same_bits_at_age_0_and_worth_nothing_in_the_end) {
    SplitMix64 random(6);
    const RowPrediction said = drawn(random), now = aged(said, {.bars = 0, .horizon_bars = 3, .base_rate = 0.4}), late = aged(said, {.bars = 1e12, .horizon_bars = 3, .base_rate = 0.4});
    EXPECT_EQ(std::tie(now.p_up, now.p_low, now.p_high, now.low, now.high, now.widened), std::tie(said.p_up, said.p_low, said.p_high, said.low, said.high, said.widened));
    EXPECT_NEAR(late.p_up, 0.4, 1e-9);
    EXPECT_NEAR(late.p_low, 0, 1e-9);
    EXPECT_NEAR(late.p_high, 1, 1e-9);
    RowPrediction unknown = said;
    unknown.low = unknown.high = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(aged(unknown, {.bars = 5}).low));
    // By hand: three bars old with a horizon of one is a span four times as long.
    const RowPrediction four = aged({.p_up = 0.6, .p_low = 0.56, .p_high = 0.64, .low = -10, .high = 30}, {.bars = 3});
    EXPECT_DOUBLE_EQ(four.p_up, 0.525);
    EXPECT_DOUBLE_EQ(four.p_low, 0.14);
    EXPECT_DOUBLE_EQ(four.p_high, 0.91);
    EXPECT_NEAR(four.low, 10 - 20 * 2.143546925, 1e-8);
    EXPECT_NEAR(four.high, 10 + 20 * 2.143546925, 1e-8);
    EXPECT_NEAR(four.widened, 2.143546925, 1e-8);
}

/// What an interval made at a row has to hold some bars later, and whether it does.
struct Course {
    std::vector<double> move;  ///< per bar, basis points
    int horizon = 1;
    bool volatility = false;

    double between(std::size_t from, std::size_t to) const {
        double sum = 0;
        for (std::size_t i = from; i < to; ++i) sum += volatility ? move[i] * move[i] : move[i];
        return volatility ? 0.5 * std::log(std::max(sum / static_cast<double>(to - from), 1e-6)) : sum;
    }
    /// At `age` bars the price has moved on from the last close, then comes the horizon; a volatility is that of the horizon alone.
    double target(std::size_t row, std::size_t age) const {
        const std::size_t end = row + 1 + age + static_cast<std::size_t>(horizon);
        return between(volatility ? row + 1 + age : row + 1, end);
    }
};

std::vector<double> coverage(const Course& course, const std::vector<std::size_t>& ages, std::size_t warm) {
    IntervalStream stream({.directional = !course.volatility});
    std::vector<double> inside(ages.size());
    double rows = 0;
    const std::size_t reach = ages.back() + static_cast<std::size_t>(course.horizon) + 1;
    for (std::size_t row = 0; row + reach < course.move.size(); ++row) {
        const auto at = static_cast<std::uint32_t>(row);
        const TargetInterval said = stream.predict(at, 0.5);
        stream.label(at, at + static_cast<std::uint32_t>(course.horizon), course.target(row, 0));
        if (row < warm) continue;
        rows += 1;
        for (std::size_t k = 0; k < ages.size(); ++k) {
            const RowPrediction now = aged({.low = said.low, .high = said.high}, {.bars = static_cast<double>(ages[k]), .horizon_bars = course.horizon});
            const double target = course.target(row, ages[k]);
            inside[k] += now.low <= target && target <= now.high ? 1 : 0;
        }
    }
    for (double& share : inside) share /= rows;
    return inside;
}

void tell(const char* what, const Course& course, const std::vector<std::size_t>& ages, const std::vector<double>& covered) {
    std::printf("%s, %s over %d bars:", what, course.volatility ? "log volatility" : "return", course.horizon);
    for (std::size_t k = 0; k < ages.size(); ++k) std::printf(" age %zu %.3f", ages[k], covered[k]);
    std::printf("\n");
}

double normal(SplitMix64& random) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.next_uniform();
    return sum;
}

/// Moves whose log volatility comes back to its mean by a fiftieth a bar, with a fat tail now and then.
std::vector<double> drawn_moves(std::size_t rows) {
    SplitMix64 random(11);
    std::vector<double> moves(rows);
    double log_scale = 0;
    for (double& move : moves) {
        log_scale = 0.98 * log_scale + 0.12 * normal(random);
        move = 10 * std::exp(log_scale) * normal(random) * (random.next_below(50) == 0 ? 3 : 1);
    }
    return moves;
}

TEST(AgedAnswer, holds_its_coverage_at_every_age_on_drawn_moves) {
    const std::vector<std::size_t> ages{0, 1, 3, 10, 24, 100, 400};
    const std::vector<double> moves = drawn_moves(40'000);
    for (const auto& [horizon, volatility] : {std::pair{1, false}, {24, false}, {24, true}, {120, true}}) {
        const Course course{moves, horizon, volatility};
        const auto covered = coverage(course, ages, 2'000);
        tell("drawn", course, ages, covered);
        EXPECT_NEAR(covered[0], 0.9, 0.02);
        for (const double share : covered) EXPECT_GE(share, 0.87);
    }
}

TEST(AgedAnswer, holds_its_coverage_on_real_hours) {
    const auto path = testing_hours::shared_file("dukascopy/EURUSD_H1_to_2019-05.csv.gz");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data: set AITRADING_SHARED";
    const BarColumns bars = testing_hours::read_hours(path, "2018-02-01");
    std::vector<double> moves(bars.size());
    for (std::size_t i = 1; i < bars.size(); ++i) moves[i] = 1e4 * std::log(bars.close[i].to_double() / bars.close[i - 1].to_double());
    const std::vector<std::size_t> ages{0, 1, 3, 10, 24, 100, 400};
    for (const auto& [horizon, volatility] : {std::pair{1, false}, {24, false}, {24, true}, {120, true}}) {
        const Course course{moves, horizon, volatility};
        const auto covered = coverage(course, ages, 8'000);
        tell("EURUSD hours", course, ages, covered);
        for (const double share : covered) EXPECT_GE(share, 0.87);
    }
}

/// What a stale claim costs: log loss of a label whose probability persists for a while, by age.
TEST(AgedAnswer, costs_no_more_than_the_base_rate_where_the_claim_has_worn_off) {
    SplitMix64 random(12);
    const std::size_t rows = 60'000;
    std::vector<double> p(rows);
    double state = 0;
    for (double& at : p) {
        state = 0.8 * state + 0.6 * normal(random);
        at = 1 / (1 + std::exp(-state));
    }
    std::vector<int> y(rows);
    for (std::size_t i = 0; i < rows; ++i) y[i] = random.next_uniform() < p[i] ? 1 : 0;
    const auto loss = [](double q, int label) { return -std::log(label == 1 ? q : 1 - q); };
    for (const std::size_t age : {0U, 1U, 3U, 10U, 50U}) {
        double stale = 0, worn = 0, base = 0;
        for (std::size_t i = 0; i + 50 < rows; ++i) {
            stale += loss(p[i], y[i + age]);
            worn += loss(aged({.p_up = p[i], .p_low = 0, .p_high = 1}, {.bars = static_cast<double>(age)}).p_up, y[i + age]);
            base += loss(0.5, y[i + age]);
        }
        const auto n = static_cast<double>(rows - 50);
        std::printf("log loss at age %zu: as it was made %.4f, worn %.4f, base rate %.4f\n", age, stale / n, worn / n, base / n);
        EXPECT_LE(worn, base * 1.001) << age;
        if (age > 3) {
            EXPECT_LT(worn, stale) << age;
        }
    }
}

}  // namespace
}  // namespace aitrading::models

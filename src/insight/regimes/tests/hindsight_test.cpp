#include <cmath>
#include <set>
#include <span>
#include <type_traits>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/regimes/hindsight_labels.hpp"
#include "insight/regimes/paths.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

// Hindsight has no way into a feature.
template <class T>
constexpr bool closed = !std::is_convertible_v<T, FilteredPath> && !std::is_convertible_v<T, std::span<const double>> &&
                        !std::is_convertible_v<T, MatrixView> && !std::is_convertible_v<T, std::vector<double>> &&
                        !std::is_convertible_v<T, std::span<const Regime>> && !std::is_convertible_v<T, std::vector<Regime>>;
static_assert(closed<HindsightSegments> && closed<HindsightLabels>);

std::vector<std::size_t> ends_of(const HindsightSegments& s) {
    std::vector<std::size_t> out;
    out.reserve(s.size());
    for (std::size_t i = 0; i < s.size(); ++i) out.push_back(s.end_of(i));
    return out;
}

TEST(segments, are_those_of_ruptures_and_of_the_full_dynamic_program) {
    const auto g = golden("segments");
    const std::vector<double> x = flat(g["x"]), second = flat(g["second"]);
    const SegmentOptions options{.shortest = g["shortest"].get<std::size_t>()};
    const auto one = find_segments({x.data(), x.size(), 1, 1}, options);
    ASSERT_TRUE(one) << one.error().text;
    EXPECT_EQ(ends_of(*one), g["ends"].get<std::vector<std::size_t>>());
    EXPECT_NEAR(one->cost(), g["cost"].get<double>(), 1e-8);
    std::vector<double> both;
    for (std::size_t t = 0; t < x.size(); ++t) both.insert(both.end(), {x[t], second[t]});
    const auto two = find_segments({both.data(), x.size(), 2, 2}, options);
    EXPECT_EQ(ends_of(*two), g["ends_of_two"].get<std::vector<std::size_t>>());
    EXPECT_NEAR(two->cost(), g["cost_of_two"].get<double>(), 1e-8);
}

/// Least cost over all segmentations, without pruning.
double least_cost(const std::vector<double>& x, std::size_t shortest, double penalty) {
    std::vector<double> best(x.size() + 1, INFINITY);
    best[0] = -penalty;
    for (std::size_t t = shortest; t <= x.size(); ++t)
        for (std::size_t s = 0; s + shortest <= t; ++s) {
            double mean = 0, square = 0;
            for (std::size_t i = s; i < t; ++i) mean += x[i] / static_cast<double>(t - s);
            for (std::size_t i = s; i < t; ++i) square += (x[i] - mean) * (x[i] - mean) / static_cast<double>(t - s);
            best[t] = std::min(best[t], best[s] + static_cast<double>(t - s) * std::log(square) + penalty);
        }
    return best.back();
}

TEST(segments, cost_the_least_there_is_at_any_shortest_length) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SplitMix64 random(seed);
        std::vector<double> x;
        x.reserve(90);
        double size = 1;
        for (int t = 0; t < 90; ++t) {
            if (random.next_uniform() < 0.1) size = std::exp(random.next_normal());
            x.push_back(size * random.next_normal());
        }
        for (const std::size_t shortest : {4U, 7U, 20U})
            EXPECT_NEAR(find_segments({x.data(), x.size(), 1, 1}, {.shortest = shortest, .penalty = 6})->cost(), least_cost(x, shortest, 6), 1e-8)
                << seed << " " << shortest;
    }
}

TEST(segments, survive_a_price_that_stops_and_tell_bad_rows) {
    SplitMix64 random(2);
    std::vector<double> x;
    x.reserve(300);
    for (int t = 0; t < 300; ++t) x.push_back(t >= 100 && t < 200 ? 0.0 : random.next_normal());
    const auto found = find_segments({x.data(), 300, 1, 1}, {.shortest = 20});
    ASSERT_TRUE(found);
    EXPECT_EQ(ends_of(*found), (std::vector<std::size_t>{100, 200, 300}));
    EXPECT_EQ(find_segments({x.data(), 30, 1, 1}, {.shortest = 20}).error().code, ErrorCode::bad_input);
    EXPECT_EQ(find_segments({x.data(), 300, 1, 1}, {.shortest = 1}).error().code, ErrorCode::usage);
    EXPECT_NE(find_segments({x.data() + 100, 100, 1, 1}, {.shortest = 20}).error().text.find("the same value"), std::string::npos);
    x[7] = NAN;
    EXPECT_NE(find_segments({x.data(), 300, 1, 1}, {.shortest = 20}).error().text.find("row 7"), std::string::npos);
}

/// Stretches of `bars` bars with drift and deviation in basis points a bar.
struct Stretch {
    int bars;
    double drift, deviation;
};

std::vector<Candle> walk(const std::vector<Stretch>& stretches, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<Candle> out;
    double price = 1.2;
    for (const Stretch& s : stretches)
        for (int t = 0; t < s.bars; ++t) {
            const double open = price;
            price *= 1 + 1e-4 * (s.drift + s.deviation * random.next_normal());
            out.push_back({open, std::max(open, price) * 1.0001, std::min(open, price) * 0.9999, price, (s.deviation < 5 ? 600 : 1000) * std::exp(0.2 * random.next_normal()), 0});
        }
    return out;
}

TEST(hindsight_labels, name_whole_segments) {
    const auto bars = walk({{700, 0, 10}, {300, 0, 15}, {500, 0, 8}, {300, 8, 10}, {400, 0, 10}, {300, -8, 10}, {400, 0, 40}, {400, 0, 2}}, 3);
    const auto labels = hindsight_labels(bars, {}, {});
    ASSERT_TRUE(labels) << labels.error().text;
    ASSERT_EQ(labels->size(), bars.size());
    EXPECT_EQ(labels->segments().rows(), bars.size());
    EXPECT_EQ(labels->hindsight_regime(0), Regime::unknown);
    const auto share = [&](std::size_t from, std::size_t to, const std::set<Regime>& wanted) {
        std::size_t hits = 0;
        for (std::size_t t = from; t < to; ++t) hits += wanted.contains(labels->hindsight_regime(t)) ? 1 : 0;
        return static_cast<double>(hits) / static_cast<double>(to - from);
    };
    using enum Regime;
    EXPECT_GT(share(1520, 1780, {strong_trend_up, weak_trend_up, breakout_up, reversal}), 0.9);
    EXPECT_GT(share(2220, 2480, {strong_trend_down, weak_trend_down, breakout_down, reversal}), 0.9);
    EXPECT_GT(share(2520, 2880, {volatile_market, crisis, weak_trend_up, weak_trend_down}), 0.9);
    EXPECT_GT(share(2920, 3290, {quiet, weak_trend_up, weak_trend_down}), 0.9);
}

TEST(hindsight_labels, tell_what_is_wrong) {
    auto bars = walk({{200, 0, 10}, {200, 0, 30}}, 4);
    const std::vector<double> spread(399, 1e-4);
    EXPECT_EQ(hindsight_labels(bars, spread, {}).error().code, ErrorCode::usage);
    EXPECT_EQ(hindsight_labels(std::span(bars).first(40), {}, {}).error().code, ErrorCode::bad_input);
    bars[17].close = NAN;
    EXPECT_NE(hindsight_labels(bars, {}, {}).error().text.find("bar 17"), std::string::npos);
    const std::vector<Candle> still(400, Candle{1, 1, 1, 1, 5, 0});
    EXPECT_EQ(hindsight_labels(still, {}, {}).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::insight

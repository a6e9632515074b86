#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/trading/costs.hpp"
#include "decision/trading/ema_cross.hpp"
#include "decision/trading/make_strategy.hpp"
#include "decision/trading/rollover.hpp"

namespace aitrading::trading {
namespace {

using testing::HasSubstr;

constexpr std::int64_t hour = nanos_per_hour;

Bar bar(std::int64_t n, double close) {
    const Price p = Price::from_double(close);
    return {{n * hour}, p, p, p, p, {}};
}

/// Drives a strategy over closes as if every order were filled at once; gives the position after each bar.
std::vector<std::int64_t> positions(Strategy& strategy, const std::vector<double>& closes) {
    Account account(Money::from_double(1'000));
    OrderCommands commands;
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < closes.size(); ++i) {
        const Bar b = bar(static_cast<std::int64_t>(i), closes[i]);
        const Quote last{b.time, b.close, b.close};
        strategy.on_bar({b, {b.time.value + hour}, last}, AccountView(account, last), commands);
        for (const auto& c : commands.pending())
            account.apply({.side = c.order.side, .price = b.close, .reference = b.close, .quantity = c.order.quantity}, {});
        commands.pending().clear();
        out.push_back(account.position().raw / Quantity::scale);
    }
    return out;
}

TEST(EmaCross, waits_for_the_slow_bar_then_follows_and_reverses_in_one_order) {
    EmaCross rule({.fast = 1, .slow = 3, .size = Quantity::from_double(10)});
    EXPECT_EQ(rule.name(), "ema_cross(1,3)");
    EXPECT_THAT(positions(rule, {1, 2, 3, 4, 1, 1}), testing::ElementsAre(0, 0, 10, 10, -10, -10));
}

TEST(EmaCross, does_nothing_while_the_averages_are_equal) {
    EmaCross rule({.fast = 7, .slow = 13, .size = Quantity::from_double(10)});
    // A price that no binary fraction meets: averages must stay equal to it to the last bit.
    EXPECT_THAT(positions(rule, std::vector<double>(200, 1.10013)), testing::Each(0));
}

ProbabilitySeries series(std::vector<ProbabilityPoint> points) {
    return {.model = "m", .training_end = {5 * hour}, .points = std::move(points)};
}

ProbabilityPoint said(std::int64_t n, double p, bool out_of_fold) {
    return {{n * hour}, {(n + 1) * hour}, Probability(p), out_of_fold};
}

ProbabilityOptions options(double cost = 0) {
    return {.size = Quantity::from_double(10), .bar_nanos = hour, .round_trip_cost = Price::from_double(cost)};
}

TEST(ProbabilityStrategy, refuses_what_could_not_have_been_known) {
    struct Case {
        ProbabilityPoint point;
        const char* told;
    };
    ProbabilityPoint late = said(7, 0.6, false);
    late.known.value += 1;
    // The model was trained on bars that close up to hour 5: bar 4 is its last.
    for (const Case& c : {Case{late, "known only at"}, Case{said(4, 0.6, false), "was trained on bars"},
                          Case{said(5, 0.6, true), "marked out-of-fold after"}}) {
        const auto r = ProbabilityStrategy::create(series({c.point}), options());
        ASSERT_FALSE(r) << c.told;
        EXPECT_EQ(r.error().code, ErrorCode::gate_refused);
        EXPECT_EQ(exit_status(r.error().code), 5);
        EXPECT_THAT(r.error().text, HasSubstr(c.told));
    }
    EXPECT_TRUE(ProbabilityStrategy::create(series({said(4, 0.6, true), said(5, 0.6, false)}), options()));
}

TEST(ProbabilityStrategy, refuses_no_predictions_and_unsorted_ones) {
    EXPECT_EQ(ProbabilityStrategy::create(series({}), options()).error().code, ErrorCode::bad_input);
    EXPECT_EQ(ProbabilityStrategy::create(series({said(3, 0.6, true), said(3, 0.6, true)}), options()).error().code,
              ErrorCode::bad_input);
}

TEST(ProbabilityStrategy, trades_the_sign_where_the_edge_exceeds_the_costs) {
    std::vector<ProbabilityPoint> points;
    const std::vector<double> p{0.9, 0.9, 0.54, 0.46, 0.9, 0.1, 0.5};
    points.reserve(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) points.push_back(said(static_cast<std::int64_t>(i), p[i], i < 5));
    // Every close moves by 1, the round trip costs 0.2: from |p - 1/2| > 0.1 on. The first bar knows no move yet.
    auto rule = ProbabilityStrategy::create(series(points), options(0.2));
    ASSERT_TRUE(rule) << rule.error().text;
    EXPECT_THAT(positions(**rule, {1, 2, 3, 2, 3, 2, 3}), testing::ElementsAre(0, 10, 10, 0, 10, -10, 0));
}

TEST(ProbabilityStrategy, a_bar_without_a_prediction_changes_nothing) {
    auto rule = ProbabilityStrategy::create(series({said(1, 0.9, true), said(3, 0.1, true)}), options());
    ASSERT_TRUE(rule);
    EXPECT_THAT(positions(**rule, {1, 2, 3, 4, 5}), testing::ElementsAre(0, 10, 10, -10, -10));
}

TEST(MakeStrategy, builds_by_name_and_says_what_is_wrong) {
    StrategySetup setup;
    setup.size = Quantity::from_double(10);
    const auto rule = make_strategy(" ema_cross( 5 , 20 ) ", setup);
    ASSERT_TRUE(rule);
    EXPECT_EQ((*rule)->name(), "ema_cross(5,20)");
    for (const char* spec : {"", "ema_cross", "ema_cross()", "ema_cross(5)", "ema_cross(5,x)", "ema_cross(20,5)",
                             "ema_cross(0,5)", "ema_cross(5,5)", "ema_cross(1,99999999)", "ema_cross(1,2,3)", "sma(3)", "model:"}) {
        const auto bad = make_strategy(spec, setup);
        ASSERT_FALSE(bad) << spec;
        EXPECT_EQ(bad.error().code, ErrorCode::usage) << spec;
    }
    EXPECT_EQ(make_strategy("model:x", setup).error().code, ErrorCode::not_found);
    setup.predictions = [](std::string_view) { return Result<ProbabilitySeries>(series({said(9, 0.6, false)})); };
    setup.probability.bar_nanos = hour;
    const auto model = make_strategy("model:m", setup);
    ASSERT_TRUE(model);
    EXPECT_EQ((*model)->name(), "model:m");
    EXPECT_FALSE((*model)->notes().empty());
}

TEST(Costs, commission_by_lot_and_by_million_of_notional) {
    const auto per_lot = parse_commission("7/lot");
    const auto per_million = parse_commission("20/million");
    ASSERT_TRUE(per_lot && per_million);
    const Quantity tenth{lot.raw / 10};
    EXPECT_EQ(per_lot->of(Price::from_double(1.2), tenth), Money::from_double(0.7));
    EXPECT_EQ(per_million->of(Price::from_double(1.2), tenth), Money::from_double(0.24));
    EXPECT_EQ(per_million->of(Price::from_double(1.234567891), {lot.raw * 1'000}), Money::from_double(2469.135782));
    EXPECT_EQ(parse_commission("0")->of(Price{1}, tenth), Money{});
    for (const char* text : {"", "7", "7/lots", "x/lot", "-7/lot", "1e3/lot", "999999/lot"})
        EXPECT_FALSE(parse_commission(text)) << text;
}

TEST(Costs, distances_in_pips_points_and_prices) {
    const Price pip{100'000}, point{10'000};
    EXPECT_EQ(*parse_distance("1.0pip", pip, point), Price{100'000});
    EXPECT_EQ(*parse_distance("0.55pips", pip, point), Price{55'000});
    EXPECT_EQ(*parse_distance("12points", pip, point), Price{120'000});
    EXPECT_EQ(*parse_distance("-0.0001", pip, point), Price{-100'000});
    for (const char* text : {"", "pip", "1,0pip", "1.0.0pip", "one", "0.0000000001", "99999999999"})
        EXPECT_FALSE(parse_distance(text, pip, point)) << text;
}

TEST(Costs, slippage_and_swap) {
    const Price pip{100'000}, point{10'000};
    const Quote quote{{}, Price{1'000'000'000}, Price{1'000'200'000}};
    EXPECT_EQ(parse_slippage("0.2pip", pip, point)->of(quote, 1, 1), Price{20'000});
    EXPECT_EQ(parse_slippage("25%spread", pip, point)->of(quote, 1, 1), Price{50'000});
    const auto random = parse_slippage("random:0.5pip", pip, point);
    EXPECT_EQ(random->of(quote, 3, 1), random->of(quote, 3, 1));
    EXPECT_NE(random->of(quote, 3, 1), random->of(quote, 4, 1));
    EXPECT_NE(random->of(quote, 3, 1), random->of(quote, 3, 2));
    for (const char* text : {"-1pip", "x", "random:", "%spread", "-5%spread"})
        EXPECT_FALSE(parse_slippage(text, pip, point)) << text;
    const auto swap = parse_swap("-0.7pip/2points", pip, point);
    ASSERT_TRUE(swap);
    EXPECT_EQ(swap->long_night, Price{-70'000});
    EXPECT_EQ(swap->short_night, Price{20'000});
    EXPECT_FALSE(parse_swap("0.7pip", pip, point));
}

TEST(Costs, lots_and_money) {
    EXPECT_EQ(*parse_lots("0.1"), Quantity{lot.raw / 10});
    EXPECT_EQ(*parse_lots("1000000"), Quantity{lot.raw * 1'000'000});
    EXPECT_EQ(*parse_money("10000.50"), Money::from_double(10'000.5));
    for (const char* text : {"0", "-1", "", "1e9", "1000001"}) EXPECT_FALSE(parse_lots(text)) << text;
}

TEST(Rollover, is_17_new_york_all_year) {
    const auto next = [](const char* text) { return to_iso8601(next_rollover(*parse_iso8601(text))); };
    EXPECT_EQ(next("2018-01-15T12:00:00Z"), "2018-01-15T22:00:00Z");
    EXPECT_EQ(next("2018-07-15T12:00:00Z"), "2018-07-15T21:00:00Z");
    EXPECT_EQ(next("2018-07-15T21:00:00Z"), "2018-07-16T21:00:00Z");
    // The zone database: America/New_York changed on these days.
    EXPECT_EQ(next("2018-03-10T12:00:00Z"), "2018-03-10T22:00:00Z");
    EXPECT_EQ(next("2018-03-11T12:00:00Z"), "2018-03-11T21:00:00Z");
    EXPECT_EQ(next("2018-11-03T12:00:00Z"), "2018-11-03T21:00:00Z");
    EXPECT_EQ(next("2018-11-04T12:00:00Z"), "2018-11-04T22:00:00Z");
    EXPECT_EQ(next("2006-04-01T12:00:00Z"), "2006-04-01T22:00:00Z");
    EXPECT_EQ(next("2006-04-02T12:00:00Z"), "2006-04-02T21:00:00Z");
    EXPECT_EQ(next("2006-10-28T12:00:00Z"), "2006-10-28T21:00:00Z");
    EXPECT_EQ(next("2006-10-29T12:00:00Z"), "2006-10-29T22:00:00Z");
}

TEST(Rollover, charges_seven_nights_a_week) {
    int nights = 0;
    UnixNanos at = *parse_iso8601("2018-07-02T00:00:00Z");
    for (int i = 0; i < 7; ++i) {
        at = next_rollover(at);
        nights += nights_charged(at);
    }
    EXPECT_EQ(nights, 7);
}

}  // namespace
}  // namespace aitrading::trading

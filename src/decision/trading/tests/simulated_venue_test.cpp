#include "decision/trading/simulated_venue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace aitrading::trading {
namespace {

Price price(double p) { return Price::from_double(p); }
Quantity units(double q) { return Quantity::from_double(q); }
UnixNanos minute(std::int64_t n) { return {n * nanos_per_minute}; }

Quote quote(std::int64_t n, double bid, double ask) { return {minute(n), price(bid), price(ask)}; }
/// A bar without spread.
QuoteBar bar(std::int64_t n, double o, double h, double l, double c) {
    return {minute(n), price(o), price(h), price(l), price(c), price(o), price(h), price(l), price(c)};
}

struct Heard : VenueListener {
    std::vector<Fill> fills;
    std::vector<Refusal> refusals;
    int stop_outs = 0;
    void on_fill(const Fill& f, const std::optional<Trade>&, const Quote&) override { fills.push_back(f); }
    void on_refused(const Order&, Refusal reason) override { refusals.push_back(reason); }
    void on_stop_out(const Quote&) override { ++stop_outs; }
};

class SimulatedVenueTest : public testing::Test {
  protected:
    SimulatedVenue& venue() {
        if (!venue_) {
            venue_.emplace(cash, rules);
            venue_->listen(&heard);
        }
        return *venue_;
    }
    OrderId submit(Order order, const Quote& now = quote(0, 1.1, 1.1)) {
        order.id = ++last_id;
        venue().submit(order, now);
        return order.id;
    }
    void hold(Side side, double q, double at) {
        submit({.side = side, .quantity = units(q)});
        venue().at(quote(0, at, at), true);
        heard.fills.clear();
    }

    Money cash = Money::from_double(10'000);
    VenueRules rules;
    Heard heard;
    OrderId last_id = 0;

  private:
    std::optional<SimulatedVenue> venue_;
};

TEST_F(SimulatedVenueTest, buys_at_the_ask_and_sells_at_the_bid_of_one_quote) {
    submit({.side = Side::buy, .quantity = units(1'000)});
    submit({.side = Side::sell, .quantity = units(1'000)});
    venue().at(quote(1, 1.1000, 1.1002), true);
    ASSERT_EQ(heard.fills.size(), 2u);
    EXPECT_EQ(heard.fills[0].price, price(1.1002));
    EXPECT_EQ(heard.fills[1].price, price(1.1000));
    EXPECT_EQ(heard.fills[0].reference, price(1.1001));
    EXPECT_EQ(venue().account().equity(price(1.1001)).to_money(), Money::from_double(9'999.8));
}

TEST_F(SimulatedVenueTest, a_limit_fills_at_its_price_and_at_a_better_open) {
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1), .limit = price(1.09)});
    venue().through(bar(1, 1.10, 1.11, 1.0901, 1.10));
    EXPECT_TRUE(heard.fills.empty());
    venue().through(bar(2, 1.10, 1.11, 1.08, 1.10));
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1), .limit = price(1.09)});
    venue().through(bar(3, 1.07, 1.11, 1.06, 1.10));
    ASSERT_EQ(heard.fills.size(), 2u);
    EXPECT_EQ(heard.fills[0].price, price(1.09));
    EXPECT_EQ(heard.fills[1].price, price(1.07));
}

TEST_F(SimulatedVenueTest, a_stop_that_the_market_jumps_over_fills_at_the_worse_open) {
    hold(Side::buy, 1'000, 1.10);
    submit({.side = Side::sell, .type = OrderType::stop, .quantity = units(1'000), .stop = price(1.09)});
    venue().through(bar(1, 1.05, 1.12, 1.04, 1.11));
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.05));
}

TEST_F(SimulatedVenueTest, a_stop_inside_the_bar_fills_at_its_price_plus_slippage) {
    rules.slippage = {.kind = Slippage::Kind::fixed, .distance = price(0.0001)};
    submit({.side = Side::buy, .type = OrderType::stop, .quantity = units(1'000), .stop = price(1.12)});
    venue().through(bar(1, 1.11, 1.13, 1.10, 1.11));
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.1201));
}

TEST_F(SimulatedVenueTest, a_buy_stop_looks_at_the_ask_and_a_sell_stop_at_the_bid) {
    submit({.side = Side::buy, .type = OrderType::stop, .quantity = units(1), .stop = price(1.12)});
    submit({.side = Side::sell, .type = OrderType::stop, .quantity = units(1), .stop = price(1.08)});
    venue().at(quote(1, 1.0801, 1.1199), true);
    EXPECT_TRUE(heard.fills.empty());
    venue().at(quote(2, 1.0801, 1.12), true);
    venue().at(quote(3, 1.08, 1.11), true);
    ASSERT_EQ(heard.fills.size(), 2u);
    EXPECT_EQ(heard.fills[0].side, Side::buy);
    EXPECT_EQ(heard.fills[1].side, Side::sell);
}

TEST_F(SimulatedVenueTest, a_stop_limit_never_pays_more_than_its_limit) {
    submit({.side = Side::buy, .type = OrderType::stop_limit, .quantity = units(1), .limit = price(1.121),
            .stop = price(1.12)});
    venue().at(quote(1, 1.13, 1.13), true);  // stop reached, market beyond the limit
    EXPECT_TRUE(heard.fills.empty());
    venue().at(quote(2, 1.1205, 1.1205), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.1205));
}

TEST_F(SimulatedVenueTest, a_trailing_stop_follows_up_but_never_down) {
    hold(Side::buy, 1'000, 1.10);
    submit({.side = Side::sell, .type = OrderType::trailing_stop, .quantity = units(1'000), .trail = price(0.01)});
    venue().at(quote(1, 1.12, 1.12), true);   // stop now 1.11
    venue().at(quote(2, 1.115, 1.115), true);  // stays
    EXPECT_TRUE(heard.fills.empty());
    venue().at(quote(3, 1.109, 1.109), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.109));
}

TEST_F(SimulatedVenueTest, a_trailing_stop_inside_one_bar_takes_the_worse_path) {
    hold(Side::buy, 1'000, 1.10);
    submit({.side = Side::sell, .type = OrderType::trailing_stop, .quantity = units(1'000), .trail = price(0.01)});
    // Low first: stopped at 1.09. High first: the stop rises to 1.12 and is met there. The worse one counts.
    venue().through(bar(1, 1.10, 1.13, 1.085, 1.125));
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.09));
}

TEST_F(SimulatedVenueTest, when_both_legs_of_a_bracket_lie_in_one_bar_the_loss_comes_first) {
    for (const Side side : {Side::buy, Side::sell}) {
        for (const bool up : {true, false}) {
            const bool is_long = side == Side::buy;
            const Side back = is_long ? Side::sell : Side::buy;
            Heard now;
            SimulatedVenue v(cash, rules);
            v.listen(&now);
            v.submit({.id = 1, .side = side, .quantity = units(1'000)}, quote(0, 1.1, 1.1));
            v.submit({.id = 2, .side = back, .type = OrderType::stop, .quantity = units(1'000),
                      .stop = price(is_long ? 1.09 : 1.11), .oco_group = 9, .reduce_only = true, .after = 1}, quote(0, 1.1, 1.1));
            v.submit({.id = 3, .side = back, .type = OrderType::limit, .quantity = units(1'000),
                      .limit = price(is_long ? 1.11 : 1.09), .oco_group = 9, .reduce_only = true, .after = 1}, quote(0, 1.1, 1.1));
            v.through(bar(1, 1.10, 1.12, 1.08, up ? 1.115 : 1.085));
            ASSERT_EQ(now.fills.size(), 2u);
            EXPECT_EQ(now.fills[1].order, 2u);
            EXPECT_EQ(now.fills[1].price, price(is_long ? 1.09 : 1.11));
            EXPECT_TRUE(v.orders().empty()) << "the other leg must be cancelled";
            EXPECT_EQ(v.account().position(), Quantity{});
        }
    }
}

TEST_F(SimulatedVenueTest, an_oco_fill_cancels_its_siblings_and_their_children) {
    const OrderId up = submit({.side = Side::buy, .type = OrderType::stop, .quantity = units(1), .stop = price(1.2),
                               .oco_group = 77});
    const OrderId down = submit({.side = Side::sell, .type = OrderType::stop, .quantity = units(1), .stop = price(1.0),
                                 .oco_group = 77});
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1), .limit = price(0.9), .after = down});
    submit({.side = Side::sell, .type = OrderType::limit, .quantity = units(1), .limit = price(1.3), .after = up});
    venue().at(quote(1, 1.25, 1.25), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].order, up);
    ASSERT_EQ(venue().orders().size(), 1u);
    EXPECT_EQ(venue().orders().order(0).after, up);
}

TEST_F(SimulatedVenueTest, a_sleeping_leg_does_not_trade_before_its_parent) {
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1), .limit = price(1.05)});
    submit({.side = Side::sell, .type = OrderType::stop, .quantity = units(1), .stop = price(1.2), .after = last_id});
    venue().at(quote(1, 1.1, 1.1), true);
    EXPECT_TRUE(heard.fills.empty());
}

TEST_F(SimulatedVenueTest, cancelled_orders_stay_away_with_their_children) {
    const OrderId id = submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1), .limit = price(1.05)});
    submit({.side = Side::sell, .type = OrderType::stop, .quantity = units(1), .stop = price(1.0), .after = id});
    EXPECT_TRUE(venue().cancel(id));
    EXPECT_FALSE(venue().cancel(id));
    EXPECT_TRUE(venue().orders().empty());
}

TEST_F(SimulatedVenueTest, orders_are_cut_down_to_whole_lot_steps) {
    rules.lot_step = Quantity{lot.raw / 100};
    submit({.side = Side::buy, .quantity = units(1'700)});
    submit({.side = Side::buy, .quantity = units(999)});
    venue().at(quote(1, 1.1, 1.1), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].quantity, units(1'000));
    EXPECT_THAT(heard.refusals, testing::ElementsAre(Refusal::below_lot_step));
}

TEST_F(SimulatedVenueTest, reduce_only_never_opens) {
    hold(Side::buy, 1'000, 1.1);
    submit({.side = Side::sell, .quantity = units(5'000), .reduce_only = true});
    submit({.side = Side::sell, .quantity = units(5'000), .reduce_only = true});
    venue().at(quote(1, 1.1, 1.1), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].quantity, units(1'000));
    EXPECT_THAT(heard.refusals, testing::ElementsAre(Refusal::nothing_to_reduce));
}

TEST_F(SimulatedVenueTest, orders_without_their_prices_are_refused) {
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1)});
    submit({.side = Side::buy, .type = OrderType::stop_limit, .quantity = units(1), .stop = price(1)});
    submit({.side = Side::buy});
    EXPECT_EQ(heard.refusals.size(), 3u);
    EXPECT_TRUE(venue().orders().empty());
}

TEST_F(SimulatedVenueTest, margin_lets_close_but_not_open) {
    rules.leverage = 30;
    cash = Money::from_double(1'000);
    submit({.side = Side::buy, .quantity = units(30'000)});  // 33,000 of notional needs 1,100
    venue().at(quote(1, 1.1, 1.1), true);
    EXPECT_TRUE(heard.fills.empty());
    submit({.side = Side::buy, .quantity = units(20'000)});
    submit({.side = Side::sell, .quantity = units(60'000)});  // closes 20,000, may not open 40,000
    venue().at(quote(2, 1.1, 1.1), true);
    ASSERT_EQ(heard.fills.size(), 2u);
    EXPECT_EQ(heard.fills[1].quantity, units(20'000));
    EXPECT_EQ(heard.refusals.size(), 2u);
}

TEST_F(SimulatedVenueTest, closes_by_force_where_equity_meets_the_stop_out_share) {
    rules.leverage = 30;
    rules.stop_out_percent = 50;
    cash = Money::from_double(1'000);
    for (const Side side : {Side::buy, Side::sell}) {
        Heard now;
        SimulatedVenue v(cash, rules);
        v.listen(&now);
        v.submit({.id = 1, .side = side, .quantity = units(20'000)}, quote(0, 1.1, 1.1));
        v.through(side == Side::buy ? bar(1, 1.1, 1.11, 1.0, 1.05) : bar(1, 1.1, 1.2, 1.09, 1.15));
        ASSERT_EQ(now.fills.size(), 2u);
        EXPECT_EQ(now.stop_outs, 1);
        EXPECT_EQ(v.account().position(), Quantity{});
        const Price at = now.fills[1].price;
        const double margin = 20'000 * at.to_double() / 30;
        EXPECT_NEAR(v.account().cash().to_double(), 0.5 * margin, 1e-4) << to_decimal(at, 9);
    }
}

TEST_F(SimulatedVenueTest, a_gap_through_the_stop_out_price_closes_at_what_is_there) {
    rules.leverage = 30;
    rules.stop_out_percent = 50;
    cash = Money::from_double(1'000);
    hold(Side::buy, 20'000, 1.1);
    venue().at(quote(1, 1.0, 1.0), true);
    ASSERT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(heard.fills[0].price, price(1.0));
    EXPECT_EQ(venue().account().cash().to_money(), Money::from_double(-1'000));
}

TEST_F(SimulatedVenueTest, a_stop_out_takes_the_waiting_orders_with_it) {
    rules.leverage = 30;
    rules.stop_out_percent = 50;
    cash = Money::from_double(1'000);
    hold(Side::buy, 20'000, 1.1);
    submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1'000), .limit = price(1.02)});
    venue().through(bar(1, 1.1, 1.1, 1.0, 1.0));  // forced at about 1.068, and on through the limit
    EXPECT_EQ(heard.fills.size(), 1u);
    EXPECT_EQ(venue().account().position(), Quantity{});
}

TEST_F(SimulatedVenueTest, a_night_of_swap_brings_the_stop_out_nearer) {
    rules.leverage = 30;
    rules.stop_out_percent = 50;
    rules.swap = {price(-0.01), {}};
    cash = Money::from_double(1'000);
    venue().pass_time(*parse_iso8601("2018-07-02T12:00:00Z"));
    hold(Side::buy, 20'000, 1.1);
    venue().at(quote(1, 1.075, 1.075), false);
    EXPECT_EQ(heard.stop_outs, 0) << "without interest it is at 1.0678";
    venue().pass_time(*parse_iso8601("2018-07-02T21:00:00Z"));
    venue().at(quote(2, 1.075, 1.075), false);
    EXPECT_EQ(heard.stop_outs, 1) << "200 less in cash: 1.0780";
}

TEST_F(SimulatedVenueTest, swap_is_charged_at_17_new_york_and_threefold_on_wednesday) {
    rules.swap = {price(-0.00005), price(0.00002)};
    const auto at = [](const char* text) { return *parse_iso8601(text); };
    venue().pass_time(at("2018-07-02T12:00:00Z"));  // Monday, New York keeps summer time
    hold(Side::buy, 10'000, 1.1);
    const auto cash_after = [&](const char* text) {
        venue().pass_time(at(text));
        return (venue().account().cash() - venue().account().start()).to_money() + Money::from_double(11'000);
    };
    EXPECT_EQ(cash_after("2018-07-02T20:59:59Z"), Money{});
    EXPECT_EQ(cash_after("2018-07-02T21:00:00Z"), Money::from_double(-0.5));
    EXPECT_EQ(cash_after("2018-07-03T21:00:00Z"), Money::from_double(-1.0));
    EXPECT_EQ(cash_after("2018-07-04T21:00:00Z"), Money::from_double(-2.5));  // Wednesday
    EXPECT_EQ(cash_after("2018-07-08T22:00:00Z"), Money::from_double(-3.5));  // Thursday, Friday, no weekend
    EXPECT_EQ(cash_after("2018-07-09T21:00:00Z"), Money::from_double(-4.0));  // seven nights a week
    EXPECT_EQ(venue().account().costs().swap.to_money(), Money::from_double(4.0));
}

TEST_F(SimulatedVenueTest, random_slippage_is_the_same_at_every_run_and_never_helps) {
    rules.slippage = {.kind = Slippage::Kind::random, .distance = price(0.0005)};
    std::vector<Price> first;
    for (int run = 0; run < 2; ++run) {
        Heard now;
        SimulatedVenue v(cash, rules);
        v.listen(&now);
        for (OrderId id = 1; id <= 50; ++id) {
            v.submit({.id = id, .side = Side::sell, .quantity = units(1)}, quote(0, 1.1, 1.1));
            v.at(quote(1, 1.1, 1.1), true);
        }
        std::vector<Price> prices;
        for (const Fill& f : now.fills) {
            EXPECT_LE(f.price, price(1.1));
            EXPECT_GE(f.price, price(1.0995));
            prices.push_back(f.price);
        }
        if (run == 0) first = prices;
        EXPECT_EQ(prices, first);
    }
}

/// Answers every fill with an order that trades at once.
struct Restless : VenueListener {
    SimulatedVenue* venue = nullptr;
    OrderId id = 1;
    void on_fill(const Fill&, const std::optional<Trade>&, const Quote& at) override {
        venue->submit({.id = ++id, .side = Side::buy, .type = OrderType::stop, .quantity = {1}, .stop = Price{1}}, at);
    }
    void on_refused(const Order&, Refusal) override {}
    void on_stop_out(const Quote&) override {}
};

TEST_F(SimulatedVenueTest, a_strategy_that_answers_every_fill_cannot_stop_the_clock) {
    Restless restless;
    SimulatedVenue v(cash, rules);
    restless.venue = &v;
    v.listen(&restless);
    v.submit({.id = 1, .side = Side::buy, .quantity = {1}}, quote(0, 1.1, 1.1));
    v.at(quote(1, 1.1, 1.1), true);
    v.through(bar(2, 1.1, 1.2, 1.0, 1.1));
    EXPECT_LT(restless.id, 1'000u);
}

}  // namespace
}  // namespace aitrading::trading

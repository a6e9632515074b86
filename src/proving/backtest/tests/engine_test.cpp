#include "proving/backtest/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/random.hpp"
#include "decision/trading/ema_cross.hpp"
#include "decision/trading/probability_strategy.hpp"
#include "proving/backtest/driver.hpp"
#include "proving/backtest/tests/made_series.hpp"

namespace aitrading::backtest {
namespace {

using trading::AccountView;
using trading::BarClosed;
using trading::OrderCommands;

Price price(double p) { return Price::from_double(p); }
Quantity units(double q) { return Quantity::from_double(q); }

/// A strategy made of a function.
class Scripted final : public trading::Strategy {
  public:
    using Body = std::function<void(std::int64_t bar, const BarClosed&, const AccountView&, OrderCommands&)>;
    explicit Scripted(Body body) : body_(std::move(body)) {}
    std::string name() const override { return "scripted"; }
    void on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) override {
        decided.push_back(event.known);
        body_(count_++, event, account, out);
    }

    std::vector<UnixNanos> decided;

  private:
    Body body_;
    std::int64_t count_ = 0;
};

/// Orders of every kind, drawn from a seed; answers depend on the past alone.
Scripted random_trader(std::uint64_t seed) {
    return Scripted([random = SplitMix64(seed)](std::int64_t, const BarClosed& e, const AccountView& a,
                                                OrderCommands& out) mutable {
        if (random.next_below(3) != 0) return;
        const Price away{static_cast<std::int64_t>(random.next_below(3'000'000))};
        const Side side = random.next_below(2) == 0 ? Side::buy : Side::sell;
        const std::int64_t sign = side == Side::buy ? 1 : -1;
        const Price above{e.bar.close.raw + sign * away.raw}, below{e.bar.close.raw - sign * away.raw};
        Order o{.side = side, .quantity = {1'000'000 * static_cast<std::int64_t>(1 + random.next_below(20'000))}};
        switch (random.next_below(6)) {
            case 0: break;
            case 1: o.type = OrderType::limit, o.limit = below; break;
            case 2: o.type = OrderType::stop, o.stop = above; break;
            case 3: o.type = OrderType::stop_limit, o.stop = above, o.limit = above; break;
            case 4: o.type = OrderType::trailing_stop, o.trail = Price{away.raw + 1}; break;
            default: {
                const OrderId parent = out.submit(o);
                const OrderId group = out.new_group();
                const Side exit = side == Side::buy ? Side::sell : Side::buy;
                out.submit({.side = exit, .type = OrderType::stop, .quantity = o.quantity, .stop = below,
                            .oco_group = group, .reduce_only = true, .after = parent});
                out.submit({.side = exit, .type = OrderType::limit, .quantity = o.quantity, .limit = above,
                            .oco_group = group, .reduce_only = true, .after = parent});
                return;
            }
        }
        if (a.position().raw != 0 && random.next_below(4) == 0) o.reduce_only = true;
        out.submit(o);
    });
}

RunOptions costly() {
    RunOptions options;
    options.series = {"EURUSD", Timeframe::h1};
    options.spread = price(0.00012);
    options.engine.rules.commission = {trading::Commission::Kind::per_million, Money::from_double(20)};
    options.engine.rules.slippage = {.kind = trading::Slippage::Kind::random, .distance = price(0.00005)};
    options.engine.rules.swap = {price(-0.00007), price(0.00002)};
    return options;
}

TEST(Engine, equity_is_cash_plus_fills_minus_costs_to_the_last_millionth) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Scripted strategy = random_trader(seed);
        const BarColumns bars = made_bars(3'000, seed);
        const auto r = run_bars(stream_of(bars), strategy, costly(), {});
        ASSERT_TRUE(r) << r.error().text;
        ASSERT_GT(r->fills, 200);
        trading::Wide cash = trading::Amount::of(r->cash).raw, at_reference = cash;
        Quantity held;
        for (const Fill& f : r->fill_list) {
            const std::int64_t sign = f.side == Side::buy ? 1 : -1;
            cash -= trading::Wide{sign} * f.price.raw * f.quantity.raw + trading::Amount::of(f.commission).raw;
            at_reference -= trading::Wide{sign} * f.reference.raw * f.quantity.raw;
            held.raw += sign * f.quantity.raw;
            ASSERT_GE(sign * (f.price.raw - f.reference.raw), 0) << "a fill must never beat the mid";
        }
        const trading::Amount marked = trading::Amount::of(bars.close.back(), held);
        const trading::Amount swap = trading::Amount::of(r->cost_parts.swap);
        // Swap leaves the engine rounded to a millionth; everything else is exact.
        EXPECT_LE(std::abs((trading::Amount{cash} + marked - swap).to_money().raw - r->final_equity.raw), 1);
        EXPECT_LE(std::abs((trading::Amount{at_reference} + marked).to_money().raw - (r->cash + r->gross).raw), 4);
        EXPECT_EQ(r->net, r->gross - r->costs);
        EXPECT_EQ(r->final_equity, r->cash + r->net);
    }
}

TEST(Engine, nothing_fills_before_its_decision_is_known) {
    for (const FillRule rule : {FillRule::next_open, FillRule::same_close}) {
        RunOptions options = costly();
        options.engine.fill = rule;
        std::vector<UnixNanos> submitted{{}};
        Scripted strategy([&](std::int64_t n, const BarClosed& e, const AccountView&, OrderCommands& out) {
            if (n % 3 == 0) out.market(n % 2 == 0 ? Side::buy : Side::sell, units(100));
            else if (n % 3 == 1)
                out.submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(10), .limit = e.bar.close});
            else return;
            submitted.push_back(e.known);
        });
        const auto r = run_bars(stream_of(made_bars(2'000, 5)), strategy, options, {});
        ASSERT_TRUE(r);
        ASSERT_GT(r->fills, 500);
        for (const Fill& f : r->fill_list) ASSERT_GE(f.time, submitted[f.order]);
    }
}

TEST(Engine, cutting_the_input_leaves_earlier_fills_as_they_were) {
    const BarColumns bars = made_bars(2'000, 9);
    Scripted whole_strategy = random_trader(4);
    const auto whole = run_bars(stream_of(bars), whole_strategy, costly(), {});
    ASSERT_TRUE(whole);
    SplitMix64 random(3);
    for (int i = 0; i < 20; ++i) {
        const std::size_t cut = 1 + random.next_below(bars.size() - 1);
        Scripted strategy = random_trader(4);
        const auto part = run_bars(stream_of(bars.slice(0, cut)), strategy, costly(), {});
        ASSERT_TRUE(part);
        ASSERT_LE(part->fills, whole->fills);
        const std::vector<Fill> expected(whole->fill_list.begin(), whole->fill_list.begin() + part->fills);
        ASSERT_EQ(part->fill_list, expected) << "cut at " << cut;
        if (part->fills == whole->fills) continue;
        ASSERT_GE(whole->fill_list[part->fill_list.size()].time, bars.time[cut]);
    }
}

TEST(Engine, batches_of_any_size_give_the_same_run) {
    const BarColumns bars = made_bars(1'000, 2);
    std::string hash;
    for (const std::size_t batch : {1u, 7u, 1'000u}) {
        Scripted strategy = random_trader(4);
        const auto r = run_bars(stream_of(bars, batch), strategy, costly(), {});
        ASSERT_TRUE(r);
        if (hash.empty()) hash = r->hash;
        EXPECT_EQ(r->hash, hash);
    }
}

TEST(Engine, the_hash_covers_every_fill_and_the_account) {
    const BarColumns bars = made_bars(1'000, 2);
    trading::EmaCross a({.fast = 5, .slow = 20, .size = units(10'000)});
    trading::EmaCross b({.fast = 5, .slow = 20, .size = units(10'001)});
    trading::EmaCross c({.fast = 5, .slow = 20, .size = units(10'000)});
    RunOptions richer = costly();
    richer.engine.cash = Money::from_double(10'000.000001);
    const auto first = run_bars(stream_of(bars), a, costly(), {});
    EXPECT_NE(first->hash, run_bars(stream_of(bars), b, costly(), {})->hash);
    EXPECT_NE(first->hash, run_bars(stream_of(bars), c, richer, {})->hash);
}

TEST(Engine, long_lists_are_cut_but_counted) {
    const BarColumns bars = made_bars(2'000, 2);
    RunOptions options = costly();
    trading::EmaCross full({.fast = 2, .slow = 5, .size = units(10'000)});
    const auto whole = run_bars(stream_of(bars), full, options, {});
    options.engine.list_max = 10;
    trading::EmaCross again({.fast = 2, .slow = 5, .size = units(10'000)});
    const auto cut = run_bars(stream_of(bars), again, options, {});
    EXPECT_EQ(cut->fill_list.size(), 10u);
    EXPECT_EQ(cut->trade_list.size(), 10u);
    EXPECT_EQ(cut->fills, whole->fills);
    EXPECT_EQ(cut->trades, whole->trades);
    EXPECT_EQ(cut->wins, whole->wins);
    EXPECT_EQ(cut->hash, whole->hash);
    EXPECT_THAT(cut->notes, testing::Contains(testing::HasSubstr("counted but not listed")));
}

// The quote jumps up by more than the spread and back, minute after minute. Whoever sees a new bid beside the ask of
// the minute before sells to a buyer that was never there: he earns on every minute. With both sides of one quote every
// round trip at one instant costs exactly the spread.
TEST(Engine, a_new_bid_is_never_seen_with_an_old_ask) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::m1};
    TickColumns ticks;
    for (std::int64_t n = 0; n < 1'000; ++n) {
        const double bid = n % 2 == 0 ? 1.1000 : 1.1010, ask = bid + 0.0002;
        bars.append({{n * nanos_per_minute}, price(bid), price(bid), price(bid), price(bid), {}});
        for (auto* column : {&bars.ask_open, &bars.ask_high, &bars.ask_low, &bars.ask_close}) column->push_back(price(ask));
        ticks.append({{n * nanos_per_minute}, price(bid), price(ask), {}, {}});
    }
    const auto both_sides = [](std::int64_t, const BarClosed& e, const AccountView&, OrderCommands& out) {
        ASSERT_LE(e.last.bid, e.last.ask);
        ASSERT_EQ(e.last.ask - e.last.bid, price(0.0002));
        out.market(Side::buy, units(1'000));
        out.market(Side::sell, units(1'000));
    };
    for (const FillRule rule : {FillRule::next_open, FillRule::same_close}) {
        RunOptions options;
        options.series = bars.key;
        options.engine.fill = rule;
        Scripted on_bars(both_sides), on_ticks(both_sides);
        const auto b = run_bars(stream_of(bars), on_bars, options, {});
        const auto t = run_ticks(stream_of(ticks), on_ticks, options, {});
        ASSERT_TRUE(b && t);
        EXPECT_EQ(b->gross, Money{}) << "no profit may come out of nothing";
        EXPECT_EQ(b->net, Money{-200'000 * b->fills / 2});  // 0.2 for each pair
        EXPECT_GE(b->fills, 1'998);
        EXPECT_EQ(t->hash, b->hash);
    }
}

// Resting orders around the quote: the buyer's limit lies at the old ask, the seller's at the new bid.
TEST(Engine, resting_orders_on_both_sides_of_a_jumping_quote_earn_nothing_that_is_not_there) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::m1};
    for (std::int64_t n = 0; n < 500; ++n) {
        bars.append({{n * nanos_per_minute}, price(1.1), price(1.1), price(1.1), price(1.1), {}});
        for (auto* column : {&bars.ask_open, &bars.ask_high, &bars.ask_low, &bars.ask_close})
            column->push_back(price(n % 2 == 0 ? 1.1002 : 1.1004));  // only the spread breathes
    }
    Scripted strategy([](std::int64_t, const BarClosed&, const AccountView&, OrderCommands& out) {
        out.submit({.side = Side::buy, .type = OrderType::limit, .quantity = units(1'000), .limit = price(1.1002)});
        out.submit({.side = Side::sell, .type = OrderType::limit, .quantity = units(1'000), .limit = price(1.1)});
    });
    RunOptions options;
    options.series = bars.key;
    const auto r = run_bars(stream_of(bars), strategy, options, {});
    ASSERT_TRUE(r);
    EXPECT_LT(r->net.raw, 0);
    EXPECT_EQ(r->wins, 0);
}

TEST(Engine, daily_equity_and_drawdown_follow_the_bars) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    const std::vector<double> closes{1.0, 1.1, 1.3, 1.2, 1.0, 1.4};
    for (std::size_t i = 0; i < closes.size(); ++i) {
        const Price p = price(closes[i]);
        bars.append({{static_cast<std::int64_t>(i) * 12 * nanos_per_hour}, p, p, p, p, {}});
    }
    Scripted strategy([](std::int64_t n, const BarClosed&, const AccountView&, OrderCommands& out) {
        if (n == 0) out.market(Side::buy, units(10'000));
    });
    RunOptions options;
    options.series = bars.key;
    const auto r = run_bars(stream_of(bars), strategy, options, {});
    ASSERT_TRUE(r);
    ASSERT_EQ(r->daily.size(), 3u);
    EXPECT_EQ(r->daily[0].equity, Money::from_double(10'000));
    EXPECT_EQ(r->daily[1].equity, Money::from_double(11'000));
    EXPECT_EQ(r->daily[2].equity, Money::from_double(13'000));
    EXPECT_EQ(r->daily[0].time.value, nanos_per_day);
    EXPECT_DOUBLE_EQ(r->max_drawdown, 3'000.0 / 12'000.0);
    EXPECT_DOUBLE_EQ(r->daily[1].drawdown, 1'000.0 / 12'000.0);
}

}  // namespace
}  // namespace aitrading::backtest

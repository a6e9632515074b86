#include "proving/backtest/driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/trading/ema_cross.hpp"
#include "proving/backtest/tests/made_series.hpp"
#include "proving/backtest/vectorised.hpp"

namespace aitrading::backtest {
namespace {

using testing::HasSubstr;
using trading::EmaCross;

EmaCross cross() { return EmaCross({.fast = 5, .slow = 20, .size = Quantity::from_double(10'000)}); }

RunOptions options_for(Timeframe timeframe) {
    RunOptions options;
    options.series = {"EURUSD", timeframe};
    options.engine.rules.commission = {trading::Commission::Kind::per_lot, Money::from_double(7)};
    return options;
}

/// Waits with one order at a level, once.
class OneOrder final : public trading::Strategy {
  public:
    explicit OneOrder(std::vector<Order> orders) : orders_(std::move(orders)) {}
    std::string name() const override { return "one_order"; }
    void on_bar(const trading::BarClosed&, const trading::AccountView&, trading::OrderCommands& out) override {
        for (const Order& o : orders_) out.submit(o);
        orders_.clear();
    }

  private:
    std::vector<Order> orders_;
};

TEST(Driver, ticks_and_the_bars_made_from_them_give_the_same_fills) {
    const TickColumns ticks = made_ticks(60'000, 11);
    for (const Timeframe timeframe : {Timeframe::m1, Timeframe::m5, Timeframe::h1}) {
        const BarColumns bars = grouped(ticks, duration_nanos(timeframe), timeframe);
        EmaCross on_ticks = cross(), on_bars = cross();
        const RunOptions options = options_for(timeframe);
        const auto t = run_ticks(stream_of(ticks), on_ticks, options, {});
        const auto b = run_bars(stream_of(bars), on_bars, options, {});
        ASSERT_TRUE(t && b);
        ASSERT_GT(b->fills, 10);
        EXPECT_EQ(t->bars, b->bars);
        EXPECT_EQ(t->ticks, 60'000);
        ASSERT_EQ(t->fills, b->fills);
        for (std::size_t i = 0; i < t->fill_list.size(); ++i) {
            Fill from_tick = t->fill_list[i];
            const Fill& from_bar = b->fill_list[i];
            // A bar knows the time of its opening only, a tick its own.
            EXPECT_EQ(from_tick.time.value / duration_nanos(timeframe) * duration_nanos(timeframe), from_bar.time.value);
            from_tick.time = from_bar.time;
            EXPECT_EQ(from_tick, from_bar);
        }
        EXPECT_EQ(t->net, b->net);
        EXPECT_EQ(t->max_drawdown, b->max_drawdown);
        EXPECT_EQ(t->cost_parts.spread, b->cost_parts.spread);
    }
}

TEST(Driver, a_tick_by_itself_is_a_bar) {
    const TickColumns ticks = made_ticks(5'000, 3);
    EmaCross strategy = cross();
    const auto r = run_ticks(stream_of(ticks), strategy, options_for(Timeframe::ticks), {});
    ASSERT_TRUE(r);
    EXPECT_EQ(r->bars, 5'000);
    EXPECT_GT(r->fills, 100);
}

TEST(Driver, bars_on_their_own_ticks_give_the_tick_run) {
    const TickColumns ticks = made_ticks(40'000, 6);
    const BarColumns bars = grouped(ticks, duration_nanos(Timeframe::m5), Timeframe::m5);
    EmaCross a = cross(), b = cross();
    const RunOptions options = options_for(Timeframe::m5);
    const auto whole = run_ticks(stream_of(ticks), a, options, {});
    const auto finer = run_bars_on_ticks(bars, stream_of(ticks), b, options, {});
    ASSERT_TRUE(whole && finer);
    EXPECT_EQ(finer->fill_list, whole->fill_list);
    EXPECT_EQ(finer->bars, whole->bars);
    EXPECT_EQ(finer->net, whole->net);
}

TEST(Driver, finer_data_decides_which_leg_is_touched_first) {
    const auto price = [](double p) { return Price::from_double(p); };
    const auto at = [](std::int64_t minute) { return UnixNanos{minute * nanos_per_minute}; };
    BarColumns hours, minutes;
    hours.key = {"EURUSD", Timeframe::h1};
    minutes.key = {"EURUSD", Timeframe::m1};
    hours.append({at(0), price(1.1), price(1.1), price(1.1), price(1.1), {}});
    hours.append({at(60), price(1.1), price(1.12), price(1.08), price(1.1), {}});
    minutes.append({at(0), price(1.1), price(1.1), price(1.1), price(1.1), {}});
    minutes.append({at(60), price(1.1), price(1.12), price(1.1), price(1.11), {}});  // the high comes first
    minutes.append({at(90), price(1.11), price(1.11), price(1.08), price(1.1), {}});
    const auto bracket = [&] {
        return OneOrder({{.side = Side::buy, .quantity = Quantity::from_double(1'000)},
                         {.side = Side::sell, .type = OrderType::stop, .quantity = Quantity::from_double(1'000),
                          .stop = price(1.09), .oco_group = 9, .reduce_only = true},
                         {.side = Side::sell, .type = OrderType::limit, .quantity = Quantity::from_double(1'000),
                          .limit = price(1.115), .oco_group = 9, .reduce_only = true}});
    };
    OneOrder worst = bracket(), real = bracket();
    RunOptions options;
    options.series = hours.key;
    const auto guessed = run_bars(stream_of(hours), worst, options, {});
    const auto known = run_bars_on_bars(hours, stream_of(minutes), real, options, {});
    ASSERT_TRUE(guessed && known);
    EXPECT_EQ(guessed->net, Money::from_double(-10));
    EXPECT_EQ(known->net, Money::from_double(15));
}

/// Gone through once more by itself, the bar would lift the stop at its high and then fall through it.
TEST(Driver, a_bar_with_finer_data_is_not_executed_a_second_time) {
    const auto price = [](double p) { return Price::from_double(p); };
    const auto at = [](std::int64_t minute) { return UnixNanos{minute * nanos_per_minute}; };
    BarColumns hours, minutes;
    hours.key = {"EURUSD", Timeframe::h1};
    minutes.key = {"EURUSD", Timeframe::m1};
    hours.append({at(0), price(1.1), price(1.1), price(1.1), price(1.1), {}});
    hours.append({at(60), price(1.1), price(1.12), price(1.08), price(1.115), {}});
    minutes.append({at(0), price(1.1), price(1.1), price(1.1), price(1.1), {}});
    minutes.append({at(60), price(1.1), price(1.1), price(1.08), price(1.095), {}});  // the low comes first
    minutes.append({at(90), price(1.095), price(1.12), price(1.095), price(1.115), {}});
    OneOrder trailed({{.side = Side::buy, .quantity = Quantity::from_double(1'000)},
                      {.side = Side::sell, .type = OrderType::trailing_stop, .quantity = Quantity::from_double(1'000),
                       .trail = price(0.03), .reduce_only = true}});
    RunOptions options;
    options.series = hours.key;
    const auto known = run_bars_on_bars(hours, stream_of(minutes), trailed, options, {});
    ASSERT_TRUE(known);
    EXPECT_EQ(known->fills, 1);
    EXPECT_EQ(known->net, Money::from_double(15));
}

/// Buys at once and protects what it bought when it hears of the fill.
class Protector final : public trading::Strategy {
  public:
    std::string name() const override { return "protector"; }
    void on_bar(const trading::BarClosed&, const trading::AccountView& account, trading::OrderCommands& out) override {
        if (account.position().raw == 0) out.submit({.side = Side::buy, .quantity = Quantity::from_double(1'000)});
    }
    void on_fill(const Fill& fill, const trading::AccountView&, trading::OrderCommands& out) override {
        if (fill.side == Side::sell) return;
        out.submit({.side = Side::sell, .type = OrderType::stop, .quantity = fill.quantity,
                    .stop = fill.price - Price::from_double(0.01), .reduce_only = true});
    }
};

TEST(Driver, an_order_that_answers_a_fill_works_within_the_same_bar) {
    const auto price = [](double p) { return Price::from_double(p); };
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    bars.append({{0}, price(1.1), price(1.1), price(1.1), price(1.1), {}});
    bars.append({{nanos_per_hour}, price(1.1), price(1.1), price(1.08), price(1.1), {}});
    Protector strategy;
    RunOptions options;
    options.series = bars.key;
    const auto r = run_bars(stream_of(bars), strategy, options, {});
    ASSERT_TRUE(r);
    EXPECT_EQ(r->fills, 2);
    EXPECT_EQ(r->net, Money::from_double(-10));
}

TEST(Driver, bars_without_finer_data_are_executed_by_themselves) {
    const BarColumns bars = made_bars(500, 8);
    BarColumns finer = bars.slice(100, 200);
    finer.key.timeframe = Timeframe::m1;
    EmaCross a = cross(), b = cross();
    const RunOptions options = options_for(Timeframe::h1);
    const auto alone = run_bars(stream_of(bars), a, options, {});
    const auto mixed = run_bars_on_bars(bars, stream_of(finer), b, options, {});
    ASSERT_TRUE(alone && mixed);
    EXPECT_EQ(mixed->hash, alone->hash);
    EXPECT_EQ(mixed->bars, 500);
}

struct BadBars {
    const char* what;
    void (*spoil)(BarColumns&);
    const char* told;
};

TEST(Driver, refuses_bars_that_no_market_made_with_row_and_reason) {
    const BadBars cases[] = {
        {"unsorted", [](BarColumns& b) { std::swap(b.time[5], b.time[6]); }, "sort the rows"},
        {"doubled", [](BarColumns& b) { b.time[6] = b.time[5]; }, "does not come after"},
        {"negative", [](BarColumns& b) { b.low[6] = Price{-1}; }, "not a positive price"},
        {"outside", [](BarColumns& b) { b.close[6] = b.high[6] + Price{1}; }, "between low and high"},
        {"huge", [](BarColumns& b) { b.high[6] = Price{INT64_MAX / 2}; }, "fewer --lots"},
    };
    for (const BadBars& c : cases) {
        BarColumns bars = made_bars(20, 1);
        c.spoil(bars);
        EmaCross strategy = cross();
        const auto r = run_bars(stream_of(bars), strategy, options_for(Timeframe::h1), {});
        ASSERT_FALSE(r) << c.what;
        EXPECT_EQ(r.error().code, ErrorCode::bad_input) << c.what;
        EXPECT_THAT(r.error().text, HasSubstr(c.told));
        EXPECT_THAT(r.error().text, HasSubstr("row 7")) << c.what;
        EmaCross again = cross();
        EXPECT_FALSE(run_vectorised(bars, again, trading::lot, options_for(Timeframe::h1), {})) << c.what;
    }
}

TEST(Driver, refuses_crossed_quotes_and_time_that_runs_back) {
    TickColumns ticks = made_ticks(20, 1);
    ticks.ask[4] = ticks.bid[4] - Price{1};
    EmaCross a = cross();
    const auto crossed = run_ticks(stream_of(ticks), a, options_for(Timeframe::m1), {});
    ASSERT_FALSE(crossed);
    EXPECT_EQ(crossed.error().code, ErrorCode::bad_input);
    EXPECT_THAT(crossed.error().text, HasSubstr("crossed"));
    EXPECT_THAT(crossed.error().text, HasSubstr("row 5"));

    ticks = made_ticks(20, 1);
    ticks.time[9] = {ticks.time[8].value - 1};
    EmaCross b = cross();
    const auto back = run_ticks(stream_of(ticks), b, options_for(Timeframe::m1), {});
    ASSERT_FALSE(back);
    EXPECT_THAT(back.error().text, HasSubstr("row 10"));

    BarColumns bars = made_bars(20, 1);
    for (auto* column : {&bars.ask_open, &bars.ask_high, &bars.ask_low, &bars.ask_close}) *column = bars.low;
    EmaCross c = cross();
    EXPECT_FALSE(run_bars(stream_of(bars), c, options_for(Timeframe::h1), {}));
}

TEST(Driver, refuses_an_empty_series) {
    EmaCross a = cross(), b = cross(), c = cross();
    const RunOptions options = options_for(Timeframe::h1);
    for (const auto& r : {run_bars(stream_of(BarColumns{}), a, options, {}), run_ticks(stream_of(TickColumns{}), b, options, {}),
                          run_vectorised({}, c, trading::lot, options, {})}) {
        ASSERT_FALSE(r);
        EXPECT_EQ(r.error().code, ErrorCode::bad_input);
        EXPECT_THAT(r.error().text, HasSubstr("no rows"));
    }
}

TEST(Driver, passes_on_what_goes_wrong_while_reading) {
    EmaCross strategy = cross();
    const BarStream broken = [](const ports::BarSink& sink) -> Result<void> {
        sink(made_bars(10, 1));
        return fail(ErrorCode::failed, "disk gone");
    };
    const auto r = run_bars(broken, strategy, options_for(Timeframe::h1), {});
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().text, "disk gone");
}

TEST(Driver, stops_on_request) {
    std::stop_source stop;
    EmaCross strategy = cross();
    int batches = 0;
    const BarStream endless = [&](const ports::BarSink& sink) -> Result<void> {
        const BarColumns all = made_bars(10'000, 1);
        for (; batches < 100; ++batches) {
            if (batches == 2) stop.request_stop();
            const auto from = static_cast<std::size_t>(batches) * 100;
            if (!sink(all.slice(from, from + 100))) return {};
        }
        return {};
    };
    const auto r = run_bars(endless, strategy, options_for(Timeframe::h1), stop.get_token());
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().code, ErrorCode::interrupted);
    EXPECT_EQ(batches, 2);
}

TEST(Driver, uses_the_spread_of_the_series_unless_told_otherwise) {
    BarColumns bars = made_bars(500, 8);
    bars.spread.assign(bars.size(), Price{200'000});
    EmaCross a = cross(), b = cross();
    RunOptions options = options_for(Timeframe::h1);
    const auto own = run_bars(stream_of(bars), a, options, {});
    options.spread = Price{};
    const auto none = run_bars(stream_of(bars), b, options, {});
    ASSERT_TRUE(own && none);
    EXPECT_EQ(none->cost_parts.spread, Money{});
    // Half of 2 pips for each of 10,000 units; the first fill opens, each further one is a double.
    EXPECT_EQ(own->cost_parts.spread, Money::from_double(1.0 * static_cast<double>(2 * own->fills - 1)));
}

TEST(Driver, vectorised_mode_says_what_it_cannot_do) {
    const BarColumns bars = made_bars(50, 1);
    OneOrder wrong({});
    EXPECT_EQ(run_vectorised(bars, wrong, trading::lot, options_for(Timeframe::h1), {}).error().code, ErrorCode::usage);
    EmaCross strategy = cross();
    RunOptions options = options_for(Timeframe::h1);
    options.engine.rules.leverage = 30;
    EXPECT_EQ(run_vectorised(bars, strategy, trading::lot, options, {}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::backtest

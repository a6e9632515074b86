#include "decision/trading/account.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::trading {
namespace {

Price price(double p) { return Price::from_double(p); }
Quantity units(double q) { return Quantity::from_double(q); }

Fill fill(Side side, double p, double reference, double q, double commission = 0) {
    return {.side = side,
            .price = price(p),
            .reference = price(reference),
            .quantity = units(q),
            .commission = Money::from_double(commission)};
}

TEST(Account, marks_an_open_position_at_the_given_price) {
    Account account(Money::from_double(10'000));
    account.apply(fill(Side::buy, 1.1001, 1.1, 10'000), {});
    EXPECT_EQ(account.equity(price(1.1050)).to_money(), Money::from_double(10'049));
    EXPECT_EQ(account.entry(), price(1.1001));
}

TEST(Account, a_reversal_ends_one_round_trip_and_begins_the_next) {
    Account account(Money::from_double(10'000));
    EXPECT_FALSE(account.apply(fill(Side::buy, 1.1001, 1.1, 10'000, 0.7), {}));
    const auto trade = account.apply(fill(Side::sell, 1.1099, 1.11, 20'000, 1.4), {});
    ASSERT_TRUE(trade);
    EXPECT_EQ(trade->side, Side::buy);
    EXPECT_EQ(trade->quantity, units(10'000));
    EXPECT_EQ(trade->entry, price(1.1001));
    EXPECT_EQ(trade->exit, price(1.1099));
    EXPECT_EQ(trade->gross, Money::from_double(100));
    EXPECT_EQ(trade->costs, Money::from_double(2 + 1.4));  // two half spreads, half of the reversal's commission
    EXPECT_EQ(trade->net, Money::from_double(96.6));
    EXPECT_EQ(account.position(), units(-10'000));
    EXPECT_EQ(account.entry(), price(1.1099));
}

TEST(Account, scaling_in_and_out_is_one_round_trip_at_average_prices) {
    Account account(Money::from_double(1'000));
    EXPECT_FALSE(account.apply(fill(Side::sell, 2.0, 2.0, 100), {}));
    EXPECT_FALSE(account.apply(fill(Side::sell, 3.0, 3.0, 100), {}));
    EXPECT_FALSE(account.apply(fill(Side::buy, 1.0, 1.0, 50), {}));
    const auto trade = account.apply(fill(Side::buy, 2.0, 2.0, 150), {});
    ASSERT_TRUE(trade);
    EXPECT_EQ(trade->side, Side::sell);
    EXPECT_EQ(trade->quantity, units(200));
    EXPECT_EQ(trade->entry, price(2.5));
    EXPECT_EQ(trade->exit, price(1.75));
    EXPECT_EQ(trade->net, Money::from_double(150));
}

TEST(Account, tells_slippage_from_spread) {
    Account account(Money::from_double(10'000));
    account.apply(fill(Side::buy, 1.10015, 1.1, 10'000), price(0.00005));
    EXPECT_EQ(account.costs().slippage.to_money(), Money::from_double(0.5));
    EXPECT_EQ(account.costs().spread.to_money(), Money::from_double(1.0));
}

TEST(Account, swap_belongs_to_the_round_trip_that_paid_it) {
    Account account(Money::from_double(10'000));
    account.apply(fill(Side::buy, 1.1, 1.1, 10'000), {});
    account.charge_swap(Amount::of(Money::from_double(2.5)));
    const auto trade = account.apply(fill(Side::sell, 1.1, 1.1, 10'000), {});
    ASSERT_TRUE(trade);
    EXPECT_EQ(trade->net, Money::from_double(-2.5));
    EXPECT_EQ(trade->gross, Money{});
}

// Equity is start + fills - costs to the last billionth of a millionth, at any moment of any run; the sum of the
// round trips is what the account gained by them.
TEST(Account, conserves_cash_over_random_fills) {
    SplitMix64 random(7);
    for (int run = 0; run < 20; ++run) {
        Account account(Money::from_double(1'000));
        Wide reference_cash = Amount::of(Money::from_double(1'000)).raw, paid = 0;
        Money trades_net;
        std::int64_t trades = 0;
        Price mark;
        for (int i = 0; i < 500; ++i) {
            mark = Price{900'000'001 + static_cast<std::int64_t>(random.next_below(300'000'000))};
            Fill f;
            f.side = random.next_below(2) == 0 ? Side::buy : Side::sell;
            f.quantity = Quantity{1 + static_cast<std::int64_t>(random.next_below(50'000'000'000))};
            f.reference = mark;
            const std::int64_t sign = f.side == Side::buy ? 1 : -1;
            const Price slip{static_cast<std::int64_t>(random.next_below(1'000))};
            f.price = Price{mark.raw + sign * (static_cast<std::int64_t>(random.next_below(100'000)) + slip.raw)};
            f.commission = Money{static_cast<std::int64_t>(random.next_below(1'000'000))};
            reference_cash -= Wide{sign} * mark.raw * f.quantity.raw;
            paid += Amount::of(f.commission).raw + Wide{sign} * (f.price.raw - mark.raw) * f.quantity.raw;
            if (const auto trade = account.apply(f, slip)) {
                trades_net += trade->net;
                ++trades;
            }
            const Wide held = Wide{account.position().raw} * mark.raw;
            ASSERT_TRUE(account.equity(mark).raw == reference_cash + held - paid);
            ASSERT_TRUE(account.costs().total().raw == paid);
        }
        // Flat again: what the trips came to, each rounded once, is the change of cash.
        Fill last{.side = account.position().raw > 0 ? Side::sell : Side::buy, .price = mark, .reference = mark};
        last.quantity = {std::abs(account.position().raw)};
        const auto trade = account.apply(last, {});
        ASSERT_TRUE(trade);
        trades_net += trade->net;
        const Money gained = (account.cash() - account.start()).to_money();
        EXPECT_NEAR(static_cast<double>(trades_net.raw), static_cast<double>(gained.raw), static_cast<double>(trades + 1));
    }
}

}  // namespace
}  // namespace aitrading::trading

#pragma once

#include <optional>

#include "decision/trading/amount.hpp"
#include "domain/trade.hpp"

namespace aitrading::trading {

/// Every cost paid so far, positive, without rounding.
struct CostAmounts {
    Amount spread, commission, slippage, swap;
    Amount total() const { return spread + commission + slippage + swap; }
};

/// Cash, one net position, its costs and its round trips. One instrument, quoted in the account's currency.
/// At any moment equity = start + sum of fills - costs, to the last billionth of a millionth. Constant size: closed
/// positions leave nothing behind but sums. Copyable, so that a question "what if" costs a copy.
class Account {
  public:
    explicit Account(Money cash) : start_(Amount::of(cash)), cash_(start_) {}

    /// Books a fill. @param slippage part of |price - reference| that is slippage, per unit; the rest is spread
    /// @return the round trip that this fill ended, if it ended one
    std::optional<Trade> apply(const Fill& fill, Price slippage);
    /// Books the interest of holding over night. Negative `amount` is received.
    void charge_swap(Amount amount);

    /// Units held; negative = short.
    Quantity position() const { return position_; }
    Amount cash() const { return cash_; }
    Amount start() const { return start_; }
    Amount equity(Price mark) const { return cash_ + Amount::of(mark, position_); }
    const CostAmounts& costs() const { return costs_; }
    /// Average price of the open position, rounded to a billionth; 0 when flat.
    Price entry() const;

  private:
    /// Sums over one round trip. `paid` counts cash that left for units (at executed prices), `paid_reference` the
    /// same at reference prices.
    struct RoundTrip {
        UnixNanos opened;
        Quantity entered, left;  // units, positive
        Amount entry_value, exit_value;
        Amount paid, paid_reference, commission, swap;
    };
    void book(const Fill& fill, Quantity units, Amount commission, bool entering);
    Trade closed_trade(const Fill& last) const;

    Amount start_, cash_;
    Quantity position_;
    CostAmounts costs_;
    RoundTrip trip_;
};

}  // namespace aitrading::trading

#pragma once

#include <string>
#include <vector>

#include "decision/trading/account.hpp"
#include "decision/trading/quote.hpp"
#include "domain/market.hpp"
#include "domain/trade.hpp"

namespace aitrading::trading {

/// A bar that has closed, with what was known at that instant.
struct BarClosed {
    Bar bar;           ///< the bid side, or the only side there is
    UnixNanos known;   ///< its close: the earliest moment an order may answer to it
    Quote last;        ///< both sides at the close
};

/// What a strategy may know of its account.
class AccountView {
  public:
    AccountView(const Account& account, const Quote& last) : account_(account), last_(last) {}
    /// Units held; negative = short.
    Quantity position() const { return account_.position(); }
    Price entry() const { return account_.entry(); }
    Money equity() const { return account_.equity(last_.mid()).to_money(); }

  private:
    const Account& account_;
    const Quote& last_;
};

/// The orders a strategy answers with. Order numbers are given here, one after the other within a run.
class OrderCommands {
  public:
    struct Command {
        bool cancels = false;
        Order order;  ///< to submit; for a cancellation only its id counts
    };

    /// Submits; returns the number given. `order.id` is overwritten.
    OrderId submit(Order order) {
        order.id = ++last_id_;
        commands_.push_back({false, order});
        return order.id;
    }
    OrderId market(Side side, Quantity quantity) { return submit({.side = side, .quantity = quantity}); }
    void cancel(OrderId id) { commands_.push_back({true, Order{.id = id}}); }
    /// A fresh number for `oco_group`.
    OrderId new_group() { return ++last_id_; }

    bool empty() const { return commands_.empty(); }
    std::vector<Command>& pending() { return commands_; }

  private:
    std::vector<Command> commands_;
    OrderId last_id_ = 0;
};

/// A trading rule: closed bars and fills in, orders out. No clock, no I/O, no randomness of its own; the same events
/// give the same orders in a back-test, on paper and live.
class Strategy {
  public:
    virtual ~Strategy() = default;
    /// As the user wrote it: `ema_cross(10,30)`.
    virtual std::string name() const = 0;
    virtual void on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) = 0;
    /// Orders given here wait from this very moment on; market orders trade at the next price.
    virtual void on_fill(const Fill& /*fill*/, const AccountView& /*account*/, OrderCommands& /*out*/) {}
    /// What a reader of the result has to know about this rule, in plain words.
    virtual std::vector<std::string> notes() const { return {}; }
};

/// A rule that after each bar wishes to be long (+1), short (-1) or flat (0), whatever its account looks like. Such a
/// rule can also be run over whole columns at once.
class TargetRule {
  public:
    virtual ~TargetRule() = default;
    /// The wish after this bar; called once for each bar, in order.
    virtual int target(const Bar& bar) = 0;
};

/// The one market order that brings `position` to `target` (-1, 0, 1) times `size`; false where none is needed.
bool order_towards(int target, Quantity size, Quantity position, Order& order);

}  // namespace aitrading::trading

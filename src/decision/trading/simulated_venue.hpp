#pragma once

#include <cstdint>
#include <optional>

#include "decision/trading/account.hpp"
#include "decision/trading/costs.hpp"
#include "decision/trading/working_orders.hpp"

namespace aitrading::trading {

/// The rules under which orders are executed.
struct VenueRules {
    Commission commission;
    Slippage slippage;
    SwapRates swap;
    Quantity lot_step;                  ///< quantities are cut down to a multiple of it; 0 = any quantity
    std::int64_t leverage = 0;          ///< 0 = no margin check
    std::int64_t stop_out_percent = 0;  ///< of used margin; 0 = none
    std::uint64_t seed = 1;
};

/// Why an order did not trade.
enum class Refusal : std::uint8_t { invalid, below_lot_step, margin, nothing_to_reduce, too_many_orders };

/// Hears what the venue did, at the moment it does it; may submit and cancel in return.
class VenueListener {
  public:
    virtual ~VenueListener() = default;
    virtual void on_fill(const Fill& fill, const std::optional<Trade>& ended, const Quote& at) = 0;
    virtual void on_refused(const Order& order, Refusal reason) = 0;
    virtual void on_stop_out(const Quote& at) = 0;
};

/// A venue that executes orders against quotes given to it: prices in, fills out; no clock, no randomness of its own.
/// Buys trade at the ask and sells at the bid of one and the same quote. A stop that the market jumps over is filled at
/// the worse price it finds, a limit at the better one. Copyable: the copy answers "what if".
class SimulatedVenue {
  public:
    SimulatedVenue(Money cash, const VenueRules& rules) : rules_(rules), account_(cash) {}
    void listen(VenueListener* listener) { listener_ = listener; }

    void submit(const Order& order, const Quote& now);
    bool cancel(OrderId id) { return orders_.cancel(id); }

    /// One quote: everything that trades at it, in order of submission. Market orders only where `markets`.
    void at(const Quote& quote, bool markets);
    /// A bar of which only the corners are known: its open, then the worse of open-high-low-close and
    /// open-low-high-close, measured by the equity at the bar's close with the orders waiting at its open.
    void through(const QuoteBar& bar);
    /// Charges the nights between the last price event and `time`. Call before each price event.
    void pass_time(UnixNanos time) {
        if (time >= rollover_) charge_nights(time);
    }

    /// True where a price can change nothing: no order waits and no forced closing threatens.
    bool idle() const { return orders_.empty() && !stop_out_; }
    const Account& account() const { return account_; }
    const WorkingOrders& orders() const { return orders_; }

  private:
    void refuse(const Order& order, Refusal reason);
    void execute(const WorkingOrders::Touch& touch);
    void fill(const Order& order, Quantity quantity, const Quote& at, bool slips);
    Quantity affordable(const Order& order, const Quote& at) const;
    void walk(const Quote& from, const Quote& to);
    void run(const QuoteBar& bar, bool high_first);
    void update_stop_out();
    bool stop_out_at(const Quote& quote) const;
    Quote stop_out_between(const Quote& from, const Quote& to) const;
    void liquidate(const Quote& at);
    void charge_nights(UnixNanos time);

    VenueRules rules_;
    Account account_;
    WorkingOrders orders_;
    std::optional<Price> stop_out_;  // mid price at which the position is closed by force
    static constexpr UnixNanos before_first_price{INT64_MIN};
    UnixNanos rollover_ = before_first_price;  // the next one
    VenueListener* listener_ = nullptr;
};

}  // namespace aitrading::trading

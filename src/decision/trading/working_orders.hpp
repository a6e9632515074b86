#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "decision/trading/quote.hpp"
#include "domain/trade.hpp"

namespace aitrading::trading {

/// The orders that wait for a price. Pure book-keeping: says which order would trade first at a quote or on the way
/// between two quotes; filling it is the caller's job. Buys look at the ask, sells at the bid.
/// Memory and cost depend on the orders now waiting, never on those that are gone.
class WorkingOrders {
  public:
    /// An order that the market has reached.
    struct Touch {
        std::size_t index = 0;  ///< of the order, valid until the next change
        Quote at;               ///< both sides at the moment of touch
        bool activates = false; ///< a stop-limit whose stop was reached: it now waits as a limit
    };

    void add(const Order& order, const Quote& now);
    /// False where no such order waits.
    bool cancel(OrderId id);
    /// Takes out a filled order, cancels the others of its group, wakes its children.
    Order take_filled(std::size_t index, const Quote& at);
    /// Takes out an order that could not trade; its children go with it.
    Order take_refused(std::size_t index);
    void activate(std::size_t index) { orders_[index].activated = true; }
    void clear() { orders_.clear(); }

    bool empty() const { return orders_.empty(); }
    std::size_t size() const { return orders_.size(); }
    const Order& order(std::size_t index) const { return orders_[index].order; }
    /// True where anything but a single plain order waits, so that the way inside a bar matters.
    bool path_matters() const;
    /// True where a trailing stop follows the price.
    bool trails() const;

    /// The order submitted first among those that trade at this quote. `markets` = market orders too.
    std::optional<Touch> first_at(const Quote& quote, bool markets) const;
    /// The order reached first when both sides move in a straight line from `from` to `to` (ties: submitted first).
    /// Looks at waiting limit and stop orders only. @pre nothing trades at `from`
    std::optional<Touch> first_between(const Quote& from, const Quote& to) const;
    /// Lets trailing stops follow the best price.
    void trail(const Quote& quote);

  private:
    struct Waiting {
        Order order;
        Price trigger;           // limit, stop, or the trailing stop's present level
        bool activated = false;  // stop-limit that has become a limit
        bool asleep = false;
    };
    static bool rests_as_limit(const Waiting& w);
    static Price level(const Waiting& w);
    static void follow(Waiting& w, const Quote& quote);
    void drop_children(OrderId parent);

    std::vector<Waiting> orders_;  // in order of submission
};

}  // namespace aitrading::trading

#include "decision/trading/working_orders.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "decision/trading/amount.hpp"

namespace aitrading::trading {
namespace {

Price side_price(const Quote& quote, Side side) { return side == Side::buy ? quote.ask : quote.bid; }

Price between(Price from, Price to, Wide done, Wide whole) {
    return {from.raw + static_cast<std::int64_t>(Wide{to.raw - from.raw} * done / whole)};
}

/// Waiting orders by what they wait for: a limit for a price at or better than its level, a stop for one at or worse.
bool reached(bool as_limit, Side side, Price price, Price level) {
    return as_limit == (side == Side::buy) ? price <= level : price >= level;
}

}  // namespace

bool WorkingOrders::rests_as_limit(const Waiting& w) {
    return w.order.type == OrderType::limit || (w.order.type == OrderType::stop_limit && w.activated);
}

Price WorkingOrders::level(const Waiting& w) {
    if (w.order.type == OrderType::stop_limit && w.activated) return *w.order.limit;
    return w.trigger;
}

void WorkingOrders::follow(Waiting& w, const Quote& quote) {
    const Price price = side_price(quote, w.order.side);
    if (w.order.side == Side::sell)
        w.trigger = std::max(w.trigger, price - *w.order.trail);
    else
        w.trigger = std::min(w.trigger, price + *w.order.trail);
}

void WorkingOrders::add(const Order& order, const Quote& now) {
    Waiting w{.order = order, .trigger = {}};
    w.asleep = order.after != 0;
    switch (order.type) {
        case OrderType::market: break;
        case OrderType::limit: w.trigger = *order.limit; break;
        case OrderType::stop:
        case OrderType::stop_limit: w.trigger = *order.stop; break;
        case OrderType::trailing_stop:
            w.trigger = side_price(now, order.side);
            w.trigger = order.side == Side::sell ? w.trigger - *order.trail : w.trigger + *order.trail;
            break;
    }
    orders_.push_back(w);
}

bool WorkingOrders::cancel(OrderId id) {
    const auto it = std::ranges::find_if(orders_, [id](const Waiting& w) { return w.order.id == id; });
    if (it == orders_.end()) return false;
    orders_.erase(it);
    drop_children(id);
    return true;
}

void WorkingOrders::drop_children(OrderId parent) {
    std::erase_if(orders_, [parent](const Waiting& w) { return w.asleep && w.order.after == parent; });
}

Order WorkingOrders::take_filled(std::size_t index, const Quote& at) {
    CHECK(index < orders_.size());
    const Order order = orders_[index].order;
    orders_.erase(orders_.begin() + static_cast<std::ptrdiff_t>(index));
    if (order.oco_group != 0) {
        // The group's other orders go, and whatever slept until one of them would fill.
        std::vector<OrderId> gone;
        for (const Waiting& w : orders_)
            if (w.order.oco_group == order.oco_group) gone.push_back(w.order.id);
        for (const OrderId id : gone) cancel(id);
    }
    for (Waiting& w : orders_) {
        if (!w.asleep || w.order.after != order.id) continue;
        w.asleep = false;
        if (w.order.type != OrderType::trailing_stop) continue;
        w.trigger = side_price(at, w.order.side);
        w.trigger = w.order.side == Side::sell ? w.trigger - *w.order.trail : w.trigger + *w.order.trail;
    }
    return order;
}

Order WorkingOrders::take_refused(std::size_t index) {
    CHECK(index < orders_.size());
    const Order order = orders_[index].order;
    orders_.erase(orders_.begin() + static_cast<std::ptrdiff_t>(index));
    drop_children(order.id);
    return order;
}

bool WorkingOrders::path_matters() const {
    if (orders_.size() > 1) return true;
    if (orders_.empty()) return false;
    const OrderType type = orders_.front().order.type;
    return type == OrderType::trailing_stop || type == OrderType::stop_limit;
}

bool WorkingOrders::trails() const {
    return std::ranges::any_of(
        orders_, [](const Waiting& w) { return !w.asleep && w.order.type == OrderType::trailing_stop; });
}

std::optional<WorkingOrders::Touch> WorkingOrders::first_at(const Quote& quote, bool markets) const {
    for (std::size_t i = 0; i < orders_.size(); ++i) {
        const Waiting& w = orders_[i];
        if (w.asleep) continue;
        if (w.order.type == OrderType::market) {
            if (markets) return Touch{.index = i, .at = quote};
            continue;
        }
        const bool as_limit = rests_as_limit(w);
        if (!reached(as_limit, w.order.side, side_price(quote, w.order.side), level(w))) continue;
        return Touch{.index = i, .at = quote,
                     .activates = w.order.type == OrderType::stop_limit && !w.activated};
    }
    return std::nullopt;
}

std::optional<WorkingOrders::Touch> WorkingOrders::first_between(const Quote& from, const Quote& to) const {
    std::optional<Touch> first;
    Wide first_done = 0, first_whole = 1;
    for (std::size_t i = 0; i < orders_.size(); ++i) {
        const Waiting& w = orders_[i];
        if (w.asleep || w.order.type == OrderType::market) continue;
        const Side side = w.order.side;
        const Price a = side_price(from, side), b = side_price(to, side), goal = level(w);
        if (!reached(rests_as_limit(w), side, b, goal)) continue;
        // Where nothing trades at `from`, the level lies inside (a, b] and the side moves.
        const Wide whole = b.raw > a.raw ? b.raw - a.raw : a.raw - b.raw;
        const Wide done = goal.raw > a.raw ? goal.raw - a.raw : a.raw - goal.raw;
        if (whole == 0 || (first && done * first_whole >= first_done * whole)) continue;
        first_done = done;
        first_whole = whole;
        const Quote at{to.time, side == Side::sell ? goal : between(from.bid, to.bid, done, whole),
                       side == Side::buy ? goal : between(from.ask, to.ask, done, whole)};
        first = Touch{.index = i, .at = at,
                      .activates = w.order.type == OrderType::stop_limit && !w.activated};
    }
    return first;
}

void WorkingOrders::trail(const Quote& quote) {
    for (Waiting& w : orders_)
        if (!w.asleep && w.order.type == OrderType::trailing_stop) follow(w, quote);
}

}  // namespace aitrading::trading

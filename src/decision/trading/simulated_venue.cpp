#include "decision/trading/simulated_venue.hpp"

#include <algorithm>

#include "decision/trading/rollover.hpp"

namespace aitrading::trading {
namespace {

/// Orders one account may have waiting: far more than any strategy needs, few enough to search through.
constexpr std::size_t waiting_orders_max = 1'000;
/// Executions on one leg of a bar: stops a strategy that answers each fill with another order from never ending.
constexpr int executions_per_leg_max = 64;

bool well_formed(const Order& o) {
    const auto positive = [](const std::optional<Price>& p) { return p && p->raw > 0; };
    if (o.quantity.raw <= 0) return false;
    switch (o.type) {
        case OrderType::market: return true;
        case OrderType::limit: return positive(o.limit);
        case OrderType::stop: return positive(o.stop);
        case OrderType::stop_limit: return positive(o.stop) && positive(o.limit);
        case OrderType::trailing_stop: return positive(o.trail);
    }
    return false;
}

Wide distance(Price a, Price b) { return a > b ? a.raw - b.raw : b.raw - a.raw; }

}  // namespace

void SimulatedVenue::refuse(const Order& order, Refusal reason) {
    if (listener_ != nullptr) listener_->on_refused(order, reason);
}

void SimulatedVenue::submit(const Order& order, const Quote& now) {
    if (!well_formed(order)) return refuse(order, Refusal::invalid);
    if (orders_.size() >= waiting_orders_max) return refuse(order, Refusal::too_many_orders);
    Order sized = order;
    if (rules_.lot_step.raw > 0) sized.quantity.raw -= sized.quantity.raw % rules_.lot_step.raw;
    if (sized.quantity.raw == 0) return refuse(order, Refusal::below_lot_step);
    orders_.add(sized, now);
}

/// The part of an order that may trade: no more than closes the position where it only reduces or margin is short.
Quantity SimulatedVenue::affordable(const Order& order, const Quote& at) const {
    const std::int64_t held = account_.position().raw;
    const bool opposes = order.side == Side::buy ? held < 0 : held > 0;
    const Quantity closing{opposes ? std::min(std::abs(held), order.quantity.raw) : 0};
    if (order.reduce_only) return closing;
    if (rules_.leverage <= 0 || closing == order.quantity) return order.quantity;
    const std::int64_t after = held + (order.side == Side::buy ? 1 : -1) * order.quantity.raw;
    const Amount notional = Amount::of(order.side == Side::buy ? at.ask : at.bid, {std::abs(after)});
    if (notional.raw <= account_.equity(at.mid()).raw * rules_.leverage) return order.quantity;
    return closing;
}

void SimulatedVenue::execute(const WorkingOrders::Touch& touch) {
    if (touch.activates) return orders_.activate(touch.index);
    const Order& waiting = orders_.order(touch.index);
    const Quantity quantity = affordable(waiting, touch.at);
    if (quantity.raw == 0) {
        const Refusal reason = waiting.reduce_only ? Refusal::nothing_to_reduce : Refusal::margin;
        return refuse(orders_.take_refused(touch.index), reason);
    }
    const bool slips = waiting.type != OrderType::limit && waiting.type != OrderType::stop_limit;
    const Order order = orders_.take_filled(touch.index, touch.at);
    if (quantity != order.quantity && !order.reduce_only) refuse(order, Refusal::margin);
    fill(order, quantity, touch.at, slips);
}

void SimulatedVenue::fill(const Order& order, Quantity quantity, const Quote& at, bool slips) {
    const Price slippage = slips ? rules_.slippage.of(at, order.id, rules_.seed) : Price{};
    Fill f;
    f.time = at.time;
    f.order = order.id;
    f.side = order.side;
    f.price = order.side == Side::buy ? at.ask + slippage : at.bid - slippage;
    f.reference = at.mid();
    f.quantity = quantity;
    f.commission = rules_.commission.of(f.price, quantity);
    const std::optional<Trade> ended = account_.apply(f, slippage);
    update_stop_out();
    if (listener_ != nullptr) listener_->on_fill(f, ended, at);
}

void SimulatedVenue::at(const Quote& quote, bool markets) {
    if (idle()) return;
    orders_.trail(quote);
    if (stop_out_at(quote)) liquidate(quote);
    for (int i = 0; i < executions_per_leg_max; ++i) {
        const auto touch = orders_.first_at(quote, markets);
        if (!touch) break;
        execute(*touch);
        if (stop_out_at(quote)) liquidate(quote);
    }
}

void SimulatedVenue::walk(const Quote& from, const Quote& to) {
    Quote now = from;
    for (int i = 0; i < executions_per_leg_max; ++i) {
        auto touch = orders_.first_at(now, false);
        if (!touch) touch = orders_.first_between(now, to);
        if (stop_out_at(to)) {
            const Quote forced = stop_out_between(now, to);
            if (!touch || distance(forced.mid(), now.mid()) <= distance(touch->at.mid(), now.mid())) {
                now = forced;
                liquidate(forced);
                continue;
            }
        }
        if (!touch) break;
        now = touch->at;
        execute(*touch);
    }
    orders_.trail(to);
}

void SimulatedVenue::run(const QuoteBar& bar, bool high_first) {
    const Quote first = high_first ? bar.high() : bar.low();
    const Quote second = high_first ? bar.low() : bar.high();
    walk(bar.open(), first);
    walk(first, second);
    walk(second, bar.close());
}

void SimulatedVenue::through(const QuoteBar& bar) {
    at(bar.open(), true);
    if (idle()) return;
    // Whatever is reached on the way is reached at its high or low; only a trailing stop moves meanwhile.
    const bool high = orders_.first_at(bar.high(), false) || stop_out_at(bar.high());
    const bool low = orders_.first_at(bar.low(), false) || stop_out_at(bar.low());
    if (!high && !low && !orders_.trails()) return;
    if (!orders_.path_matters() && !(stop_out_ && !orders_.empty())) return run(bar, high);
    SimulatedVenue up = *this, down = *this;
    up.listen(nullptr);
    down.listen(nullptr);
    up.run(bar, true);
    down.run(bar, false);
    const Price mark = bar.close().mid();
    run(bar, up.account_.equity(mark) < down.account_.equity(mark));
}

void SimulatedVenue::update_stop_out() {
    const std::int64_t held = account_.position().raw;
    stop_out_.reset();
    if (rules_.leverage <= 0 || rules_.stop_out_percent <= 0 || held == 0) return;
    // equity(p) = share * |held| * p with share = percent / (100 * leverage), solved for p.
    const Wide whole = 100 * rules_.leverage, part = rules_.stop_out_percent;
    const Wide cash = account_.cash().raw * whole;
    const Wide price = held > 0 ? -cash / (Wide{held} * (whole - part)) : cash / (Wide{-held} * (whole + part));
    stop_out_ = Price{static_cast<std::int64_t>(std::clamp<Wide>(price, INT64_MIN, INT64_MAX))};
}

bool SimulatedVenue::stop_out_at(const Quote& quote) const {
    if (!stop_out_) return false;
    return account_.position().raw > 0 ? quote.mid() <= *stop_out_ : quote.mid() >= *stop_out_;
}

/// The quote on the straight way at which the mid reaches the stop-out price. @pre stop_out_at(to)
Quote SimulatedVenue::stop_out_between(const Quote& from, const Quote& to) const {
    if (stop_out_at(from)) return from;
    const Wide whole = distance(to.mid(), from.mid()), done = distance(*stop_out_, from.mid());
    if (whole == 0) return to;
    const auto part = [&](Price a, Price b) {
        return Price{a.raw + static_cast<std::int64_t>(Wide{b.raw - a.raw} * done / whole)};
    };
    return {to.time, part(from.bid, to.bid), part(from.ask, to.ask)};
}

void SimulatedVenue::liquidate(const Quote& at) {
    const std::int64_t held = account_.position().raw;
    orders_.clear();
    if (listener_ != nullptr) listener_->on_stop_out(at);
    Order order;
    order.side = held > 0 ? Side::sell : Side::buy;
    fill(order, {std::abs(held)}, at, true);
}

void SimulatedVenue::charge_nights(UnixNanos time) {
    if (rollover_ == before_first_price) {
        rollover_ = next_rollover(time);
        return;
    }
    while (rollover_ <= time) {
        const int nights = nights_charged(rollover_);
        rollover_ = next_rollover(rollover_);
        const Quantity held = account_.position();
        if (held.raw == 0 || !rules_.swap.any()) {
            rollover_ = next_rollover(time);
            break;
        }
        const Price rate = held.raw > 0 ? rules_.swap.long_night : rules_.swap.short_night;
        account_.charge_swap(-Amount::of({rate.raw * nights}, {std::abs(held.raw)}));
    }
    update_stop_out();
}

}  // namespace aitrading::trading

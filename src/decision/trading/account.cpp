#include "decision/trading/account.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::trading {
namespace {

Wide divide_nearest(Wide numerator, Wide denominator) {
    const Wide half = denominator / 2;
    return (numerator >= 0 ? numerator + half : numerator - half) / denominator;
}

Price average(Amount value, Quantity units) {
    return {static_cast<std::int64_t>(divide_nearest(value.raw, units.raw))};
}

}  // namespace

std::optional<Trade> Account::apply(const Fill& fill, Price slippage) {
    CHECK(fill.quantity.raw > 0);
    const std::int64_t sign = fill.side == Side::buy ? 1 : -1;
    const Quantity units{sign * fill.quantity.raw};
    const Amount commission = Amount::of(fill.commission);
    const Price above_reference{sign * (fill.price.raw - fill.reference.raw)};
    cash_ -= Amount::of(fill.price, units) + commission;
    costs_.slippage += Amount::of(slippage, fill.quantity);
    costs_.spread += Amount::of(above_reference - slippage, fill.quantity);
    costs_.commission += commission;

    std::int64_t closing = 0;
    if ((position_.raw > 0) != (sign > 0)) closing = std::min(std::abs(position_.raw), fill.quantity.raw);
    const std::int64_t opening = fill.quantity.raw - closing;
    // Each part of a reversal bears its share of the commission; the opening part takes what rounding leaves.
    const Amount closing_commission{divide_nearest(commission.raw * closing, fill.quantity.raw)};

    std::optional<Trade> ended;
    if (closing > 0) {
        book(fill, {sign * closing}, closing_commission, false);
        if (position_.raw + sign * closing == 0) ended = closed_trade(fill);
    }
    position_ += units;
    if (opening > 0) {
        if (position_.raw == sign * opening) trip_ = RoundTrip{.opened = fill.time};
        book(fill, {sign * opening}, commission - closing_commission, true);
    }
    return ended;
}

void Account::book(const Fill& fill, Quantity units, Amount commission, bool entering) {
    const Quantity size{std::abs(units.raw)};
    trip_.paid += Amount::of(fill.price, units);
    trip_.paid_reference += Amount::of(fill.reference, units);
    trip_.commission += commission;
    if (entering) {
        trip_.entered += size;
        trip_.entry_value += Amount::of(fill.price, size);
    } else {
        trip_.left += size;
        trip_.exit_value += Amount::of(fill.price, size);
    }
}

Trade Account::closed_trade(const Fill& last) const {
    Trade trade;
    trade.opened = trip_.opened;
    trade.closed = last.time;
    trade.side = last.side == Side::buy ? Side::sell : Side::buy;
    trade.quantity = trip_.entered;
    trade.entry = average(trip_.entry_value, trip_.entered);
    trade.exit = average(trip_.exit_value, trip_.left);
    trade.gross = (-trip_.paid_reference).to_money();
    trade.net = (-(trip_.paid + trip_.commission + trip_.swap)).to_money();
    trade.costs = trade.gross - trade.net;
    return trade;
}

void Account::charge_swap(Amount amount) {
    cash_ -= amount;
    costs_.swap += amount;
    trip_.swap += amount;
}

Price Account::entry() const {
    return position_.raw == 0 ? Price{} : average(trip_.entry_value, trip_.entered);
}

}  // namespace aitrading::trading

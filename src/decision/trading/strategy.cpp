#include "decision/trading/strategy.hpp"

namespace aitrading::trading {

bool order_towards(int target, Quantity size, Quantity position, Order& order) {
    const std::int64_t missing = target * size.raw - position.raw;
    if (missing == 0) return false;
    order = Order{};
    order.side = missing > 0 ? Side::buy : Side::sell;
    order.quantity = {std::abs(missing)};
    return true;
}

}  // namespace aitrading::trading

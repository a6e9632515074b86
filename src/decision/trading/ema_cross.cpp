#include "decision/trading/ema_cross.hpp"

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::trading {

EmaCross::EmaCross(const EmaCrossOptions& options)
    : options_(options), fast_step_(2.0 / (options.fast + 1)), slow_step_(2.0 / (options.slow + 1)) {
    CHECK(options.fast >= 1);
    CHECK(options.fast < options.slow);
    CHECK(options.size.raw > 0);
}

std::string EmaCross::name() const { return fmt::format("ema_cross({},{})", options_.fast, options_.slow); }

int EmaCross::target(const Bar& bar) {
    const double close = bar.close.to_double();
    if (bars_++ == 0) {
        fast_ = slow_ = close;
    } else {
        // This form leaves an average that equals the price exactly where it is; a weighted sum may not.
        fast_ += fast_step_ * (close - fast_);
        slow_ += slow_step_ * (close - slow_);
    }
    if (bars_ >= options_.slow && fast_ != slow_) target_ = fast_ > slow_ ? 1 : -1;
    return target_;
}

void EmaCross::on_bar(const BarClosed& event, const AccountView& account, OrderCommands& out) {
    const int before = target_;
    if (target(event.bar) == before) return;  // a position closed by force stays closed until the next cross
    Order order;
    if (order_towards(target_, options_.size, account.position(), order)) out.submit(order);
}

}  // namespace aitrading::trading

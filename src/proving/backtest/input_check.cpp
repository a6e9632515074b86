#include "proving/backtest/input_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "decision/trading/amount.hpp"

namespace aitrading::backtest {

InputCheck::InputCheck(SeriesKey key, Quantity largest_order) : key_(std::move(key)) {
    const trading::Wide money_max = trading::Amount::of(Money{INT64_MAX}).raw / 1'000;
    const trading::Wide price = money_max / std::max<std::int64_t>(1, largest_order.raw);
    price_max_ = {static_cast<std::int64_t>(std::min<trading::Wide>(price, INT64_MAX / 4))};
}

std::unexpected<Error> InputCheck::refuse(UnixNanos time, std::string_view what) const {
    return fail(ErrorCode::bad_input,
                fmt::format("{}: row {} ({}): {}", to_string(key_), row_, to_iso8601(time), what));
}

std::unexpected<Error> InputCheck::explain(const trading::QuoteBar& b) const {
    if (b.time <= last_)
        return refuse(b.time, fmt::format("time does not come after {} of the row before; sort the rows by time and "
                                          "drop doubles", to_iso8601(last_)));
    if (b.bid_low.raw <= 0) return refuse(b.time, "low is not a positive price; remove the row");
    if (b.ask_high > price_max_)
        return refuse(b.time, fmt::format("high {} is beyond what this order size can be counted in; trade fewer --lots",
                                          to_decimal(b.ask_high, 5)));
    if (!ordered(b)) return refuse(b.time, "open and close must lie between low and high; remove or mend the row");
    return refuse(b.time, "ask lies below bid (crossed quote); check the order of the columns or the --spread");
}

std::unexpected<Error> InputCheck::explain_tick(UnixNanos time, Price bid, Price ask) const {
    if (time < last_)
        return refuse(time, fmt::format("time goes back behind {} of the row before; sort the rows by time",
                                        to_iso8601(last_)));
    if (bid.raw <= 0) return refuse(time, "bid is not a positive price; remove the row");
    if (ask < bid)
        return refuse(time, fmt::format("ask {} lies below bid {} (crossed quote); check the order of the columns",
                                        to_decimal(ask, 5), to_decimal(bid, 5)));
    return refuse(time, fmt::format("ask {} is beyond what this order size can be counted in; trade fewer --lots",
                                    to_decimal(ask, 5)));
}

Result<void> InputCheck::finish() const {
    if (row_ > 0) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("{}: no rows in the chosen span; check --from and --to, or import the series", to_string(key_)));
}

}  // namespace aitrading::backtest

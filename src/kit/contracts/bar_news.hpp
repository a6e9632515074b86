#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "domain/market.hpp"
#include "kit/contracts/contracts.hpp"

namespace google::protobuf {
template <class Element>
class RepeatedPtrField;
}

namespace aitrading::v1 {
class Bar;
enum Timeframe : int;
}  // namespace aitrading::v1

namespace aitrading::kit {

/// The other side of a bar, where a source has it.
struct AskSide {
    Price open, high, low, close;
    friend bool operator==(const AskSide&, const AskSide&) = default;
};

/// A bar that has ended, as it crosses `market.bars` (contract BarClosed).
struct BarNews {
    std::string symbol, feed;
    Timeframe timeframe = Timeframe::h1;
    Bar bar;                     ///< bids, or the only side there is
    UnixNanos known;             ///< its end
    std::optional<AskSide> ask;
    std::int64_t ticks = 0;      ///< 0: not told
    friend bool operator==(const BarNews&, const BarNews&) = default;
};

/// @errors bad_input (as pack)
Result<Event> pack(const BarNews& news, Origin origin);
/// As pack_derived of the contracts: the same bar of the same feed has the same id for ever.
Result<Event> pack_derived(const BarNews& news, Speaker speaker);
/// @errors bad_input (another type, damaged bytes, a timeframe that is none of bars)
Result<BarNews> unpack_bar(const Event& event);

v1::Timeframe to_contract(Timeframe timeframe);
/// None: not said. @errors bad_input (ticks, or one that this build does not know)
Result<std::optional<Timeframe>> bars_timeframe(v1::Timeframe timeframe);

/// Bars that a caller brings with a request. What it says of the ask is kept as the spread at the close. `known_ns` is not looked at: a bar is known at its end.
/// @errors bad_input, with the bar's number and field: none or more than `bars_max`, times that do not increase, a price that is not
/// positive, a bar whose low and high do not hold its open and close, the ask in some of them only
Result<BarColumns> brought_bars(const google::protobuf::RepeatedPtrField<v1::Bar>& bars, const SeriesKey& key, int digits, std::size_t bars_max);

}  // namespace aitrading::kit

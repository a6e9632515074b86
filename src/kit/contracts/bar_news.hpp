#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "domain/market.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::v1 {
enum Timeframe : int;
}

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

}  // namespace aitrading::kit

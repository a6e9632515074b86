#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::ports {

/// A symbol that a feed speaks of, as the user names it.
struct FedSymbol {
    std::string symbol;
    int digits = 5;  ///< decimals of its prices, 0..9
    friend bool operator==(const FedSymbol&, const FedSymbol&) = default;
};

/// A closed bar from a source that has no ticks.
struct FedBar {
    Timeframe timeframe = Timeframe::h1;
    Bar bar;
    std::optional<Price> spread;  ///< ask - bid at the close
    friend bool operator==(const FedBar&, const FedBar&) = default;
};

/// One row of a feed.
struct FeedItem {
    std::uint32_t symbol = 0;    ///< position among MarketFeed::symbols
    std::uint64_t sequence = 0;  ///< counts 1, 2, 3 … within the symbol as the source counts: a gap shows that rows were lost
    std::variant<Tick, FedBar> row;
    friend bool operator==(const FeedItem&, const FeedItem&) = default;
};

/// When the row could be known at the earliest: a tick's time, a bar's close.
UnixNanos known_at(const FeedItem& item);

/// A source of quotes or closed bars, as it speaks: nothing is corrected here (market/bridge judges). For one thread.
class MarketFeed {
  public:
    virtual ~MarketFeed() = default;
    /// `replay`, `simulator`, `file`, `mt5` …
    virtual std::string_view name() const = 0;
    /// Whom it speaks of; the same as long as the feed lives.
    virtual const std::vector<FedSymbol>& symbols() const = 0;
    /// Puts the next rows in place of what `out` held: at most `items_max`, in the order in which the source gave them, waiting up
    /// to `wait` for the first. Empty where nothing came, where the feed has ended, or where a stop was asked for.
    /// @pre items_max >= 1   @errors bad_input (a row that cannot be read: file, row, field), failed (the source is gone). After an
    /// error the feed stands behind the row that it names; polling again goes on
    virtual Result<void> poll(std::vector<FeedItem>& out, std::size_t items_max, std::chrono::milliseconds wait, const std::stop_token& stop) = 0;
    /// Everything was given and nothing will ever come again.
    virtual bool ended() const = 0;
};

}  // namespace aitrading::ports

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/checking.hpp"
#include "ports/market_feed/market_feed.hpp"

/// The suite that every engine of MarketFeed must pass.
namespace aitrading::ports::conformance {

/// What an engine under test shall say.
struct FeedScript {
    std::vector<FedSymbol> symbols;
    std::vector<FeedItem> items;  ///< in the order of known_at; sequences count up within each symbol
};
/// A feed that says the script and then ends.
using MakeFeed = std::function<std::unique_ptr<MarketFeed>(const FeedScript&)>;

using FeedCheck = CheckOn<MakeFeed>;

std::vector<FeedCheck> feed_checks();

/// Quotes of two symbols, `count` of each in turn, a millisecond apart.
FeedScript quotes_script(int count);

}  // namespace aitrading::ports::conformance

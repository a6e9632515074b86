#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "domain/market.hpp"
#include "kit/lifecycle/settings.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::apps {

/// What the settings AITRADING_FEED… ask for.
struct FeedChoice {
    std::string kind;                     ///< none, replay, simulator or file
    std::vector<SeriesKey> series;        ///< of replay, as stored; of files, one each
    std::vector<std::string> files;       ///< of file
    std::vector<Timeframe> timeframes;    ///< of the bars made out of ticks
    TimeRange range;                      ///< of replay
    double speed = 0;                     ///< seconds of the market in a second; 0: as fast as it goes
    bool serves(const SeriesKey& key) const;
    /// The series of bars that will come out of it.
    std::vector<SeriesKey> bars() const;
};

/// @errors bad_input with the setting
Result<FeedChoice> feed_choice(const kit::Settings& settings);
/// @pre kind is not none   @errors not_found (a series that is not stored, with how to import it), failed
Result<std::unique_ptr<ports::MarketFeed>> open_feed(const Context& context, const FeedChoice& choice);

}  // namespace aitrading::apps

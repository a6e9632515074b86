#pragma once

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/feed_choice.hpp"

namespace aitrading::apps {

/// Stored bars of a series before the feed begins, of a live feed all; empty where there are none. @errors as read_series
Result<BarColumns> past_bars(const Context& context, const SeriesKey& key, const FeedChoice& choice);
/// All stored bars of a series, of which the settings of what looks at it are told; the past ones where none are stored.
Result<BarColumns> described_bars(const Context& context, const SeriesKey& key, const BarColumns& past);

}  // namespace aitrading::apps

#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "market/calendar/economic_event.hpp"
#include "market/calendar/news.hpp"

namespace aitrading::market {

/// What laying a file over what is stored came to.
struct Merged {
    std::int64_t stored = 0;       ///< new, or with figures that were missing
    std::int64_t known = 0;        ///< stored just so
    std::int64_t conflicting = 0;  ///< stored with other figures, which stayed unless `replace`
};

/// `<home>/calendar/events.csv`: `time,day,currency,impact,title,actual,forecast,previous`, time in UTC, empty where the source
/// states none. Replaced as a whole by an atomic rename; the same file twice changes no byte.
/// An event is the same when its time (or day), currency and title are; an empty figure is filled by a later file.
/// @errors failed, bad_input (a stored file that someone damaged)
Result<std::vector<EconomicEvent>> load_events(const std::filesystem::path& home);
Result<Merged> store_events(const std::filesystem::path& home, const std::vector<EconomicEvent>& events, bool replace);

/// `<home>/calendar/news.csv`, the same way; a headline is the same when its day, text and URL are.
Result<std::vector<Headline>> load_news(const std::filesystem::path& home);
Result<Merged> store_news(const std::filesystem::path& home, const std::vector<Headline>& headlines);

}  // namespace aitrading::market

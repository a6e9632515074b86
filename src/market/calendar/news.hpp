#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::market {

/// A headline of which only the day is known: it may be used once that day is over everywhere on earth.
struct Headline {
    std::string day;       ///< YYYY-MM-DD
    UnixNanos known_from;  ///< noon UTC of the next day, when the day has ended at UTC-12
    std::string text, url;
    std::string direction;  ///< up, constant, down or empty: what the headline says of the price
    std::string sentiment;  ///< positive, negative, neutral, none
    friend bool operator==(const Headline&, const Headline&) = default;
};

struct NewsFile {
    std::string format;  ///< gold-news, aitrading-news
    std::vector<Headline> headlines;  ///< by day, then text
    std::int64_t rows_read = 0, rows_refused = 0;
    std::int64_t dates_from_url = 0;  ///< rows whose year was impossible and whose URL names the day
    std::vector<std::string> refused;  ///< "line N: why", the first hundred
};

/// Whether a text is a table of news, told by its header.
bool is_news(std::string_view text);

/// Reads the gold headlines of Sinha and Khandait (tab separated, days first in the spellings 28-01-2016, 11/6/2008 and
/// 2016-01-28) or the news as this program stores them.
/// @errors bad_input: no such table; the Financial PhraseBank is refused with the reason that its sentences bear no dates
Result<NewsFile> read_news(std::string_view text, std::string_view source);

}  // namespace aitrading::market

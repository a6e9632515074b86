#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "market/calendar/as_of.hpp"
#include "market/calendar/news.hpp"

/// Any bytes as a calendar and as news: an error, or events in order that can be asked at any instant.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::market;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto file = read_calendar(text, "calendar", "")) {
        CHECK(file->rows_read == file->rows_refused + static_cast<std::int64_t>(file->events.size()));
        const CalendarView view(file->events, {{}, Impact::low});
        for (const EconomicEvent& event : file->events) {
            if (!event.time) continue;
            static_cast<void>(view.minutes_to_next(*event.time));
            static_cast<void>(view.last_release(*event.time));
        }
    }
    if (const auto news = read_news(text, "news"))
        for (const Headline& headline : news->headlines) CHECK(headline.day.size() == 10);
    return 0;
}

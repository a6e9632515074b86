#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engines/market_feed/file_watch/row_text.hpp"

/// A line is read or refused, in either layout.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;  // NOLINT(google-build-using-namespace)
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    (void)engines::read_watched_header(line);
    for (const auto layout : {engines::WatchedLayout::ticks, engines::WatchedLayout::bars}) (void)engines::read_watched_row(line, layout, Timeframe::h1);
    return 0;
}

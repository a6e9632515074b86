#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engines/market_feed/file_watch/row_text.hpp"

/// A line is read or refused, in either layout.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;  // NOLINT(google-build-using-namespace)
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto header = engines::read_watched_header(line);
    if (!header && header.error().text.empty()) __builtin_trap();
    for (const auto layout : {engines::WatchedLayout::ticks, engines::WatchedLayout::bars}) {
        const auto row = engines::read_watched_row(line, layout, Timeframe::h1);
        if (!row && row.error().text.empty()) __builtin_trap();
    }
    return 0;
}

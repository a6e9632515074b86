#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "market/calendar/clock.hpp"

/// Any bytes as a time zone: an error, or a clock whose name names it again and whose answers lie within a day and a half.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    const auto clock = Clock::parse({reinterpret_cast<const char*>(data), size});
    if (!clock) return 0;
    const auto again = Clock::parse(clock->name());
    CHECK(again.has_value() && again->name() == clock->name());
    WallToUtc converter(*clock), converter_again(*again);
    for (const char* text : {"1700-01-01", "1999-12-31T23:59:59Z", "2018-03-11T02:30:00Z", "2018-11-04T01:30:00Z", "2200-06-01"}) {
        const std::int64_t wall = parse_iso8601(text)->value;
        const std::int64_t utc = converter.convert(wall).value;
        CHECK(utc == converter_again.convert(wall).value);
        CHECK(utc - wall < 36 * nanos_per_hour && wall - utc < 36 * nanos_per_hour);
    }
    return 0;
}

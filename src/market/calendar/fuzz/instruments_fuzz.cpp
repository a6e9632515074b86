#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "market/calendar/instruments.hpp"
#include "market/calendar/session.hpp"

/// Any bytes as a user's table of instruments: an error, or rows whose fields read back as they were written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading::market;
    InstrumentTable table = InstrumentTable::built_in();
    if (!table.overlay({reinterpret_cast<const char*>(data), size}, "instruments.csv")) return 0;
    for (const Instrument& instrument : table.all()) {
        CHECK(table.find(instrument.symbol) != nullptr);
        const auto hours = TradingHours::parse(instrument.hours, instrument.holidays);
        CHECK(hours.has_value());
        static_cast<void>(hours->is_open({1'500'000'000'000'000'000}));
    }
    return 0;
}

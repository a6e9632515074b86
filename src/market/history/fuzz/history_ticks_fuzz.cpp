#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "market/history/tick_reader.hpp"

/// Any bytes as a table of ticks: an error, or ticks in order with positive prices.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    auto source = open_bytes({reinterpret_cast<const char*>(data), size}, "fuzz.csv");
    if (!source) return 0;
    auto reader = TickReader::open(LineReader(*std::move(source), "fuzz.csv", 0));
    if (!reader) return 0;
    TickColumns batch;
    UnixNanos last{INT64_MIN};
    while (true) {
        const auto rows = reader->next(batch, 7);
        if (!rows || *rows == 0) return 0;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            CHECK(last <= batch.time[i] && batch.bid[i].raw > 0 && batch.ask[i].raw > 0);
            last = batch.time[i];
        }
    }
}

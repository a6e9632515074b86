#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "market/history/bar_reader.hpp"

/// Any bytes as a table of bars: an error, or sound bars in order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    auto source = open_bytes({reinterpret_cast<const char*>(data), size}, "fuzz.csv");
    if (!source) return 0;
    auto reader = BarReader::open(LineReader(*std::move(source), "fuzz.csv", 0));
    if (!reader) return 0;
    BarColumns batch;
    UnixNanos last{INT64_MIN};
    while (true) {
        const auto rows = reader->next(batch, 7);
        if (!rows || *rows == 0) return 0;
        CHECK(batch.size() == *rows && (batch.spread.empty() || batch.spread.size() == *rows));
        for (std::size_t i = 0; i < batch.size(); ++i) {
            CHECK((last < batch.time[i] || last.value == INT64_MIN) && batch.low[i].raw > 0 && batch.low[i] <= batch.high[i]);
            last = batch.time[i];
        }
    }
}

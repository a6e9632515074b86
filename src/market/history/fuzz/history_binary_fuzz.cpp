#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "market/history/collect_bars.hpp"
#include "market/history/row_stream.hpp"

/// Any bytes as ticks of Dukascopy or as a history file of MetaTrader 4, unpacked or not: an error, or rows that are sound.
/// The first byte chooses the path, which holds the hour of ticks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    if (size == 0) return 0;
    const std::filesystem::path path = (data[0] & 1) != 0 ? "/x/GBPJPY/2012/11/03/07h_ticks.bi5" : "/x/AUDUSD60.hst";
    auto source = open_bytes({reinterpret_cast<const char*>(data + 1), size - 1}, path);
    if (!source) return 0;
    ImportOptions options;
    options.timezone = "UTC";
    options.now = *parse_iso8601("2026-01-01");
    auto rows = RowStream::open(LineReader(*std::move(source), path, 0), options);
    if (!rows) return 0;
    if (rows->layout().kind == RowKind::bars) {
        const auto collected = collect_bars(*rows, options, path);
        CHECK(collected || !collected.error().text.empty());
        for (std::size_t i = 0; collected && i < collected->bars.size(); ++i) CHECK(collected->bars.low[i].raw > 0);
        return 0;
    }
    ParsedRow row;
    while (true) {
        const auto more = rows->next(row);
        if (!more || !*more) return 0;
        CHECK(row.bid[3].raw > 0 && row.ask[3].raw > 0 && row.volume.raw >= 0);
    }
}

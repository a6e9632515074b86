#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "market/history/collect_bars.hpp"
#include "market/history/row_stream.hpp"

/// Any bytes as a file of prices: an error that names the file, or bars that are sound and in order. The first byte chooses
/// between a name that holds a date (LEAN's days) and one that does not, and the decimal point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    using namespace aitrading::market;
    if (size == 0) return 0;
    const std::filesystem::path path = (data[0] & 1) != 0 ? "20140506_eurusd.csv" : "EURUSD.csv";
    auto source = open_bytes({reinterpret_cast<const char*>(data + 1), size - 1}, path);
    if (!source) return 0;
    ImportOptions options;
    if ((data[0] & 2) != 0) options.layout.decimal_point = ',';
    if ((data[0] & 4) != 0) options.layout.columns = "time=1,open=2,high=3,low=4,close=5";
    options.now = *parse_iso8601("2026-01-01");
    auto rows = RowStream::open(LineReader(*std::move(source), path, 0), options);
    if (!rows) return 0;
    if (rows->layout().kind == RowKind::ticks) {
        ParsedRow row;
        while (true) {
            const auto more = rows->next(row);
            if (!more || !*more) return 0;
            CHECK(row.bid[3].raw > 0 && row.ask[3].raw > 0);
        }
    }
    const auto collected = collect_bars(*rows, options, path);
    if (!collected) {
        CHECK(!collected.error().text.empty());
        return 0;
    }
    const BarColumns& bars = collected->bars;
    CHECK(bars.size() > 0);
    CHECK(bars.digits >= 0 && bars.digits <= 9);
    CHECK(static_cast<std::int64_t>(bars.size()) + rows->defects().refused() == rows->rows_read());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        CHECK(i == 0 || bars.time[i - 1] < bars.time[i]);
        CHECK((bars.low[i].raw > 0 || rows->layout().may_be_negative) && bars.low[i] <= bars.open[i] && bars.open[i] <= bars.high[i]);
        CHECK(bars.low[i] <= bars.close[i] && bars.close[i] <= bars.high[i] && bars.volume[i].raw >= 0);
    }
    return 0;
}

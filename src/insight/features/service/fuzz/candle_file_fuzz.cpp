#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "insight/features/registry.hpp"
#include "insight/features/service/candle_file.hpp"

/// Any bytes: either sound bars in increasing time, over which the indicators run, or an error that names the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    const auto table = insight::parse_candles({reinterpret_cast<const char*>(data), size}, "fuzz.csv");
    if (!table) {
        CHECK(table.error().code == ErrorCode::bad_input);
        CHECK(table.error().text.starts_with("fuzz.csv"));
        return 0;
    }
    CHECK(!table->candles.empty() && table->candles.size() == table->time.size());
    for (std::size_t i = 0; i < table->candles.size(); ++i) {
        const insight::Candle& c = table->candles[i];
        CHECK(c.low > 0 && c.low <= c.open && c.low <= c.close && c.high >= c.open && c.high >= c.close);
        CHECK(i == 0 || table->time[i - 1] < table->time[i]);
    }
    for (const char* name : {"rsi(2)", "bollinger(2,2)", "psar", "adx(2)", "cci(3)", "aroon(2)", "mfi(2)"}) {
        const auto request = insight::parse_indicator(name);
        CHECK(insight::compute_indicators({&*request, 1}, table->candles)[0].size() == table->candles.size());
    }
    return 0;
}

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "market/simulator/market_table.hpp"

/// Any bytes: either a table whose columns are equally long and in order, or an error that says where.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aitrading;
    const auto table = market::parse_market_table({reinterpret_cast<const char*>(data), size}, "fuzz.csv");
    if (!table) {
        CHECK(table.error().code == ErrorCode::bad_input);
        CHECK(table.error().text.starts_with("fuzz.csv, row "));
        return 0;
    }
    CHECK(table->size() > 0);
    for (const auto* column : {&table->x, &table->dxy, &table->r_bp, &table->log_volume, &table->log_spread})
        CHECK(column->size() == table->size());
    for (std::size_t i = 1; i < table->size(); ++i) CHECK(table->t[i - 1] < table->t[i]);
    return 0;
}

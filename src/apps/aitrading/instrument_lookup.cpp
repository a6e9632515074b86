#include "apps/aitrading/instrument_lookup.hpp"

#include "apps/aitrading/series_input.hpp"
#include "decision/trading/costs.hpp"
#include "market/calendar/service/instrument_file.hpp"

namespace aitrading::apps {

Result<PriceUnits> price_units(const std::filesystem::path& home, const std::string& symbol, int digits) {
    TRY(const market::InstrumentTable table, market::load_instruments(home));
    PriceUnits out{pip_of(symbol, digits), point_of(digits), trading::lot, trading::lot, false};
    const market::Instrument* instrument = table.find(symbol);
    if (instrument == nullptr) return out;
    out.known = true;
    out.pip = instrument->pip;
    out.contract = instrument->contract_size;
    if (instrument->kind == market::InstrumentClass::fx) return out;
    out.point = instrument->point();
    return out;
}

Result<SeriesKey> stored_key(const std::filesystem::path& home, const ports::SeriesStore& store, const SeriesKey& key) {
    const auto there = store.describe(key);
    if (there || there.error().code != ErrorCode::not_found) return key;
    TRY(const market::InstrumentTable table, market::load_instruments(home));
    const market::Instrument* instrument = table.find(key.symbol);
    if (instrument == nullptr) return key;
    std::vector<std::string> names = instrument->aliases;
    names.insert(names.begin(), instrument->symbol);
    for (const std::string& symbol : names)
        if (SeriesKey other{symbol, key.timeframe}; store.describe(other)) return other;
    return key;
}

}  // namespace aitrading::apps

#include "apps/aitrading/regime_inputs.hpp"

#include <algorithm>

#include "insight/regimes/release_times.hpp"
#include "market/calendar/service/calendar_files.hpp"
#include "market/calendar/service/instrument_file.hpp"

namespace aitrading::apps {

Result<std::vector<std::string>> currencies_of(const Context& context, const std::string& symbol) {
    TRY(const market::InstrumentTable table, market::load_instruments(context.home));
    const market::Instrument* instrument = table.find(symbol);
    if (instrument == nullptr) instrument = table.find(symbol.substr(0, 6));
    std::vector<std::string> out;
    if (instrument != nullptr) out = {instrument->base, instrument->quote};
    std::erase(out, "");
    return out;
}

Result<models::RuleRegimeOptions> regime_options(const Context& context, const BarColumns& bars, int window) {
    auto out = models::RuleRegimeOptions::of(bars, window);
    TRY(out.currencies, currencies_of(context, bars.key.symbol));
    if (out.currencies.empty()) return out;
    TRY(const auto events, market::load_events(context.home));
    auto releases = std::make_shared<const insight::ReleaseTimes>(events, market::EventFilter{.currencies = out.currencies});
    if (releases->size() > 0) out.releases = std::move(releases);
    return out;
}

}  // namespace aitrading::apps

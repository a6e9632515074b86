#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::apps {

/// What the words pip, point and lot mean for a series.
struct PriceUnits {
    Price pip, point;
    Quantity lot;        ///< units in one lot: 100,000, as the contract of the command line says
    Quantity contract;   ///< units in one contract of the instrument: gold 100, an index 1
    bool known = false;  ///< the instrument stands in the table; otherwise these are the usual values of a currency pair
};

/// From the home's table of instruments. Pairs keep the point of the series' own decimals.
/// @errors bad_input (the user's table), failed
Result<PriceUnits> price_units(const std::filesystem::path& home, const std::string& symbol, int digits);

/// The key under which a series is stored: as asked, else by another name of the instrument (`GOLD`, `XAUUSD`). Unchanged
/// where none is stored, so that the store's own message names what was asked. @errors bad_input, failed
Result<SeriesKey> stored_key(const std::filesystem::path& home, const ports::SeriesStore& store, const SeriesKey& key);

}  // namespace aitrading::apps

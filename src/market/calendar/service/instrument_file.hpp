#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "market/calendar/instruments.hpp"

namespace aitrading::market {

/// The built-in table with the user's `<home>/instruments.csv` laid over it. A home without that file is fine.
/// @errors bad_input: file, line, field, remedy; failed
Result<InstrumentTable> load_instruments(const std::filesystem::path& home);

/// Sets fields of one instrument in the user's file, which is replaced as a whole; other rows and remarks at its head stay.
/// @errors bad_input: the field and what is expected; nothing is written then
Result<Instrument> set_instrument(const std::filesystem::path& home, const std::string& symbol,
                                  const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace aitrading::market

#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

struct BarsCsvOptions {
    std::string symbol;    ///< empty: from the name, else "input"
    std::string timezone;  ///< empty: the offset in the times, else the layout's clock (UTC for plain tables)
};

/// The bars of a file that is used once and not stored: a table `time,open,high,low,close[,volume]` or any layout that
/// import knows. Nothing is left out: the first unsound row is an error. The timeframe is that of the commonest step, or
/// the longest one below it.
/// @errors bad_input (file, line, column, remedy), not_found, failed
Result<BarColumns> load_bars_csv(const std::filesystem::path& path, const BarsCsvOptions& options = {});

}  // namespace aitrading::market

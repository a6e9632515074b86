#pragma once

#include <string>

#include "market/history/import.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

Result<void> import_bars(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store, ImportReport& report);
Result<void> import_ticks(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store, ImportReport& report);

/// Neither the file nor the user tells the symbol.
Error symbol_unknown(const std::filesystem::path& path);

}  // namespace aitrading::market

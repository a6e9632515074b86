#pragma once

#include <string>

#include "market/history/import.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

Result<void> import_bars(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store, ImportReport& report);
Result<void> import_ticks(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store, ImportReport& report);

/// @errors usage
Result<std::string> need_symbol(const RowStream& rows, const std::filesystem::path& path);

}  // namespace aitrading::market

#pragma once

#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {

/// Sets how the table writes numbers and dates: as the user said, else as its rows prove. The order of dates such as
/// 03/04/2018 is taken from the first row that has only one reading, wherever in the file it stands.
/// @errors bad_input (no row proves it: the remedy is --date-order)
Result<void> conclude_style(const Sample& sample, const LayoutOptions& options, std::int64_t header_lines, TableShape& shape);

}  // namespace aitrading::market

#pragma once

#include <string_view>

#include "base/result.hpp"
#include "market/history/layout.hpp"
#include "market/history/table_parser.hpp"

namespace aitrading::market {

/// Opens a table whose first line names its columns in any common spelling, or whose columns the user named.
/// @errors bad_input (columns that are needed and missing, and how to name them), usage
Result<OpenLayout> open_by_header(const Sample& sample, const LayoutOptions& options, std::string_view symbol);

/// Opens a table of one value per time (`columns` has a time and a close) as bars that open, rise, fall and close at it.
Result<OpenLayout> open_single_value(const Sample& sample, const LayoutOptions& options, TableShape shape);

}  // namespace aitrading::market

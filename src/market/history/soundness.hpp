#pragma once

#include <string>
#include <string_view>

#include "market/history/layout.hpp"

namespace aitrading::market {

/// Why a row that parsed cannot be true (an empty kind: it can): a high below the low, or an open or close outside them,
/// on either side. Signs were checked by the parser.
RowFault find_unsound(RowKind kind, const ParsedRow& row, bool has_ask);

/// A fault in words: `column close: "1,1034" is not a number. Decimal comma? Try --decimal ,`.
std::string describe_fault(const RowFault& fault, char decimal_point);

}  // namespace aitrading::market

#pragma once

#include <string_view>

#include "base/fixed.hpp"
#include "base/result.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {

/// The error of a file that is used once and leaves nothing out: file, line, what is wrong, and the remedy.
/// @param what such as `column close: "x" is not a number`
std::unexpected<Error> refuse_row(const LineReader& lines, std::string_view what);

/// `column ask: 1.1 lies below the bid 1.2 (crossed quote)`
std::string describe_crossed(std::string_view bid_column, Price bid, std::string_view ask_column, Price ask);

}  // namespace aitrading::market

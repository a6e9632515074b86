#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::market {

/// A market as it may be observed, column by column; all columns have one entry for each bar, in order of `t`.
struct MarketTable {
    std::vector<std::int64_t> t;
    std::vector<double> x, dxy, r_bp, log_volume, log_spread;

    std::size_t size() const { return t.size(); }
};

/// Reads the CSV of `synth`: a header that names the columns t, x, dxy, r_bp, log_volume, log_spread in any order
/// (others, such as those for a judge, are not looked at), then one bar a line, t strictly increasing. CRLF is accepted.
/// @param file_name only for error texts
/// @errors bad_input with file, row (the header is row 1) and field
Result<MarketTable> parse_market_table(std::string_view text, std::string_view file_name);

}  // namespace aitrading::market

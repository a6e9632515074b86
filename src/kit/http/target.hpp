#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aitrading::kit {

/// What a request line asks for, decoded.
struct Target {
    std::string path;
    std::string raw_path;  ///< as sent: a `%2F` in it separates nothing
    std::vector<std::pair<std::string, std::string>> query;
};

inline constexpr std::size_t target_bytes_max = 4'096, query_pairs_max = 100;

/// Reads `/path?name=value&…` (RFC 3986): `%xx` decoded once, `+` a blank in the query alone. Refused: anything that does
/// not begin with `/`, empty parts (`//`), dotted ones (`/../`, also with encoded dots or slashes), control characters, and what is over the limits.
/// @errors bad_input
Result<Target> parse_target(std::string_view text);

}  // namespace aitrading::kit

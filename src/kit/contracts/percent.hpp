#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/percent.hpp"
#include "base/result.hpp"

namespace aitrading::kit {

/// `a=1&b=x%20y` as names and values in their order; a name without `=` has an empty value, empty parts are left out.
/// @errors bad_input (broken encoding, more than query_fields_max fields)
Result<std::vector<std::pair<std::string, std::string>>> read_query(std::string_view query);

inline constexpr std::size_t query_fields_max = 256;

/// Bytes of base64 in either alphabet, padded or not. None: anything else.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace aitrading::kit

#pragma once

#include <string_view>

#include "base/result.hpp"

namespace aitrading::kit {

struct JsonLimits {
    int depth_max = 32;
    std::size_t values_max = 200'000;  ///< commas and openings: what a reader would allocate for
};

/// Whether a body may be given to a JSON reader: brackets are closed in order, not nested deeper than the limit, strings
/// end. One pass without memory beside one bit a level; says nothing on numbers and words, which the reader refuses.
/// @errors bad_input with the byte
Result<void> check_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace aitrading::kit

#pragma once

#include <string_view>

namespace aitrading {

/// Whether the bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. @complexity O(length)
bool is_utf8(std::string_view text);

}  // namespace aitrading

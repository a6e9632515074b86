#pragma once

#include <cstddef>
#include <string_view>

namespace aitrading {

/// Whether the bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. @complexity O(length)
bool is_utf8(std::string_view text);
/// As many bytes as are UTF-8 from the front on: all of them, or up to the first that is not. @complexity O(length)
std::size_t utf8_prefix(std::string_view text);

}  // namespace aitrading

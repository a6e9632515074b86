#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "market/history/byte_source.hpp"

namespace aitrading::market {

enum class ByteOrder : std::uint8_t { little, big };

/// The byte order of UTF-16 text, told by its mark or, without one, by sixteen plain letters with zeros between; empty where
/// the bytes are no UTF-16.
std::optional<ByteOrder> find_utf16(std::string_view head);

/// UTF-16 as UTF-8, decoded in pieces. Halves of a pair without the other become U+FFFD.
/// @param head bytes that were read from `source` already
std::unique_ptr<ByteSource> make_utf16_source(std::unique_ptr<ByteSource> source, std::vector<char> head, ByteOrder order);

}  // namespace aitrading::market

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aitrading::market {

/// A number of type T in a binary record, the least significant byte first. @pre at + sizeof(T) <= bytes.size()
template <class T>
T read_little(std::string_view bytes, std::size_t at) {
    static_assert(std::endian::native == std::endian::little);
    T out;
    std::memcpy(&out, bytes.data() + at, sizeof out);
    return out;
}

/// The same with the most significant byte first, of four bytes. @pre as above
template <class T>
T read_big(std::string_view bytes, std::size_t at) {
    static_assert(sizeof(T) == 4);
    return std::bit_cast<T>(__builtin_bswap32(read_little<std::uint32_t>(bytes, at)));
}

}  // namespace aitrading::market

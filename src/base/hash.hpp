#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace aitrading {

/// Running 64-bit FNV-1a over 8-byte words, for fingerprints of values (not for security).
/// Same bytes in, same hash out, on any machine of the same byte order.
class Fingerprint {
  public:
    void add_bytes(const void* data, std::size_t size) {
        const auto* p = static_cast<const unsigned char*>(data);
        while (size >= 8) {
            std::uint64_t word;
            std::memcpy(&word, p, 8);
            add_word(word);
            p += 8;
            size -= 8;
        }
        std::uint64_t tail = size;  // the length ends the stream, so that "a" + "" differs from "" + "a"
        for (std::size_t i = 0; i < size; ++i) tail = (tail << 8) | p[i];
        add_word(tail);
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    void add(const T& value) {
        static_assert(std::has_unique_object_representations_v<T> || std::is_floating_point_v<T>);
        add_bytes(&value, sizeof value);
    }
    void add(std::string_view text) {
        add_word(text.size());
        add_bytes(text.data(), text.size());
    }
    template <class T>
    void add_all(std::span<const T> values) {
        add_word(values.size());
        add_bytes(values.data(), values.size_bytes());
    }
    std::uint64_t value() const { return state_; }
    /// Sixteen lower-case hexadecimal digits.
    std::string hex() const;

  private:
    void add_word(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x100000001B3ULL;
        state_ ^= state_ >> 29;  // plain FNV over words mixes high bits badly
    }
    std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

}  // namespace aitrading

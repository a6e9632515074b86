#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aitrading {

/// SHA-256 (FIPS 180-4): names contents so that equal names mean equal bytes, also where somebody wishes otherwise.
/// `Fingerprint` (base/hash.hpp) is ten times as fast and guards against accidents only.
class Sha256 {
  public:
    void add(std::string_view bytes);
    /// The hash of everything added. @pre called once, of `digest` and `hex`; nothing is added after it
    std::array<unsigned char, 32> digest();
    /// The same as sixty-four lower-case hexadecimal digits.
    std::string hex();

  private:
    void take_block(const unsigned char* block);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> open_{};  ///< bytes that do not fill a block yet
    std::uint64_t size_ = 0;                ///< of everything added
};

/// The hash of one string. @complexity O(bytes)
std::string sha256_hex(std::string_view bytes);

}  // namespace aitrading

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::ports {

/// Seals bytes that a store lays on a disk. Where the key comes from (file, environment, HSM) is the cipher's own matter; a
/// store keeps `key_id` beside what was sealed, so that keys can change. Safe to use from several threads.
class Cipher {
  public:
    virtual ~Cipher() = default;

    /// The key that `encrypt` uses now: 1 to 64 letters, digits, dots, dashes or underscores.
    virtual std::string key_id() const = 0;
    /// @param context what the bytes are and where they lie; is not stored, and `decrypt` demands the same, so that sealed
    /// bytes moved elsewhere are refused   @errors failed (no key)
    virtual Result<std::string> encrypt(std::string_view plain, std::string_view context) = 0;
    /// @errors gate_refused (changed, of another context or key), not_found (no key of this id)
    virtual Result<std::string> decrypt(std::string_view sealed, std::string_view key_id, std::string_view context) = 0;
};

}  // namespace aitrading::ports

#pragma once

#include <map>

#include "ports/cipher/cipher.hpp"

namespace aitrading::ports::conformance::tables {

/// Shows that the hook is used and what goes through it; keeps no secret from anybody. Keys are words; the one of the greatest
/// id seals. Equal fields give equal bytes.
class TestCipher final : public Cipher {
  public:
    explicit TestCipher(std::map<std::string, std::string> keys) : keys_(std::move(keys)) {}
    std::string key_id() const override { return keys_.rbegin()->first; }
    Result<std::string> encrypt(std::string_view plain, std::string_view context) override;
    Result<std::string> decrypt(std::string_view sealed, std::string_view key_id, std::string_view context) override;

  private:
    std::map<std::string, std::string> keys_;  ///< by id
};

}  // namespace aitrading::ports::conformance::tables

#include "base/hash.hpp"

#include <fmt/format.h>

namespace aitrading {

std::string Fingerprint::hex() const { return fmt::format("{:016x}", state_); }

}  // namespace aitrading

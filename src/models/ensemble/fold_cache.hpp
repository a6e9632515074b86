#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::models {

/// Keeps finished fits so that a stopped run goes on where it was. Called from several threads at once, never
/// twice at the same time with one key. A key is a fingerprint of everything that the bytes depend on.
class FoldCache {
  public:
    virtual ~FoldCache() = default;
    /// Nothing where the key is unknown or its bytes are damaged: the fit is then done anew.
    virtual std::optional<std::string> load(const std::string& key) = 0;
    /// All or nothing: after a crash the key is either unknown or complete. @errors failed (disk full, …)
    virtual Result<void> store(const std::string& key, std::string_view bytes) = 0;
};

}  // namespace aitrading::models

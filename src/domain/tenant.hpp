#pragma once

#include <string_view>

#include "base/result.hpp"

namespace aitrading {

/// Most characters of a tenant's name.
inline constexpr std::size_t tenant_characters_max = 100;

/// Whether stores may keep things under this tenant: 1 to 100 letters, digits, dots, dashes or underscores, so that the
/// name can be part of a key, a folder or a column without being taken for anything else. It begins with no dot, and does
/// not end in ".new" or ".unfinished": so are files called that are hidden or being written, and backups leave those out.
/// @errors usage
Result<void> check_tenant(std::string_view tenant);

}  // namespace aitrading

#pragma once

#include <string>
#include <string_view>

namespace aitrading::kit {

/// Whether what goes by this name is never shown: passwords, tokens, keys, cookies (`JWT_SECRET`, `x-api-key`,
/// `Authorization`, `mt5_password`). Names of identifiers (`key_id`, `primary_key`) are not meant.
bool is_secret_name(std::string_view name);

/// The text without secrets: values behind `secret-name=`, `secret-name:` and `"secret-name":`, credentials of
/// `Bearer` and `Basic`, and passwords in `scheme://user:password@host` become `***`. A safety net: whoever logs
/// names no secret in the first place. @complexity O(length)
std::string masked(std::string_view text);

}  // namespace aitrading::kit

#include "domain/tenant.hpp"

#include <algorithm>
#include <string>

namespace aitrading {

Result<void> check_tenant(std::string_view tenant) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    };
    const bool named = !tenant.empty() && tenant.size() <= tenant_characters_max && std::ranges::all_of(tenant, fits);
    const bool unfinished = tenant.ends_with(".new") || tenant.ends_with(".unfinished");
    if (named && unfinished)
        return fail(ErrorCode::usage, "tenant '" + std::string(tenant) + "': .new and .unfinished end the names of files that are being written; choose another");
    if (named && tenant.front() != '.') return {};
    return fail(ErrorCode::usage, "tenant '" + std::string(tenant.substr(0, tenant_characters_max)) +
                                      "': a name has 1 to 100 letters, digits, dots, dashes or underscores and does not begin with a dot");
}

}  // namespace aitrading

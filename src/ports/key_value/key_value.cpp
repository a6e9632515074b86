#include "ports/key_value/key_value.hpp"

#include <charconv>

#include "domain/tenant.hpp"

namespace aitrading::ports {

Result<void> check_key(KeyName name) {
    TRY_VOID(check_tenant(name.tenant));
    if (!name.key.empty() && name.key.size() <= kv_key_bytes_max) return {};
    return fail(ErrorCode::usage, "a key has 1 to " + std::to_string(kv_key_bytes_max) + " bytes, not " + std::to_string(name.key.size()));
}

Result<void> check_value(std::string_view value) {
    if (value.size() <= kv_value_bytes_max) return {};
    return fail(ErrorCode::usage, "a value has at most " + std::to_string(kv_value_bytes_max) + " bytes, not " +
                                      std::to_string(value.size()) + "; larger things belong to the archive");
}

Result<void> check_life(std::optional<std::chrono::milliseconds> lives_for) {
    if (!lives_for || (lives_for->count() >= 1 && *lives_for <= kv_life_max)) return {};
    return fail(ErrorCode::usage, "a key lives for 1 ms to 366 days, not " + std::to_string(lives_for->count()) + " ms");
}

Result<void> check_addition(const Addition& addition) {
    if (addition.min > addition.max) return fail(ErrorCode::usage, "a counter's min must not lie above its max");
    return check_life(addition.lives_for);
}

Result<void> check_scan(std::string_view tenant, std::string_view prefix, int count) {
    TRY_VOID(check_tenant(tenant));
    if (prefix.size() > kv_key_bytes_max) return fail(ErrorCode::usage, "a prefix has at most " + std::to_string(kv_key_bytes_max) + " bytes");
    if (count >= 1 && count <= kv_scan_max) return {};
    return fail(ErrorCode::usage, "a page holds 1 to " + std::to_string(kv_scan_max) + " keys, not " + std::to_string(count));
}

Result<std::int64_t> counter_of(KeyName name, std::string_view value) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    // "007" and "-0" are read, but are no text that a counter writes: engines would differ on them.
    if (error == std::errc() && end == value.data() + value.size() && std::to_string(number) == value) return number;
    return fail(ErrorCode::bad_input, "key '" + std::string(name.key) + "' of tenant '" + std::string(name.tenant) +
                                          "' is no counter: its value is no 64-bit integer");
}

std::optional<std::int64_t> counted(std::int64_t before, const Addition& addition) {
    std::int64_t after = 0;
    if (__builtin_add_overflow(before, addition.delta, &after)) return std::nullopt;
    if (after < addition.min || after > addition.max) return std::nullopt;
    return after;
}

}  // namespace aitrading::ports

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::ports {

/// `text` is UTF-8 without the character NUL and sorts by its bytes; `time` is a UnixNanos.
enum class ColumnType { text, integer, real, bytes, boolean, time };

/// As migrations, errors and checksums write it: `text`, `integer`, ….
std::string_view name(ColumnType type);

struct Bytes {
    std::string value;
    friend auto operator<=>(const Bytes&, const Bytes&) = default;
};

/// One cell; std::monostate is "not known". A real is never NaN, and -0.0 becomes 0.0.
using Value = std::variant<std::monostate, std::string, std::int64_t, double, Bytes, bool, UnixNanos>;
/// Values of all columns, in the order of the schema.
using Row = std::vector<Value>;
/// Values of the primary key's columns, in its order.
using Key = std::vector<Value>;

inline bool is_null(const Value& value) { return value.index() == 0; }
/// Whether the value is of this type; null is of every type.
bool fits(ColumnType type, const Value& value);
/// Bytes that a value counts in limits: 8 for what has a fixed size, else its length.
std::size_t size_bytes(const Value& value);
std::size_t size_bytes(const std::vector<Value>& values);
/// Makes -0.0 to 0.0. @errors bad_input (NaN, text that is no UTF-8 or holds NUL), without the column's name
Result<void> settle(Value& value);
/// For errors: `'text'`, `17`, `2026-11-27T…`, cut short where long. Never called with a secret.
std::string shown(const Value& value);

/// Values as bytes and back, for page marks and for what a cipher seals.
std::string pack(const std::vector<Value>& values);
/// @errors bad_input
Result<std::vector<Value>> unpack_values(std::string_view bytes);

}  // namespace aitrading::ports

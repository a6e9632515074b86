#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aitrading {

/// Undoes percent-encoding (RFC 3986), once; in a query `+` is a blank. None: a `%` without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool query);

/// The other direction for one name or value: everything but letters, digits and `-._~` becomes `%XX`.
std::string percent_encoded(std::string_view text);

}  // namespace aitrading

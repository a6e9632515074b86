#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/text_index/text_query.hpp"

namespace aitrading::engines::text_index {

/// Terms in FTS5's language. Every text stands between quotes, so that nothing in it is an operator.
/// @pre at least one term is not excluded   @param field a name of the index; none: all
std::string expression_of(const std::vector<ports::TextTerm>& terms, const std::optional<std::string>& field);

/// Text around the words that FTS5's `snippet` enclosed in `opens` and `closes`.
inline constexpr char opens = '\x02', closes = '\x03';
struct Marked {
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> places;  ///< begin and size in bytes
};
Marked unmarked(std::string_view snippet);

}  // namespace aitrading::engines::text_index

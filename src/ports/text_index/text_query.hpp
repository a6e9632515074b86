#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::ports {

/// One thing that a document must have, or must not have.
struct TextTerm {
    std::string text;       ///< a word, or several that must follow each other
    bool prefix = false;    ///< the last word may go on
    bool excluded = false;  ///< a document that has it is not found
    friend bool operator==(const TextTerm&, const TextTerm&) = default;
};

inline constexpr std::size_t text_query_bytes_max = 1'024, text_terms_max = 32;

/// Reads what people type: `words` must all be there, `"words in quotes"` follow each other, `begin*` goes on, `-word` and
/// `-"words"` must not be there. Nothing else has a meaning: every other character separates words or belongs to one, so that
/// no text is an error of syntax or reaches the engine's own language.
/// @errors usage (too long, too many terms, or no word that must be there)
Result<std::vector<TextTerm>> parse_text_query(std::string_view query);

}  // namespace aitrading::ports

#include "ports/text_index/text_query.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace aitrading::ports {
namespace {

/// Part of a word, as far as can be told without tables: letters and digits, and whatever is not ASCII.
bool in_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; }

/// Takes one term off the front. @pre the front is no space
TextTerm take_term(std::string_view& query) {
    TextTerm term;
    if (query.front() == '-') {
        term.excluded = true;
        query.remove_prefix(1);
    }
    const bool quoted = query.starts_with('"');
    if (quoted) query.remove_prefix(1);
    const auto ends = [&](char c) { return quoted ? c == '"' : is_space(c) || c == '"'; };
    const auto end = static_cast<std::size_t>(std::ranges::find_if(query, ends) - query.begin());
    term.text = query.substr(0, end);
    query.remove_prefix(end);
    if (quoted && !query.empty()) query.remove_prefix(1);
    if (quoted && query.starts_with('*')) {
        term.prefix = true;
        query.remove_prefix(1);
    } else if (!quoted && term.text.ends_with('*')) {
        term.prefix = true;
    }
    // The engine sees words and single spaces only. What is left of a star or a quote at the end is no part of a word.
    while (!term.text.empty() && !in_word(term.text.back())) term.text.pop_back();
    for (char& c : term.text)
        if (!in_word(c)) c = ' ';
    return term;
}

}  // namespace

Result<std::vector<TextTerm>> parse_text_query(std::string_view query) {
    if (query.size() > text_query_bytes_max)
        return fail(ErrorCode::usage, "a query has at most " + std::to_string(text_query_bytes_max) + " bytes, not " + std::to_string(query.size()));
    if (!is_utf8(query)) return fail(ErrorCode::usage, "a query must be UTF-8");
    std::vector<TextTerm> terms;
    while (!query.empty()) {
        if (is_space(query.front())) {
            query.remove_prefix(1);
            continue;
        }
        TextTerm term = take_term(query);
        if (std::ranges::any_of(term.text, in_word)) terms.push_back(std::move(term));
    }
    if (terms.size() > text_terms_max)
        return fail(ErrorCode::usage, "a query has at most " + std::to_string(text_terms_max) + " terms, not " + std::to_string(terms.size()));
    if (std::ranges::all_of(terms, &TextTerm::excluded)) return fail(ErrorCode::usage, "a query needs a word that must be there");
    return terms;
}

}  // namespace aitrading::ports

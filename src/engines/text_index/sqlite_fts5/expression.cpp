#include "engines/text_index/sqlite_fts5/expression.hpp"

namespace aitrading::engines::text_index {
namespace {

/// A string of FTS5. Quotes are doubled, though the port's terms have none.
std::string quoted(const ports::TextTerm& term) {
    std::string out = "\"";
    for (const char c : term.text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + (term.prefix ? "\" *" : "\"");
}

}  // namespace

std::string expression_of(const std::vector<ports::TextTerm>& terms, const std::optional<std::string>& field) {
    std::string wanted, excluded;
    for (const ports::TextTerm& term : terms) {
        std::string& side = term.excluded ? excluded : wanted;
        if (!side.empty()) side += term.excluded ? " OR " : " AND ";
        side += quoted(term);
    }
    std::string all = "(" + wanted + ")";
    if (!excluded.empty()) all = "(" + all + " NOT (" + excluded + "))";
    return field ? "{" + *field + "} : " + all : all;
}

Marked unmarked(std::string_view snippet) {
    Marked out;
    std::size_t begin = std::string::npos;
    for (const char c : snippet) {
        if (c == opens && begin == std::string::npos) {
            begin = out.text.size();
        } else if (c == closes && begin != std::string::npos) {
            out.places.emplace_back(begin, out.text.size() - begin);
            begin = std::string::npos;
        } else {
            out.text.push_back(c);
        }
    }
    return out;
}

}  // namespace aitrading::engines::text_index

#include "kit/http/target.hpp"

#include <optional>

#include <fmt/format.h>

namespace aitrading::kit {
namespace {

std::optional<int> hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

Result<std::string> decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const std::optional<int> a = i + 1 < text.size() ? hex(text[i + 1]) : std::nullopt;
            const std::optional<int> b = i + 2 < text.size() ? hex(text[i + 2]) : std::nullopt;
            if (!a || !b) return fail(ErrorCode::bad_input, fmt::format("target: % at {} is not followed by two hexadecimal digits", i));
            c = static_cast<char>(*a * 16 + *b);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return fail(ErrorCode::bad_input, fmt::format("target: a control character at {}", i));
        out += c;
    }
    return out;
}

bool has_dotted_or_empty_part(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // its slash
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        if (part == "." || part == ".." || (part.empty() && end < path.size())) return true;
        path.remove_prefix(end);
    }
    return false;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
    if (text.size() > target_bytes_max) return fail(ErrorCode::bad_input, fmt::format("target: {} bytes, at most {}", text.size(), target_bytes_max));
    if (text.empty() || text[0] != '/') return fail(ErrorCode::bad_input, "target: a path that begins with / is expected");
    text = text.substr(0, text.find('#'));
    const std::size_t question = std::min(text.find('?'), text.size());
    Target out;
    TRY(out.path, decoded(text.substr(0, question), false));
    if (has_dotted_or_empty_part(out.path)) return fail(ErrorCode::bad_input, "target: empty, . and .. parts are not accepted");
    std::string_view query = text.substr(std::min(question + 1, text.size()));
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        if (out.query.size() == query_pairs_max) return fail(ErrorCode::bad_input, fmt::format("target: more than {} query parameters", query_pairs_max));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        TRY(std::string name, decoded(pair.substr(0, equals), true));
        TRY(std::string value, decoded(pair.substr(std::min(equals + 1, pair.size())), true));
        out.query.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) out += c;
        else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace aitrading::kit

#include "kit/http/target.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/percent.hpp"

namespace aitrading::kit {
namespace {

Result<std::string> decoded(std::string_view text, bool query) {
    auto out = percent_decoded(text, query);
    if (!out) return fail(ErrorCode::bad_input, "target: a % is not followed by two hexadecimal digits");
    const auto control = std::ranges::find_if(*out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (control != out->end()) return fail(ErrorCode::bad_input, fmt::format("target: a control character at {}", control - out->begin()));
    return *std::move(out);
}

/// Parts of the raw path between its slashes must not be empty.
bool has_empty_part(std::string_view raw) { return raw.find("//") != std::string_view::npos; }

/// An encoded slash separates here as well: nobody behind this is to meet `/../`.
bool has_dotted_part(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // its slash
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        if (part == "." || part == "..") return true;
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
    out.raw_path = std::string(text.substr(0, question));
    TRY(out.path, decoded(out.raw_path, false));
    if (has_empty_part(out.raw_path) || has_dotted_part(out.path)) return fail(ErrorCode::bad_input, "target: empty, . and .. parts are not accepted");
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

}  // namespace aitrading::kit

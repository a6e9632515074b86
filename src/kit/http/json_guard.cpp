#include "kit/http/json_guard.hpp"

#include <vector>

#include <fmt/format.h>

namespace aitrading::kit {
namespace {

/// Behind the closing quote of a string whose opening quote is at `at`; npos where it does not end.
std::size_t behind_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') ++at;
        else if (text[at] == '"') return at + 1;
    }
    return std::string_view::npos;
}

}  // namespace

Result<void> check_json(std::string_view text, const JsonLimits& limits) {
    std::vector<bool> open;  // true: an object
    std::size_t values = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            const std::size_t next = behind_string(text, at);
            if (next == std::string_view::npos) return fail(ErrorCode::bad_input, fmt::format("JSON: the string at byte {} does not end", at));
            at = next;
            continue;
        }
        if (c == '{' || c == '[') {
            if (open.size() >= static_cast<std::size_t>(limits.depth_max))
                return fail(ErrorCode::bad_input, fmt::format("JSON: nested deeper than {} at byte {}", limits.depth_max, at));
            open.push_back(c == '{');
        } else if (c == '}' || c == ']') {
            if (open.empty() || open.back() != (c == '}')) return fail(ErrorCode::bad_input, fmt::format("JSON: {} at byte {} closes nothing", c, at));
            open.pop_back();
        }
        if ((c == ',' || c == '{' || c == '[') && ++values > limits.values_max)
            return fail(ErrorCode::bad_input, fmt::format("JSON: more than {} values", limits.values_max));
        ++at;
    }
    if (!open.empty()) return fail(ErrorCode::bad_input, fmt::format("JSON: {} brackets are not closed", open.size()));
    return {};
}

}  // namespace aitrading::kit

#include "kit/telemetry/masking.hpp"

#include <algorithm>
#include <array>

namespace aitrading::kit {
namespace {

constexpr std::string_view stars = "***";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        else if (c == '-') c = '_';
    return out;
}

/// Where a value that begins at `at` ends: at its quote, or at the first blank or separator.
std::size_t end_of_value(std::string_view text, std::size_t at, char quote) {
    for (; at < text.size(); ++at) {
        if (quote != 0 && text[at] == '\\') {
            ++at;
            continue;
        }
        if (quote != 0 ? text[at] == quote : std::string_view(" \t\r\n,;&\"'}])").find(text[at]) != std::string_view::npos) break;
    }
    return std::min(at, text.size());
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view what) {
    while (at < text.size() && what.find(text[at]) != std::string_view::npos) ++at;
    return at;
}

/// [begin, end) of the secret that follows a word ending at `at`; empty where none does.
std::pair<std::size_t, std::size_t> secret_after(std::string_view text, std::string_view word, std::size_t at) {
    const std::string low = lowered(word);
    if (low == "bearer" || low == "basic") {
        const std::size_t begin = skip(text, at, " ");
        return begin > at ? std::pair{begin, end_of_value(text, begin, 0)} : std::pair{at, at};
    }
    if (!is_secret_name(word)) return {at, at};
    std::size_t begin = skip(text, at, "\"' ");
    if (begin >= text.size() || (text[begin] != '=' && text[begin] != ':')) return {at, at};
    begin = skip(text, begin + 1, " ");
    for (const std::string_view scheme : {"bearer ", "basic "})
        if (lowered(text.substr(begin, scheme.size())) == scheme) begin += scheme.size();
    const char quote = begin < text.size() && (text[begin] == '"' || text[begin] == '\'') ? text[begin] : '\0';
    if (quote != 0) ++begin;
    return {begin, end_of_value(text, begin, quote)};
}

/// Hides the password of `://user:password@`, where `at` stands behind `://`.
std::pair<std::size_t, std::size_t> password_in_url(std::string_view text, std::size_t at) {
    const std::size_t end = std::min(text.find_first_of("/ \t\r\n\"'?", at), text.size());
    const std::size_t host = text.substr(0, end).rfind('@'), colon = text.find(':', at);
    if (host == std::string_view::npos || host < at || colon >= host) return {at, at};
    return {colon + 1, host};
}

}  // namespace

bool is_secret_name(std::string_view name) {
    static constexpr std::array whole{"password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "authorization", "cookie",
                                      "credential", "private_key", "encryption_key", "signing_key", "ai_key", "master_key"};
    const std::string low = lowered(name);
    return std::ranges::any_of(whole, [&](std::string_view word) { return low.find(word) != std::string::npos; });
}

std::string masked(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::pair<std::size_t, std::size_t> hidden{at, at};
        std::size_t next = at + 1;
        if (is_word(text[at])) {
            while (next < text.size() && is_word(text[next])) ++next;
            hidden = secret_after(text, text.substr(at, next - at), next);
        } else if (text.substr(at, 3) == "://") {
            next = at + 3;
            hidden = password_in_url(text, next);
        }
        if (hidden.second > hidden.first) {
            out.append(text, at, hidden.first - at);
            out += stars;
            at = hidden.second;
            continue;
        }
        out.append(text, at, next - at);
        at = next;
    }
    return out;
}

}  // namespace aitrading::kit

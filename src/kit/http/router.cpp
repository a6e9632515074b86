#include "kit/http/router.hpp"

#include <algorithm>
#include <optional>

#include "base/percent.hpp"

namespace aitrading::kit {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> out;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) out.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return out;
}

/// `{name}`, or `{name}:word`.
bool is_open(std::string_view part) { return part.size() > 2 && part.front() == '{' && part.find('}') > 1 && part.find('}') != std::string_view::npos; }
std::string_view word_behind(std::string_view part) { return part.substr(part.find('}') + 1); }

/// A part as it was sent; what it says. Broken encoding is no part of any path.
std::optional<std::string> said(std::string_view part) { return percent_decoded(part, false); }

/// How much a pattern leaves open; a field with a word behind it half as much as one without.
std::size_t open_parts(const std::vector<std::string>& parts) {
    std::size_t open = 0;
    for (const std::string& part : parts)
        if (is_open(part)) open += word_behind(part).empty() ? 2 : 1;
    return open;
}

bool take_open(std::string_view pattern, std::string_view part, std::map<std::string, std::string>& parameters) {
    const std::string_view word = word_behind(pattern);
    if (!part.ends_with(word) || part.size() == word.size()) return false;
    auto value = said(part.substr(0, part.size() - word.size()));
    if (!value) return false;
    parameters[std::string(pattern.substr(1, pattern.find('}') - 1))] = *std::move(value);
    return true;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path, std::map<std::string, std::string>& parameters) {
    if (pattern.size() != path.size()) return false;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (is_open(pattern[i]) ? !take_open(pattern[i], path[i], parameters) : pattern[i] != said(path[i])) return false;
    return true;
}

}  // namespace

void Router::add(Route route) {
    Entry entry{std::move(route), {}};
    entry.parts = parts_of(entry.route.pattern);
    const auto place = std::ranges::find_if(entries_, [&](const Entry& e) { return open_parts(e.parts) > open_parts(entry.parts); });
    entries_.insert(place, std::move(entry));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
    const std::vector<std::string> parts = parts_of(path);
    Match out;
    for (const Entry& entry : entries_) {
        std::map<std::string, std::string> parameters;
        if (!matches(entry.parts, parts, parameters)) continue;
        if (entry.route.method == method || (method == "HEAD" && entry.route.method == "GET")) return {&entry.route, std::move(parameters), {}};
        if (!has_token(out.allowed, entry.route.method)) out.allowed += (out.allowed.empty() ? "" : ", ") + entry.route.method;
    }
    return out;
}

}  // namespace aitrading::kit

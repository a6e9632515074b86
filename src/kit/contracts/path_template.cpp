#include "kit/contracts/path_template.hpp"

#include <algorithm>

#include "kit/contracts/percent.hpp"

namespace aitrading::kit {
namespace {

/// The next segment of a path that begins with a slash, which is taken off.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

}  // namespace

PathTemplate::PathTemplate(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        word_ = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    while (!text.empty()) {
        std::string_view segment = take_segment(text);
        const bool field = segment.starts_with('{');
        if (field) segment = segment.substr(1, segment.size() - 2);
        segments_.push_back({std::string(segment), field});
    }
}

std::optional<std::vector<std::pair<std::string, std::string>>> PathTemplate::match(std::string_view path) const {
    if (!word_.empty()) {
        if (!path.ends_with(":" + word_)) return std::nullopt;
        path.remove_suffix(word_.size() + 1);
    }
    std::vector<std::pair<std::string, std::string>> found;
    for (const Segment& wanted : segments_) {
        if (!path.starts_with('/')) return std::nullopt;
        const auto segment = percent_decoded(take_segment(path), false);
        if (!segment || segment->empty() || (!wanted.field && *segment != wanted.text)) return std::nullopt;
        if (wanted.field) found.emplace_back(wanted.text, *segment);
    }
    if (!path.empty()) return std::nullopt;
    return found;
}

int PathTemplate::equal_segments() const {
    return static_cast<int>(std::ranges::count_if(segments_, [](const Segment& s) { return !s.field; }));
}

}  // namespace aitrading::kit

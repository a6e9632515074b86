#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aitrading::kit {

/// `/v1/models/{model}:predict`: words that must be equal, fields that take one segment each, perhaps a word behind a colon.
class PathTemplate {
  public:
    explicit PathTemplate(std::string_view text);

    /// Fields and their values, percent-decoded; none: another path, or broken encoding. An empty segment fills no field.
    /// @complexity O(length)
    std::optional<std::vector<std::pair<std::string, std::string>>> match(std::string_view path) const;
    bool has_word() const { return !word_.empty(); }
    int equal_segments() const;

  private:
    struct Segment {
        std::string text;  ///< or the field's name
        bool field = false;
    };
    std::vector<Segment> segments_;
    std::string word_;
};

}  // namespace aitrading::kit

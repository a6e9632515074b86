#pragma once

#include <string>
#include <vector>

namespace aitrading::apps {

/// `a,b,c` in its parts, blanks trimmed; commas inside parentheses do not part.
std::vector<std::string> split_list(const std::string& text);

}  // namespace aitrading::apps

#include "apps/aitrading/option_list.hpp"

namespace aitrading::apps {

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> out;
    std::string part;
    int depth = 0;
    for (const char c : text + ",") {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth <= 0) {
            const auto from = part.find_first_not_of(' ');
            if (from != std::string::npos) out.push_back(part.substr(from, part.find_last_not_of(' ') - from + 1));
            part.clear();
        } else {
            part += c;
        }
    }
    return out;
}

}  // namespace aitrading::apps

#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/check.hpp"

namespace aitrading::models {

/// A file of tests/golden, parsed.
inline nlohmann::json golden(const std::string& file) {
    std::ifstream in(std::string(AIT_ROOM_DIR) + "/tests/golden/" + file);
    CHECK(in.good());
    return nlohmann::json::parse(in);
}

inline std::vector<double> doubles(const nlohmann::json& list) {
    return list.get<std::vector<double>>();
}
inline std::vector<float> floats(const nlohmann::json& list) {
    return list.get<std::vector<float>>();
}

}  // namespace aitrading::models

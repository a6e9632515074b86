#pragma once

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aitrading::testing_golden {

/// tests/golden/NAME.json of the room whose test asks, made by tools/golden/ROOM/make.py.
inline nlohmann::json golden(const std::string& name) {
    std::ifstream in(std::string(AIT_ROOM_DIR) + "/tests/golden/" + name + ".json");
    EXPECT_TRUE(in) << name;
    return nlohmann::json::parse(in);
}

/// All numbers of nested lists, in order; null is NaN.
inline std::vector<double> flat(const nlohmann::json& list) {
    std::vector<double> out;
    for (const auto& item : list) {
        if (!item.is_array()) {
            out.push_back(item.is_null() ? NAN : item.get<double>());
            continue;
        }
        const auto part = flat(item);
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

}  // namespace aitrading::testing_golden

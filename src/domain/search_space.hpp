#pragma once

#include <string>
#include <vector>

namespace aitrading {

enum class ParameterKind {
    real,                 ///< uniform in [low, high]
    logarithmic,          ///< uniform in log, low > 0
    integer,              ///< whole numbers in [low, high], both included
    logarithmic_integer,  ///< whole numbers, uniform in log, low >= 1
    categorical,          ///< one of `choices`; its value is the index
};

/// One hyper-parameter that a search may choose.
struct ParameterRange {
    std::string name;
    ParameterKind kind = ParameterKind::real;
    double low = 0, high = 1;          ///< categorical: unused
    std::vector<std::string> choices;  ///< categorical only
    /// Exists only where the categorical parameter `parent`, earlier in the space, has choice number
    /// `parent_choice`.
    std::string parent = {};
    int parent_choice = 0;
};

/// In the order in which values are drawn.
using SearchSpace = std::vector<ParameterRange>;

}  // namespace aitrading

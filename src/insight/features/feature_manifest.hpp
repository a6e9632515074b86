#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::insight {

/// One column of a feature matrix.
struct FeatureColumn {
    std::string name;     ///< as the models see it
    std::string group;    ///< the family it comes from: trend, oscillators, volatility, …
    std::string meaning;  ///< definition in one line
};

/// A column that this series cannot have.
struct AbsentColumn {
    std::string name;
    std::string reason;
};

/// What a feature matrix is made of. Two matrices with equal hashes have columns of equal meaning.
struct FeatureManifest {
    std::string name = "default";
    int version = 1;  ///< grows with every change of a definition
    Timeframe timeframe = Timeframe::h1;
    std::vector<std::pair<std::string, std::string>> parameters;  ///< settings shared by the columns
    std::vector<FeatureColumn> columns;
    std::vector<AbsentColumn> absent;
    std::string hash;  ///< of all of the above

    /// Sixteen hexadecimal digits over every field except `hash`.
    std::string fingerprint() const;
};

}  // namespace aitrading::insight

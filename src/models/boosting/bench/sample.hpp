#pragma once

#include <cstdint>
#include <vector>

#include "models/boosting/boosting.hpp"

namespace aitrading::models::bench {

/// Noisy rows with a weak signal, as financial features are: 60 columns, 2 % of the values missing.
struct Sample {
    std::size_t rows = 0, columns = 0;
    std::vector<double> x, weight;
    std::vector<float> y;

    MatrixView view() const { return {x.data(), rows, columns, columns}; }
    TrainingData data() const { return {view(), y, weight}; }
    const double* row(std::size_t i) const { return x.data() + i * columns; }
};

Sample make_sample(std::size_t rows, std::size_t columns, std::uint64_t seed);

}  // namespace aitrading::models::bench

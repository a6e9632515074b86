#include "models/boosting/bench/sample.hpp"

#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace aitrading::models::bench {

Sample make_sample(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Sample s{rows, columns, {}, std::vector<double>(rows, 1.0), {}};
    SplitMix64 random(seed);
    s.x.reserve(rows * columns);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < columns; ++c)
            s.x.push_back(random.next_uniform() < 0.02 ? std::numeric_limits<double>::quiet_NaN()
                                                       : random.next_normal());
        const double* row = s.row(i);
        const auto at = [&](std::size_t c) { return std::isnan(row[c]) ? 0.0 : row[c]; };
        const double signal = 0.3 * at(0) + 0.3 * at(1) * at(2) + 0.3 * std::sin(2 * at(3));
        s.y.push_back(signal + random.next_normal() > 0 ? 1.0F : 0.0F);
    }
    return s;
}

}  // namespace aitrading::models::bench

#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "models/deep/net_pool.hpp"

namespace aitrading::models {

inline constexpr std::size_t drawn_columns = 3;

/// Hourly rows whose labels follow the columns by some loadings, one row ahead; an instrument's columns have a mean and a
/// unit of its own.
struct DrawnSeries {
    std::string name;
    std::size_t rows = 2000;
    std::vector<double> loadings{2, -2, 0};
    double mean = 0, unit = 1;
    std::uint64_t seed = 1;
    int first_day = 0;  ///< after 2010-01-01
};

inline PoolSeries draw(const DrawnSeries& d) {
    PoolSeries s;
    s.name = d.name;
    s.features.names = {"a", "b", "c"};
    s.features.manifest_hash = "0123456789abcdef";
    s.labels.spec = "next_bar";
    s.labels.directional = true;
    SplitMix64 random(d.seed);
    const UnixNanos first = from_civil({.year = 2010, .month = 1, .day = 1});
    for (std::size_t t = 0; t < d.rows; ++t) {
        const std::int64_t open = first.value + d.first_day * nanos_per_day + static_cast<std::int64_t>(t) * nanos_per_hour;
        s.features.time.push_back({open});
        s.features.known.push_back({open + nanos_per_hour});
        double score = 0;
        for (std::size_t c = 0; c < drawn_columns; ++c) {
            const double z = random.next_normal();
            score += d.loadings[c] * z;
            s.features.values.push_back(d.mean + d.unit * z);
        }
        const bool up = random.next_uniform() < 1 / (1 + std::exp(-score));
        if (t + 1 == d.rows) break;  // its label would need a row that is not there
        s.labels.row.push_back(static_cast<std::uint32_t>(t));
        s.labels.end.push_back(static_cast<std::uint32_t>(t + 1));
        s.labels.y.push_back(up ? 1.0F : 0.0F);
        s.labels.target.push_back((up ? 1 : -1) * d.unit * std::exp(0.3 * random.next_normal()));
        s.labels.weight.push_back(1);
    }
    return s;
}

/// The labels [from, to) of an instrument as a learner takes them. Lives as long as the series.
struct OwnRows {
    OwnRows(const PoolSeries& s, std::size_t from, std::size_t to)
        : y(s.labels.y.begin() + static_cast<std::ptrdiff_t>(from), s.labels.y.begin() + static_cast<std::ptrdiff_t>(to)),
          weight(to - from, 1.0),
          target(s.labels.target.begin() + static_cast<std::ptrdiff_t>(from), s.labels.target.begin() + static_cast<std::ptrdiff_t>(to)),
          row(s.labels.row.begin() + static_cast<std::ptrdiff_t>(from), s.labels.row.begin() + static_cast<std::ptrdiff_t>(to)),
          series(s.features.view()) {}
    TrainingData data() const { return {.x = series, .y = y, .weight = weight, .series = series, .row = row, .target = target, .directional = true}; }
    std::vector<float> y;
    std::vector<double> weight, target;
    std::vector<std::uint32_t> row;
    MatrixView series;
};

}  // namespace aitrading::models

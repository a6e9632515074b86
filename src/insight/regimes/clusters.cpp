#include "insight/regimes/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "base/random.hpp"

namespace aitrading::insight {
namespace {

std::vector<double> scaled(MatrixView rows) {
    std::vector<double> out(rows.rows * rows.columns);
    for (std::size_t c = 0; c < rows.columns; ++c) {
        double mean = 0, square = 0;
        for (std::size_t t = 0; t < rows.rows; ++t) mean += rows.row(t)[c];
        mean /= static_cast<double>(rows.rows);
        for (std::size_t t = 0; t < rows.rows; ++t) square += (rows.row(t)[c] - mean) * (rows.row(t)[c] - mean);
        const double deviation = std::sqrt(square / static_cast<double>(rows.rows));
        const double factor = deviation > 0 ? 1 / deviation : 0;
        for (std::size_t t = 0; t < rows.rows; ++t) out[t * rows.columns + c] = (rows.row(t)[c] - mean) * factor;
    }
    return out;
}

double distance(const double* a, const double* b, std::size_t columns) {
    double sum = 0;
    for (std::size_t c = 0; c < columns; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

/// Centres of k-means++: each next one is drawn with probability in proportion to its squared distance from those there.
std::vector<double> draw_centres(const std::vector<double>& x, std::size_t columns, std::size_t clusters,
                                 SplitMix64& random) {
    const std::size_t rows = x.size() / columns;
    std::vector<double> centres, nearest(rows, std::numeric_limits<double>::infinity());
    std::size_t chosen = random.next_below(rows);
    for (std::size_t k = 0; k < clusters; ++k) {
        centres.insert(centres.end(), &x[chosen * columns], &x[chosen * columns] + columns);
        double total = 0;
        for (std::size_t t = 0; t < rows; ++t)
            total += nearest[t] = std::min(nearest[t], distance(&x[t * columns], &centres[k * columns], columns));
        double left = random.next_uniform() * total;
        for (chosen = 0; chosen + 1 < rows && left >= nearest[chosen]; ++chosen) left -= nearest[chosen];
    }
    return centres;
}

}  // namespace

std::vector<std::uint8_t> cluster_rows(MatrixView rows, std::size_t clusters, std::uint64_t seed, int rounds) {
    CHECK(clusters >= 1 && clusters <= 255 && rows.rows >= clusters && rows.columns >= 1);
    const std::vector<double> x = scaled(rows);
    SplitMix64 random(seed);
    std::vector<double> centres = draw_centres(x, rows.columns, clusters, random);
    std::vector<std::uint8_t> out(rows.rows, 0);
    for (int round = 0; round <= rounds; ++round) {
        std::vector<double> sum(centres.size(), 0.0), count(clusters, 0.0);
        for (std::size_t t = 0; t < rows.rows; ++t) {
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < clusters; ++k) {
                const double d = distance(&x[t * rows.columns], &centres[k * rows.columns], rows.columns);
                if (d < least) least = d, out[t] = static_cast<std::uint8_t>(k);
            }
            count[out[t]] += 1;
            for (std::size_t c = 0; c < rows.columns; ++c) sum[out[t] * rows.columns + c] += x[t * rows.columns + c];
        }
        for (std::size_t k = 0; k < clusters; ++k)
            for (std::size_t c = 0; c < rows.columns && count[k] > 0; ++c)
                centres[k * rows.columns + c] = sum[k * rows.columns + c] / count[k];
    }
    return out;
}

}  // namespace aitrading::insight

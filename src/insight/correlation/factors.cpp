#include "insight/correlation/factors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "insight/correlation/denoising.hpp"
#include "insight/correlation/symmetric_eigen.hpp"

namespace aitrading::insight {

Result<Factors> factors_of(std::span<const double> correlation, std::size_t size, std::size_t rows) {
    CHECK(correlation.size() == size * size);
    if (size < 2 || rows < 2)
        return fail(ErrorCode::bad_input, fmt::format("factors need two series and two rows; there are {} and {}", size, rows));
    TRY(const SymmetricEigen eigen, symmetric_eigen(correlation, size));
    Factors out;
    out.size = size;
    out.variance = eigen.values;
    out.loadings = eigen.vectors;
    for (std::size_t f = 0; f < size; ++f)
        for (std::size_t j = 0; j < size; ++j) out.loadings[f * size + j] *= std::sqrt(std::max(0.0, out.variance[f]));
    out.noise_edge = noise_edges(size, rows).high;
    out.above_noise = static_cast<std::size_t>(std::ranges::count_if(out.variance, [&](double v) { return v > out.noise_edge; }));
    return out;
}

std::vector<double> factor_scores(const Factors& factors, MatrixView returns, std::span<const double> mean,
                                  std::span<const double> deviation, std::size_t count) {
    CHECK(returns.columns == factors.size && mean.size() == factors.size && deviation.size() == factors.size && count <= factors.size);
    std::vector<double> out(returns.rows * count, 0.0);
    for (std::size_t i = 0; i < returns.rows; ++i)
        for (std::size_t f = 0; f < count; ++f) {
            double sum = 0;
            for (std::size_t j = 0; j < factors.size; ++j)
                sum += (returns.row(i)[j] - mean[j]) / deviation[j] * factors.loading(f, j);
            out[i * count + f] = sum / factors.variance[f];
        }
    return out;
}

}  // namespace aitrading::insight

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr double non_normality(const ReturnMoments& m) {
    return 1 - m.skew * m.sharpe + (m.kurt - 1) / 4 * m.sharpe * m.sharpe;
}

/// Sums over the periods of one block.
struct BlockSums {
    std::vector<double> sum, square;  ///< [columns]
    double rows = 0;
};

std::vector<BlockSums> cut(MatrixView returns, int blocks) {
    std::vector<BlockSums> out;
    const auto count = static_cast<std::size_t>(blocks);
    for (std::size_t b = 0; b < count; ++b) {
        const std::size_t from = returns.rows * b / count, to = returns.rows * (b + 1) / count;
        BlockSums sums{std::vector<double>(returns.columns, 0.0), std::vector<double>(returns.columns, 0.0),
                       static_cast<double>(to - from)};
        for (std::size_t t = from; t < to; ++t)
            for (std::size_t c = 0; c < returns.columns; ++c) {
                sums.sum[c] += returns.row(t)[c];
                sums.square[c] += returns.row(t)[c] * returns.row(t)[c];
            }
        out.push_back(std::move(sums));
    }
    return out;
}

/// mean / sd of every column over the blocks whose bit of `mask` is set; 0 for a column without variance.
void sharpe_of(const std::vector<BlockSums>& blocks, std::uint32_t mask, std::vector<double>& out) {
    std::fill(out.begin(), out.end(), 0.0);
    std::vector<double> square(out.size(), 0.0);
    double rows = 0;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        if ((mask >> b & 1U) == 0) continue;
        rows += blocks[b].rows;
        for (std::size_t c = 0; c < out.size(); ++c) {
            out[c] += blocks[b].sum[c];
            square[c] += blocks[b].square[c];
        }
    }
    for (std::size_t c = 0; c < out.size(); ++c) {
        const double average = out[c] / rows, variance = (square[c] - rows * average * average) / (rows - 1);
        out[c] = variance > 1e-14 * square[c] / rows ? average / std::sqrt(variance) : 0;
    }
}

/// Choices of `half` out of the blocks as bit masks, in lexicographic order of the chosen block numbers.
std::vector<std::uint32_t> halves(int blocks) {
    std::vector<std::uint32_t> out;
    std::vector<int> chosen;
    chosen.reserve(static_cast<std::size_t>(blocks) / 2);
    for (int i = 0; i < blocks / 2; ++i) chosen.push_back(i);
    while (true) {
        std::uint32_t mask = 0;
        for (int b : chosen) mask |= 1U << b;
        out.push_back(mask);
        int i = blocks / 2 - 1;
        while (i >= 0 && chosen[static_cast<std::size_t>(i)] == blocks - blocks / 2 + i) --i;
        if (i < 0) return out;
        int value = ++chosen[static_cast<std::size_t>(i)];
        for (int k = i + 1; k < blocks / 2; ++k) chosen[static_cast<std::size_t>(k)] = ++value;
    }
}

}  // namespace

ReturnMoments moments_of(std::span<const double> returns) {
    const double deviation = standard_deviation(returns);
    return {deviation > 0 ? mean(returns) / deviation : 0, skewness(returns), kurtosis(returns),
            static_cast<std::int64_t>(returns.size())};
}

double sharpe_error(const ReturnMoments& m) {
    CHECK(m.n >= 2);
    return std::sqrt(std::max(non_normality(m), 0.0) / static_cast<double>(m.n - 1));
}

double probabilistic_sharpe(const ReturnMoments& m, double benchmark) {
    const double error = std::max(sharpe_error(m), std::numeric_limits<double>::min());
    return normal_cdf((m.sharpe - benchmark) / error);
}

double expected_maximum(std::int64_t trials) {
    if (trials <= 1) return 0;
    constexpr double g = std::numbers::egamma;
    const auto n = static_cast<double>(trials);
    return (1 - g) * normal_quantile(1 - 1 / n) + g * normal_quantile(1 - 1 / (n * std::numbers::e));
}

double deflated_sharpe(const ReturnMoments& m, std::int64_t trials, double trial_deviation) {
    return probabilistic_sharpe(m, trial_deviation * expected_maximum(trials));
}

double minimum_track_record(const ReturnMoments& m, double benchmark, double probability) {
    CHECK(m.sharpe > benchmark);
    const double ratio = normal_quantile(probability) / (m.sharpe - benchmark);
    return 1 + std::max(non_normality(m), 0.0) * ratio * ratio;
}

OverfittingEstimate probability_of_overfitting(MatrixView returns, int blocks) {
    CHECK(blocks >= 2 && blocks <= 20 && blocks % 2 == 0);
    CHECK(returns.columns >= 2 && returns.rows >= 2 * static_cast<std::size_t>(blocks));
    const auto sums = cut(returns, blocks);
    const std::uint32_t all = (1U << blocks) - 1;
    std::vector<double> inside(returns.columns), outside(returns.columns);
    OverfittingEstimate out;
    double below = 0;
    for (std::uint32_t mask : halves(blocks)) {
        sharpe_of(sums, mask, inside);
        sharpe_of(sums, all & ~mask, outside);
        const auto best =
            static_cast<std::size_t>(std::max_element(inside.begin(), inside.end()) - inside.begin());
        double rank = 0.5;  // ties share their ranks; the best one ties with itself
        for (double other : outside) rank += other < outside[best] ? 1 : other == outside[best] ? 0.5 : 0;
        const double w = rank / (static_cast<double>(returns.columns) + 1);
        out.logits.push_back(std::log(w / (1 - w)));
        below += out.logits.back() <= 0 ? 1 : 0;
    }
    out.pbo = below / static_cast<double>(out.logits.size());
    return out;
}

}  // namespace aitrading::models

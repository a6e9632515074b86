#include "models/ensemble/global_importance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/parallel.hpp"
#include "base/random.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t fewest_blocks = 10;
constexpr double band_errors = 1.96;

/// The tested rows, dealt by blocks: where each takes its value from.
std::vector<std::size_t> deal(std::size_t rows, std::size_t block, std::uint64_t seed) {
    const std::size_t blocks = (rows + block - 1) / block;
    std::vector<std::size_t> order(blocks), from;
    std::iota(order.begin(), order.end(), std::size_t{0});
    SplitMix64 random(seed);
    for (std::size_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[random.next_below(i)]);
    from.reserve(rows);
    for (const std::size_t b : order)
        for (std::size_t i = b * block; i < std::min(rows, (b + 1) * block); ++i) from.push_back(i);
    return from;
}

std::vector<double> losses(const std::vector<double>& p, std::span<const float> y) {
    std::vector<double> out(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double sure = std::clamp(p[i], probability_floor, 1 - probability_floor);
        out[i] = -std::log(y[i] > 0.5F ? sure : 1 - sure);
    }
    return out;
}

/// Mean of paired differences with the band of its blocks in time.
ColumnWorth worth_of(std::string name, std::span<const double> difference, std::size_t block) {
    const std::size_t blocks = difference.size() / block;
    double mean = 0, squares = 0;
    for (const double d : difference) mean += d / static_cast<double>(difference.size());
    for (std::size_t b = 0; b < blocks; ++b) {
        double own = 0;
        for (std::size_t i = b * block; i < (b + 1) * block; ++i) own += difference[i] / static_cast<double>(block);
        squares += (own - mean) * (own - mean);
    }
    const auto n = static_cast<double>(blocks);
    const double error = std::sqrt(squares / (n - 1) / n);
    ColumnWorth out{std::move(name), mean, mean - band_errors * error, mean + band_errors * error, false};
    out.told = out.low > 0;
    return out;
}

/// Tested rows in the series and what came true.
struct Tested {
    std::vector<std::uint32_t> row;
    std::vector<float> y;
};

/// Mean over the deals of what dealing one column costs each row.
std::vector<double> cost_of(const FittedEnsemble& ensemble, const FeatureMatrix& series, const Tested& tested, std::span<const int> regime,
                            std::span<const double> before, std::size_t column, const ImportanceOptions& options) {
    std::vector<double> values = series.values, cost(before.size(), 0.0);
    const std::size_t width = series.columns();
    for (std::size_t k = 0; k < options.deals; ++k) {
        const auto from = deal(tested.row.size(), options.block, derive_seed(derive_seed(options.seed, column), k));
        for (std::size_t i = 0; i < from.size(); ++i)
            values[tested.row[i] * width + column] = series.values[tested.row[from[i]] * width + column];
        const auto after = losses(ensemble.answers({values.data(), series.rows(), width, width}, tested.row, regime), tested.y);
        for (std::size_t i = 0; i < cost.size(); ++i) cost[i] += (after[i] - before[i]) / static_cast<double>(options.deals);
    }
    return cost;
}

}  // namespace

std::vector<std::size_t> strongest_columns(std::span<const double> gain, std::size_t count) {
    std::vector<std::size_t> order(gain.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t c) { return gain[c]; });
    order.resize(std::min(count, order.size()));
    while (!order.empty() && !(gain[order.back()] > 0)) order.pop_back();
    return order;
}

Result<std::vector<ColumnWorth>> permutation_importance(const FittedEnsemble& ensemble, const FeatureMatrix& series, const LabelSet& labels,
                                                        std::span<const std::uint32_t> test, std::span<const int> regime,
                                                        const ImportanceOptions& asked) {
    CHECK(series.columns() == ensemble.columns() && asked.deals >= 1 && asked.block >= 1 && asked.threads >= 1);
    ImportanceOptions options = asked;
    options.block = std::max(options.block, static_cast<std::size_t>(std::max(labels.horizon_bars, 1)));
    if (test.size() < fewest_blocks * options.block)
        return fail(ErrorCode::bad_input, fmt::format("importance by permutation needs {} tested rows, there are {}: take a longer span or fewer folds",
                                                      fewest_blocks * options.block, test.size()));
    Tested tested;
    for (const std::uint32_t e : test) {
        tested.row.push_back(labels.row[e]);
        tested.y.push_back(labels.y[e]);
    }
    const auto before = losses(ensemble.answers(series.view(), tested.row, regime), tested.y);
    const auto columns = strongest_columns(ensemble.importance(), options.columns);
    std::vector<ColumnWorth> out(columns.size());
    parallel_for(columns.size(), options.threads, options.stop, [&](std::size_t k) {
        out[k] = worth_of(series.names[columns[k]], cost_of(ensemble, series, tested, regime, before, columns[k], options), options.block);
    });
    if (options.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while columns were dealt anew; finished fits are kept");
    std::ranges::stable_sort(out, std::greater<>{}, &ColumnWorth::loss);
    return out;
}

}  // namespace aitrading::models

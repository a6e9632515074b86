#include "insight/regimes/switching_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "insight/regimes/clusters.hpp"
#include "insight/regimes/switching_emission.hpp"

namespace aitrading::insight {
namespace {

/// Mean of each column over the `half` rows either side of a row: guesses may look ahead inside the training rows.
std::vector<double> centred_means(const std::vector<double>& rows, std::size_t columns, std::size_t half) {
    const std::size_t count = rows.size() / columns;
    std::vector<double> sum((count + 1) * columns, 0.0), out(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) sum[i + columns] = sum[i] + rows[i];
    for (std::size_t t = 0; t < count; ++t) {
        const std::size_t from = t > half ? t - half : 0, to = std::min(count, t + half + 1);
        for (std::size_t c = 0; c < columns; ++c)
            out[t * columns + c] = (sum[to * columns + c] - sum[from * columns + c]) / static_cast<double>(to - from);
    }
    return out;
}

constexpr int trial_iterations = 15;
constexpr double least_gain = 10.0;  ///< nats
constexpr std::size_t merges_tried = 2;

struct Pair {
    std::size_t into, freed;
    double overlap;
};

/// Pairs of states by the cosine of their posteriors, the nearest first.
std::vector<Pair> nearest_pairs(const SmoothedPath& path) {
    const std::size_t n = path.states();
    std::vector<double> product(n * n, 0.0);
    for (std::size_t t = 0; t < path.size(); ++t)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                product[i * n + j] += path.hindsight_probability(t, i) * path.hindsight_probability(t, j);
    std::vector<Pair> out;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j)
            out.push_back({j, i, product[i * n + j] / std::sqrt(product[i * n + i] * product[j * n + j])});
    std::ranges::stable_sort(out, std::greater{}, &Pair::overlap);
    return out;
}

/// Two clusters of the rows of one state. [rows] 0 or 1, 0 for other states' rows
std::vector<std::uint8_t> halves_of(std::span<const std::uint8_t> states, std::size_t state, const std::vector<double>& rows,
                                    std::uint64_t seed) {
    const std::size_t columns = rows.size() / states.size();
    std::vector<double> own;
    std::vector<std::size_t> at;
    for (std::size_t t = 0; t < states.size(); ++t) {
        if (states[t] != state) continue;
        at.push_back(t);
        own.insert(own.end(), &rows[t * columns], &rows[t * columns] + columns);
    }
    std::vector<std::uint8_t> out(states.size(), 0);
    if (at.size() < 20) return out;
    const auto half = cluster_rows({own.data(), at.size(), columns, columns}, 2, seed);
    for (std::size_t i = 0; i < at.size(); ++i) out[at[i]] = half[i];
    return out;
}

/// Climbs for a while from a guess of each row's state.
MarkovSwitchingFit climb_from(std::span<const std::uint8_t> states, const MarkovSwitching& shape, const SwitchingSeries& series,
                              const EmOptions& options) {
    MarkovSwitchingFit fit;
    fit.model = shape;
    std::vector<double> posterior;
    fit.model.chain = chain_of_guess(states, shape.chain.states, options.prior, posterior);
    SwitchingEmission emission(fit.model, series);
    fit.report.collapsed = !emission.maximise(posterior);
    if (!fit.report.collapsed) fit.report = climb(fit.model.chain, emission, series.target.size(), options);
    return fit;
}

}  // namespace

std::vector<double> guess_rows(const SwitchingSeries& s, bool response, std::size_t half) {
    const std::size_t rows = s.target.size(), activities = s.activity.columns, regressors = s.regressors.columns;
    const std::size_t columns = activities + 1 + (response ? regressors : 0);
    double square = 0;
    for (const double y : s.target) square += std::isfinite(y) ? y * y : 0;
    const double floor = 1e-4 * square / static_cast<double>(rows) + 1e-300;
    std::vector<double> size(rows);
    for (std::size_t t = 0; t < rows; ++t) size[t] = std::isfinite(s.target[t]) ? s.target[t] * s.target[t] : 0;
    size = centred_means(size, 1, half);
    std::vector<double> raw(rows * columns, 0.0);
    for (std::size_t t = 0; t < rows; ++t) {
        double* row = &raw[t * columns];
        if (t > 0) std::copy_n(row - columns, columns, row);
        for (std::size_t c = 0; c < activities; ++c)
            if (std::isfinite(s.activity.row(t)[c])) row[c] = s.activity.row(t)[c];
        if (!std::isfinite(s.target[t])) continue;
        row[activities] = 0.5 * std::log(s.target[t] * s.target[t] + floor);
        for (std::size_t r = 0; response && t > 0 && r < regressors; ++r) {
            const double product = s.target[t] * s.regressors.row(t - 1)[r] / std::sqrt(size[t] + floor);
            if (std::isfinite(product)) row[activities + 1 + r] = product;
        }
    }
    return centred_means(raw, columns, half);
}

bool states_move(MarkovSwitchingFit& fit, const SwitchingSeries& series, const MarkovSwitchingOptions& options, int round) {
    const std::size_t n = fit.model.chain.states;
    if (n < 3 || options.em.stop.stop_requested()) return false;
    EmOptions trial = options.em;
    trial.iterations_max = trial_iterations;
    SwitchingEmission emission(fit.model, series);
    fit.report = climb(fit.model.chain, emission, series.target.size(), trial);
    const auto path = smoothed_path(fit.model, series);
    if (!path || fit.report.collapsed) return false;
    std::vector<std::uint8_t> states(path->size());
    for (std::size_t t = 0; t < states.size(); ++t) states[t] = static_cast<std::uint8_t>(path->hindsight_state(t));
    const std::vector<double> rows = guess_rows(series, true, 7);
    const std::vector<Pair> pairs = nearest_pairs(*path);
    std::vector<MarkovSwitchingFit> tries(merges_tried * n);
    parallel_for(tries.size(), options.threads, options.em.stop, [&](std::size_t i) {
        const Pair& pair = pairs[i / n];
        const std::size_t split = i % n;
        tries[i].report.collapsed = true;
        if (split == pair.freed) return;
        std::vector<std::uint8_t> guess = states;
        for (std::uint8_t& k : guess)
            if (k == pair.freed) k = static_cast<std::uint8_t>(pair.into);
        const auto half = halves_of(guess, split, rows, derive_seed(options.seed, 1000 * static_cast<std::uint64_t>(round + 1) + i));
        for (std::size_t t = 0; t < guess.size(); ++t)
            if (half[t] == 1) guess[t] = static_cast<std::uint8_t>(pair.freed);
        tries[i] = climb_from(guess, fit.model, series, trial);
    });
    std::erase_if(tries, [](const auto& t) { return t.report.collapsed || t.report.interrupted; });
    if (tries.empty()) return false;
    auto best = std::ranges::max_element(tries, {}, [](const auto& t) { return t.report.log_likelihood; });
    if (best->report.log_likelihood < fit.report.log_likelihood + least_gain) return false;
    fit = std::move(*best);
    return true;
}

}  // namespace aitrading::insight

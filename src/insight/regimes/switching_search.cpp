#include "insight/regimes/switching_search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

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

constexpr int first_iterations = 4, trial_iterations = 15;
constexpr std::size_t finalists = 3;
constexpr double least_gain = 10.0;  ///< nats
constexpr std::size_t half_window = 4;

/// States that may be missed least: the smaller of the two whose posteriors overlap most, and the two smallest.
std::vector<std::size_t> spare_states(const SmoothedPath& path) {
    const std::size_t n = path.states();
    std::vector<double> product(n * n, 0.0), share(n, 0.0);
    for (std::size_t t = 0; t < path.size(); ++t)
        for (std::size_t i = 0; i < n; ++i) {
            share[i] += path.hindsight_probability(t, i);
            for (std::size_t j = 0; j <= i; ++j)
                product[i * n + j] += path.hindsight_probability(t, i) * path.hindsight_probability(t, j);
        }
    std::size_t twin = 0;
    double nearest = -1;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double cosine = product[i * n + j] / std::sqrt(product[i * n + i] * product[j * n + j]);
            if (cosine > nearest) nearest = cosine, twin = share[i] < share[j] ? i : j;
        }
    std::vector<std::size_t> order(n), out{twin};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return share[k]; });
    for (std::size_t i = 0; out.size() < 3 && i < n; ++i)
        if (order[i] != twin) out.push_back(order[i]);
    return out;
}

/// Posteriors after a move: those of `freed` go to the other states in proportion, then `freed` takes the rows of `split`
/// that fall into the second of two clusters. Empty where a cluster would be too small to be a state.
std::vector<double> moved_posterior(const SmoothedPath& path, std::size_t freed, std::size_t split,
                                    const std::vector<double>& rows, std::uint64_t seed) {
    constexpr double certainty = 0.95, least_rest = 1e-6;
    const std::size_t n = path.states(), count = path.size(), columns = rows.size() / count;
    std::vector<double> posterior(count * n), own;
    std::vector<std::size_t> at;
    for (std::size_t t = 0; t < count; ++t) {
        const double rest = std::max(1 - path.hindsight_probability(t, freed), least_rest);
        double* row = &posterior[t * n];
        for (std::size_t k = 0; k < n; ++k) row[k] = k == freed ? 0 : path.hindsight_probability(t, k) / rest;
        if (row[split] <= 0.5) continue;
        at.push_back(t);
        own.insert(own.end(), &rows[t * columns], &rows[t * columns] + columns);
    }
    if (at.size() < 100) return {};
    const auto half = cluster_rows({own.data(), at.size(), columns, columns}, 2, seed);
    for (std::size_t i = 0; i < at.size(); ++i) {
        double* row = &posterior[at[i] * n];
        row[freed] = row[split] * (half[i] == 1 ? certainty : 1 - certainty);
        row[split] -= row[freed];
    }
    return posterior;
}

void climb_on(MarkovSwitchingFit& fit, const SwitchingSeries& series, const EmOptions& options, int iterations) {
    EmOptions some = options;
    some.iterations_max = iterations;
    SwitchingEmission emission(fit.model, series);
    fit.report = climb(fit.model.chain, emission, series.target.size(), some);
}

/// A first short climb from posteriors. The chain comes from the most likely state of each row.
MarkovSwitchingFit climb_from(const std::vector<double>& posterior, const MarkovSwitching& shape, const SwitchingSeries& series,
                              const EmOptions& options) {
    MarkovSwitchingFit fit;
    fit.model = shape;
    const std::size_t n = shape.chain.states;
    std::vector<std::uint8_t> states(posterior.size() / n);
    for (std::size_t t = 0; t < states.size(); ++t)
        states[t] = static_cast<std::uint8_t>(most_likely(std::span(posterior).subspan(t * n, n)));
    std::vector<double> unused;
    fit.model.chain = chain_of_guess(states, n, options.prior, unused);
    fit.report.collapsed = !SwitchingEmission(fit.model, series).maximise(posterior);
    if (!fit.report.collapsed) climb_on(fit, series, options, first_iterations);
    return fit;
}

/// Sorts by likelihood, best first, without those that collapsed or were stopped.
void rank(std::vector<MarkovSwitchingFit>& fits) {
    std::erase_if(fits, [](const auto& f) { return f.report.collapsed || f.report.interrupted; });
    std::ranges::stable_sort(fits, std::greater{}, [](const auto& f) { return f.report.log_likelihood; });
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
    climb_on(fit, series, options.em, trial_iterations);
    const auto path = smoothed_path(fit.model, series);
    if (!path || fit.report.collapsed) return false;
    const std::vector<double> rows = guess_rows(series, true, half_window);
    const std::vector<std::size_t> spare = spare_states(*path);
    std::vector<MarkovSwitchingFit> tries(spare.size() * n);
    parallel_for(tries.size(), options.threads, options.em.stop, [&](std::size_t i) {
        const std::size_t freed = spare[i / n], split = i % n;
        tries[i].report.collapsed = true;
        if (split == freed) return;
        const std::vector<double> posterior = moved_posterior(
            *path, freed, split, rows, derive_seed(options.seed, 1000 * static_cast<std::uint64_t>(round + 1) + i));
        if (!posterior.empty()) tries[i] = climb_from(posterior, fit.model, series, options.em);
    });
    rank(tries);
    tries.resize(std::min(tries.size(), finalists));
    parallel_for(tries.size(), options.threads, options.em.stop,
                 [&](std::size_t i) { climb_on(tries[i], series, options.em, trial_iterations); });
    rank(tries);
    if (tries.empty() || tries.front().report.log_likelihood < fit.report.log_likelihood + least_gain) return false;
    fit = std::move(tries.front());
    return true;
}

}  // namespace aitrading::insight

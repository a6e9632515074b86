#include "insight/regimes/chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

/// Below this a row's scaled sum has lost digits, and the logarithms decide.
constexpr double tiny = 1e-200;

/// The same in logarithms, for rows whose likely states were all but impossible.
double bayes_step_in_logs(std::span<const double> predicted, std::span<const double> log_likelihood,
                          std::span<double> posterior) {
    double greatest = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < predicted.size(); ++k) {
        posterior[k] = predicted[k] > 0 ? std::log(predicted[k]) + log_likelihood[k] : -std::numeric_limits<double>::infinity();
        greatest = std::max(greatest, posterior[k]);
    }
    if (!std::isfinite(greatest)) {  // the row says nothing that a number can hold: what was expected stays
        std::ranges::copy(predicted, posterior.begin());
        return 0;
    }
    double sum = 0;
    for (double& p : posterior) sum += p = std::exp(p - greatest);
    for (double& p : posterior) p /= sum;
    return greatest + std::log(sum);
}

/// `fixed`: number of states where the compiler may know it, 0 where not.
template <std::size_t fixed>
double step(std::span<const double> predicted, std::span<const double> log_likelihood, std::span<double> posterior) {
    const std::size_t n = fixed != 0 ? fixed : predicted.size();
    double greatest = log_likelihood[0];
    for (std::size_t k = 1; k < n; ++k) greatest = log_likelihood[k] > greatest ? log_likelihood[k] : greatest;
    std::array<double, states_max> weight;
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += weight[k] = predicted[k] * std::exp(log_likelihood[k] - greatest);
    if (!(sum > tiny)) return bayes_step_in_logs(predicted.first(n), log_likelihood.first(n), posterior.first(n));
    const double scale = 1 / sum;
    for (std::size_t k = 0; k < n; ++k) posterior[k] = weight[k] * scale;
    return greatest + std::log(sum);
}

template <std::size_t fixed>
void move(std::size_t states, const double* transition, const double* law, double* next) {
    const std::size_t n = fixed != 0 ? fixed : states;
    std::array<double, states_max> sum{};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sum[j] += law[i] * transition[i * n + j];
    for (std::size_t j = 0; j < n; ++j) next[j] = sum[j];
}

template <std::size_t fixed>
double forward(const ChainLaw& chain, std::span<double> rows, std::span<double> predicted) {
    const std::size_t n = fixed != 0 ? fixed : chain.states, count = rows.size() / n;
    std::array<double, states_max> posterior;
    double total = 0;
    std::ranges::copy(chain.start, predicted.begin());
    for (std::size_t t = 0; t < count; ++t) {
        total += step<fixed>(predicted.subspan(t * n, n), rows.subspan(t * n, n), std::span(posterior).first(n));
        for (std::size_t k = 0; k < n; ++k) rows[t * n + k] = posterior[k];
        if (t + 1 < count) move<fixed>(n, chain.transition.data(), posterior.data(), &predicted[(t + 1) * n]);
    }
    return total;
}

template <std::size_t fixed>
void backward(const ChainLaw& chain, std::span<double> rows, std::span<const double> predicted,
              std::span<double> counts) {
    const std::size_t n = fixed != 0 ? fixed : chain.states, count = rows.size() / n;
    std::array<double, states_max> ratio{};
    std::array<double, states_max * states_max> sums{}, transition{};
    std::ranges::copy(chain.transition, transition.begin());
    for (std::size_t t = count; t-- > 1;) {
        const double* later = &rows[t * n];
        double* now = &rows[(t - 1) * n];
        for (std::size_t j = 0; j < n; ++j)
            ratio[j] = predicted[t * n + j] > 0 ? later[j] / predicted[t * n + j] : 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double weight = now[i];
            double ahead = 0;
            for (std::size_t j = 0; j < n; ++j) {
                ahead += transition[i * n + j] * ratio[j];
                sums[i * n + j] += weight * ratio[j];
            }
            now[i] = weight * ahead;
        }
    }
    for (std::size_t c = 0; c < n * n; ++c) counts[c] = sums[c] * transition[c];
}

}  // namespace

std::vector<double> stationary_law(const ChainLaw& law) {
    const std::size_t n = law.states;
    std::vector<double> power(n * n), square(n * n);
    for (std::size_t i = 0; i < n; ++i)  // half a step of staying makes any chain aperiodic and keeps its law
        for (std::size_t j = 0; j < n; ++j) power[i * n + j] = 0.5 * law.transition[i * n + j] + (i == j ? 0.5 : 0.0);
    for (int doubling = 0; doubling < 40; ++doubling) {
        for (std::size_t i = 0; i < n; ++i) move<0>(n, power.data(), &power[i * n], &square[i * n]);
        for (std::size_t i = 0; i < n; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < n; ++j) sum += square[i * n + j];
            for (std::size_t j = 0; j < n; ++j) square[i * n + j] /= sum;
        }
        power.swap(square);
    }
    return {power.begin(), power.begin() + static_cast<std::ptrdiff_t>(n)};
}

std::vector<double> expected_durations(const ChainLaw& law) {
    std::vector<double> out(law.states);
    for (std::size_t k = 0; k < law.states; ++k) out[k] = 1 / (1 - law.transition[k * law.states + k]);
    return out;
}

double bayes_step(std::span<const double> predicted, std::span<const double> log_likelihood,
                  std::span<double> posterior) {
    return step<0>(predicted, log_likelihood, posterior);
}

void advance(const ChainLaw& chain, std::span<const double> law, std::span<double> next) {
    move<0>(chain.states, chain.transition.data(), law.data(), next.data());
}

double forward_pass(const ChainLaw& chain, std::span<double> rows, std::span<double> predicted) {
    CHECK(chain.states >= 1 && chain.states <= states_max && rows.size() == predicted.size());
    if (rows.empty()) return 0;
    switch (chain.states) {
        case 2: return forward<2>(chain, rows, predicted);
        case 4: return forward<4>(chain, rows, predicted);
        case 12: return forward<12>(chain, rows, predicted);
        default: return forward<0>(chain, rows, predicted);
    }
}

void backward_pass(const ChainLaw& chain, std::span<double> rows, std::span<const double> predicted,
                   std::span<double> counts) {
    CHECK(rows.size() == predicted.size() && counts.size() == chain.states * chain.states);
    switch (chain.states) {
        case 2: return backward<2>(chain, rows, predicted, counts);
        case 4: return backward<4>(chain, rows, predicted, counts);
        case 12: return backward<12>(chain, rows, predicted, counts);
        default: return backward<0>(chain, rows, predicted, counts);
    }
}

ChainLaw estimate_chain(std::span<const double> counts, std::span<const double> first, const TransitionPrior& prior) {
    constexpr double evenness = 1e-6;
    ChainLaw out;
    const std::size_t n = out.states = first.size();
    for (const double p : first) out.start.push_back((1 - evenness) * p + evenness / static_cast<double>(n));
    out.transition.resize(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < n; ++j)
            sum += out.transition[i * n + j] = counts[i * n + j] + (i == j ? prior.stay : prior.leave);
        for (std::size_t j = 0; j < n; ++j)
            out.transition[i * n + j] = sum > 0 ? out.transition[i * n + j] / sum : (i == j ? 1.0 : 0.0);
    }
    return out;
}

double log_prior(const ChainLaw& chain, const TransitionPrior& prior) {
    double sum = 0;
    for (std::size_t i = 0; i < chain.states; ++i)
        for (std::size_t j = 0; j < chain.states; ++j) {
            const double strength = i == j ? prior.stay : prior.leave;
            if (strength > 0) sum += strength * std::log(chain.transition[i * chain.states + j]);
        }
    return sum;
}

}  // namespace aitrading::insight

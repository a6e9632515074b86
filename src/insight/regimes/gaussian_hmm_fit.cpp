#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "insight/regimes/clusters.hpp"
#include "insight/regimes/degrees_of_freedom.hpp"
#include "insight/regimes/gaussian_hmm.hpp"
#include "insight/regimes/observation_rows.hpp"

namespace aitrading::insight {
namespace {

/// A state's weighted sums about its former mean.
struct Moments {
    double weight = 0;             ///< of the rows
    double scale = 0;              ///< weight times the t law's own weights
    double log_less_weight = 0;    ///< sum of weight times ln u - u, u the t law's own weight
    std::vector<double> first, second;
};

/// Mean and covariance of every state, as climb() asks for.
class GaussianEmission {
  public:
    GaussianEmission(GaussianHmm& model, MatrixView x, bool estimate_degrees)
        : model_(model), x_(x), estimate_degrees_(estimate_degrees), variance_(column_variances(x)) {}

    void prepare(GaussianDensities densities) { densities_ = std::move(densities); }

    void evaluate(std::span<double> rows) {
        const std::size_t n = model_.chain.states;
        for (std::size_t t = 0; t < x_.rows; ++t) densities_.row(x_.row(t), rows.subspan(t * n, n));
    }

    bool maximise(std::span<const double> posterior) {
        GaussianHmm next = model_;
        double log_less_weight = 0;
        for (std::size_t k = 0; k < model_.chain.states; ++k) {
            const Moments m = moments(posterior, k);
            if (!put(m, k, next)) return false;
            log_less_weight += m.log_less_weight;
        }
        if (estimate_degrees_) next.degrees = next_degrees(log_less_weight / static_cast<double>(x_.rows), model_.degrees, model_.dimensions);
        auto densities = GaussianDensities::of(next);
        if (!densities) return false;
        densities_ = *std::move(densities);
        model_.mean = std::move(next.mean);
        model_.covariance = std::move(next.covariance);
        model_.degrees = next.degrees;
        return true;
    }

  private:
    Moments moments(std::span<const double> posterior, std::size_t k) const {
        const std::size_t n = model_.chain.states, d = model_.dimensions;
        Moments m;
        m.first.assign(d, 0.0);
        m.second.assign(d * (d + 1) / 2, 0.0);
        const bool normal = std::isinf(model_.degrees);
        const double v = model_.degrees, dd = static_cast<double>(d);
        const double* mean = &model_.mean[k * d];
        std::vector<double> off(d);
        for (std::size_t t = 0; t < x_.rows; ++t) {
            const double g = posterior[t * n + k];
            m.weight += g;
            if (g < 1e-14) continue;
            const auto row = x_.row(t);
            // Far rows of a t law count less: (v + d) / (v + distance) (Peel and McLachlan 2000).
            const double u = normal ? 1 : (v + dd) / (v + densities_.distance(row, k)), w = g * u;
            m.scale += w;
            if (estimate_degrees_) m.log_less_weight += g * (std::log(u) - u);
            double* second = m.second.data();
            for (std::size_t i = 0; i < d; ++i) {
                off[i] = row[i] - mean[i];
                m.first[i] += w * off[i];
                for (std::size_t j = 0; j <= i; ++j) *second++ += w * off[i] * off[j];
            }
        }
        return m;
    }

    /// False where the state has fewer than two rows a column or (nearly) no spread in one.
    bool put(const Moments& m, std::size_t k, GaussianHmm& next) const {
        constexpr double least_share_of_variance = 1e-8;
        const std::size_t d = model_.dimensions;
        if (!(m.weight >= 2.0 * static_cast<double>(d + 1))) return false;
        for (std::size_t i = 0; i < d; ++i) next.mean[k * d + i] = model_.mean[k * d + i] + m.first[i] / m.scale;
        const double* second = m.second.data();
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                const double value = (*second++ - m.first[i] * m.first[j] / m.scale) / m.weight;
                next.covariance[(k * d + i) * d + j] = next.covariance[(k * d + j) * d + i] = value;
                if (i == j && !(value > least_share_of_variance * variance_[i])) return false;
            }
        return true;
    }

    GaussianHmm& model_;
    MatrixView x_;
    bool estimate_degrees_;
    std::vector<double> variance_;
    GaussianDensities densities_;
};

/// Every state begins with the covariance of all rows and the mean of all; the first M step parts them.
GaussianHmm blank(MatrixView x, std::size_t states, double degrees) {
    GaussianHmm model;
    model.chain.states = states;
    model.chain.start.assign(states, 1.0 / static_cast<double>(states));
    model.chain.transition.assign(states * states, 1.0 / static_cast<double>(states));
    model.dimensions = x.columns;
    model.degrees = degrees;
    model.mean.assign(states * x.columns, 0.0);
    const std::vector<double> mean = column_means(x);
    for (std::size_t k = 0; k < states; ++k) std::ranges::copy(mean, model.mean.begin() + static_cast<std::ptrdiff_t>(k * x.columns));
    model.covariance.assign(states * x.columns * x.columns, 0.0);
    const std::vector<double> variance = column_variances(x);
    for (std::size_t k = 0; k < states; ++k)
        for (std::size_t c = 0; c < x.columns; ++c) model.covariance[(k * x.columns + c) * x.columns + c] = variance[c];
    return model;
}

bool at_bound(double degrees) { return degrees <= degrees_least || degrees >= degrees_most; }

GaussianHmmFit fit_once(MatrixView x, const GaussianHmmOptions& options, std::uint64_t seed) {
    GaussianHmmFit fit;
    constexpr double first_degrees = 8;
    fit.model = blank(x, options.states, options.estimate_degrees && std::isinf(options.degrees) ? first_degrees : options.degrees);
    GaussianEmission emission(fit.model, x, options.estimate_degrees);
    if (auto densities = GaussianDensities::of(fit.model)) emission.prepare(*std::move(densities));
    std::vector<double> posterior;
    const auto guess = cluster_rows(x, options.states, seed);
    fit.model.chain = chain_of_guess(guess, options.states, options.em.prior, posterior);
    fit.report.collapsed = !emission.maximise(posterior);
    if (!fit.report.collapsed) fit.report = climb(fit.model.chain, emission, x.rows, options.em);
    fit.degrees_at_bound = options.estimate_degrees && at_bound(fit.model.degrees);
    return fit;
}

}  // namespace

Result<GaussianHmmFit> refine_gaussian_hmm(GaussianHmm start, MatrixView observations, const EmOptions& options,
                                           bool estimate_degrees) {
    if (estimate_degrees && std::isinf(start.degrees))
        return fail(ErrorCode::usage, "degrees of freedom are estimated from a finite number on; give a start of a Student-t law");
    TRY_VOID(check_observations(observations, start.chain.states));
    TRY(GaussianDensities densities, GaussianDensities::of(start));
    GaussianHmmFit fit;
    fit.model = std::move(start);
    GaussianEmission emission(fit.model, observations, estimate_degrees);
    emission.prepare(std::move(densities));
    fit.report = climb(fit.model.chain, emission, observations.rows, options);
    fit.degrees_at_bound = estimate_degrees && at_bound(fit.model.degrees);
    if (fit.report.interrupted) return fail(ErrorCode::interrupted, "stopped while fitting the hidden Markov model");
    return fit;
}

Result<GaussianHmmFit> fit_gaussian_hmm(MatrixView observations, const GaussianHmmOptions& options) {
    if (options.states < 1 || options.states > states_max || options.starts < 1 || !(options.degrees >= 2.5))
        return fail(ErrorCode::usage, fmt::format("a hidden Markov model takes 1 to {} states, at least one start and at least "
                                                  "2.5 degrees of freedom", states_max));
    TRY_VOID(check_observations(observations, options.states));
    std::vector<GaussianHmmFit> fits(static_cast<std::size_t>(options.starts));
    parallel_for(fits.size(), options.threads, options.em.stop, [&](std::size_t i) {
        fits[i] = fit_once(observations, options, derive_seed(options.seed, i));
    });
    if (options.em.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while fitting the hidden Markov model");
    const GaussianHmmFit* best = nullptr;
    std::size_t collapsed = 0;
    for (const GaussianHmmFit& fit : fits) {
        collapsed += fit.report.collapsed ? 1 : 0;
        if (fit.report.collapsed) continue;
        if (best == nullptr || fit.report.log_likelihood > best->report.log_likelihood) best = &fit;
    }
    if (best == nullptr)
        return fail(ErrorCode::failed, fmt::format("all {} starts ended with a state that has no rows or no spread; ask for "
                                                   "fewer than {} states", fits.size(), options.states));
    GaussianHmmFit out = *best;
    out.report.starts = fits.size();
    out.report.starts_collapsed = collapsed;
    return out;
}

}  // namespace aitrading::insight

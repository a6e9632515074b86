#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "insight/regimes/clusters.hpp"
#include "insight/regimes/markov_switching.hpp"
#include "insight/regimes/switching_emission.hpp"
#include "insight/regimes/switching_search.hpp"

namespace aitrading::insight {
namespace {

SwitchingSeries cut(const SwitchingSeries& s, std::size_t from) {
    return {s.target.subspan(from), s.regressors.slice(from, s.regressors.rows), s.activity.slice(from, s.activity.rows)};
}

MarkovSwitching blank(const SwitchingSeries& s, std::size_t states) {
    MarkovSwitching m;
    m.chain.states = states;
    m.regressors = s.regressors.columns;
    m.activities = s.activity.columns;
    m.coefficient.assign(states * m.regressors, 0.0);
    m.sigma.assign(states, 1.0);
    m.activity_mean.assign(states * m.activities, 0.0);
    m.activity_deviation.assign(states * m.activities, 1.0);
    return m;
}

/// One guess and its first climb. Guesses differ in seed, in the width of their window and in whether they look at how
/// the target answers its regressors.
MarkovSwitchingFit begin(const SwitchingSeries& series, const MarkovSwitchingOptions& options, std::size_t number) {
    constexpr std::array<std::size_t, 3> halves{7, 4, 12};
    const std::vector<double> rows = guess_rows(series, number % 4 != 3, halves[number % halves.size()]);
    const std::size_t columns = rows.size() / series.target.size();
    const auto guess = cluster_rows({rows.data(), series.target.size(), columns, columns}, options.states,
                                    derive_seed(options.seed, number));
    MarkovSwitchingFit fit;
    fit.model = blank(series, options.states);
    std::vector<double> posterior;
    fit.model.chain = chain_of_guess(guess, options.states, options.em.prior, posterior);
    SwitchingEmission emission(fit.model, series);
    fit.report.collapsed = !emission.maximise(posterior);
    EmOptions em = options.em;
    em.iterations_max = options.start_iterations;
    if (!fit.report.collapsed) fit.report = climb(fit.model.chain, emission, series.target.size(), em);
    return fit;
}

/// Sorts by likelihood, best first, and keeps at most `keep` that did not collapse. Gives the number that did.
std::size_t drop_worst(std::vector<MarkovSwitchingFit>& fits, std::size_t keep) {
    const std::size_t collapsed = std::erase_if(fits, [](const auto& fit) { return fit.report.collapsed; });
    std::ranges::stable_sort(fits, std::greater{}, [](const auto& fit) { return fit.report.log_likelihood; });
    if (fits.size() > keep) fits.resize(keep);
    return collapsed;
}

Result<void> check_series(const SwitchingSeries& s, const MarkovSwitchingOptions& options) {
    if (options.states < 1 || options.states > states_max || options.starts < 1)
        return fail(ErrorCode::usage, fmt::format("a switching regression takes 1 to {} states and at least one start", states_max));
    const std::size_t rows = s.target.size();
    if (s.regressors.rows != rows || s.activity.rows != rows || s.regressors.columns < 1)
        return fail(ErrorCode::bad_input, "target, regressors and activity of a switching regression differ in rows");
    if (rows < 50 * options.states)
        return fail(ErrorCode::bad_input, fmt::format("{} rows are too few for {} states; give at least {} or ask for fewer states",
                                                      rows, options.states, 50 * options.states));
    const auto [least, most] = std::ranges::minmax(s.target);
    if (least == most) return fail(ErrorCode::bad_input, fmt::format("the target has the same value in all {} rows", rows));
    return {};
}

}  // namespace

Result<MarkovSwitchingFit> fit_markov_switching(const SwitchingSeries& series, const MarkovSwitchingOptions& options) {
    TRY_VOID(check_series(series, options));
    const std::size_t rows = series.target.size();
    std::vector<MarkovSwitchingFit> fits(static_cast<std::size_t>(options.starts));
    const std::size_t seen = std::min(rows, std::max(options.start_rows, 50 * options.states));
    const SwitchingSeries latest = cut(series, rows - seen);
    parallel_for(fits.size(), options.threads, options.em.stop, [&](std::size_t i) { fits[i] = begin(latest, options, i); });
    const std::size_t fallen = drop_worst(fits, 1);
    if (!fits.empty()) {
        for (int round = 0; round < options.move_rounds && states_move(fits.front(), latest, options, round); ++round) {
        }
        SwitchingEmission emission(fits.front().model, series);
        fits.front().report = climb(fits.front().model.chain, emission, rows, options.em);
        drop_worst(fits, 1);
    }
    if (options.em.stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped while fitting the switching regression");
    if (fits.empty())
        return fail(ErrorCode::failed, fmt::format("every start of the switching regression ended with a state that has no rows "
                                                   "or no spread; ask for fewer than {} states", options.states));
    MarkovSwitchingFit best = std::move(fits.front());
    best.report.starts = static_cast<std::size_t>(options.starts);
    best.report.starts_collapsed = fallen;
    return best;
}

}  // namespace aitrading::insight

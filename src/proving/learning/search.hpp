#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/search_space.hpp"

namespace aitrading::learning {

/// One tried set of values.
struct Trial {
    std::int64_t number = 0;  ///< from 0
    std::vector<double>
        values;  ///< [space]; a choice is its index; NaN where the parameter does not exist in this trial
    double loss = 0;  ///< less is better; +infinity where the trial failed
};

enum class SearchMethod { random, tpe };

/// Optuna's defaults.
struct TpeOptions {
    int random_starts = 10;
    int candidates = 24;
    double good_share = 0.1;  ///< ceil(share x n) trials are "good", `good_max` at most
    int good_max = 25;
};

struct SearchOptions {
    SearchMethod method = SearchMethod::tpe;
    int trials = 50;  ///< in all, those already done included
    std::uint64_t seed = 1;
    int batch = 1;  ///< trials proposed before any of them is known; part of the result, unlike `threads`
    int threads = 1;
    TpeOptions tpe = {};
    std::stop_token stop = {};
};

/// Loss of a trial: purged walk-forward log loss, never a test score. Called from several threads when
/// threads > 1.
using Objective = std::function<Result<double>(const Trial&)>;
/// Hears of each finished trial in order of numbers, before the next batch begins (the trial store).
using TrialFinished = std::function<Result<void>(const Trial&)>;

struct SearchOutcome {
    std::vector<Trial>
        trials;  ///< by number; its size is the number of trials that the deflated Sharpe ratio needs
    std::size_t best = 0;  ///< the first one with the least loss

    std::int64_t trial_count() const { return static_cast<std::int64_t>(trials.size()); }
};

/// Values for trial `number`, given what is known. Trials without a loss yet stand in `pending`; they count
/// as bad (constant liar), so that a batch spreads. Depends on its arguments only: a resumed search goes on
/// as if it had never stopped.
std::vector<double> propose(const SearchSpace& space, const std::vector<Trial>& done,
                            const std::vector<Trial>& pending, std::int64_t number,
                            const SearchOptions& options);

/// Runs trials until `options.trials` are done. @param done trials of an earlier run, by number from 0
/// without gaps A trial whose objective fails counts and has loss +infinity; when all fail the first error is
/// returned.
/// @errors usage (space or options not usable), interrupted (finished trials were given to `finished`), those
/// of `finished`
Result<SearchOutcome> search(const SearchSpace& space, const Objective& objective,
                             const SearchOptions& options, std::vector<Trial> done = {},
                             const TrialFinished& finished = {});

/// Ranges are not empty, names distinct, log ranges positive, parents stand before their children. @errors
/// usage
Result<void> check_space(const SearchSpace& space);

/// `name=value` words of the parameters that exist in the trial, as learners read them.
std::string words(const SearchSpace& space, const Trial& trial);

}  // namespace aitrading::learning

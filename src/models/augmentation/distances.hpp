#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Wasserstein-1 of two samples, both in units of the first one's mean and standard deviation, so that an error of scale
/// counts: the integral of the distance of their quantile functions. @pre neither is empty   @complexity O(n log n)
double standardised_wasserstein(std::span<const double> real, std::span<const double> drawn);

/// Mean distance of two autocorrelation functions over their first `lags`. @pre both have so many
double mean_gap(std::span<const double> a, std::span<const double> b, std::size_t lags);

/// How near drawn windows lie to those that were learnt from, against how near later real ones lie. Windows of `bars`
/// returns, each with its own mean and deviation taken out, so that only the shape counts.
struct Memorisation {
    double ratio = 1;       ///< median distance to the nearest learnt window, drawn over held-out; copies give 0
    double close_share = 0; ///< drawn windows nearer than 1 % of the held-out ones; 0.01 is to be expected
    std::size_t drawn = 0, held_out = 0;
    /// Copies have a low ratio, or many windows that are nearly learnt ones.
    bool passed() const { return ratio > 0.9 && close_share < 0.05; }
};
/// At most `windows` of each are looked at, spread evenly; every window that was learnt from is.
/// @errors bad_input (fewer than 10 windows in one of them)   @complexity O(windows learnt bars)
Result<Memorisation> memorisation(std::span<const double> learnt, std::span<const double> held_out, std::span<const double> drawn, std::size_t bars = 8,
                                  std::size_t windows = 400);

/// |accuracy - 1/2| of a classifier that tells real from drawn windows of 24 returns and their sizes (TimeGAN's discriminative
/// score, with a learner of ours in place of its net), on the later third of both. 0: cannot be told apart.
/// @errors what the learner fails with; bad_input (fewer than 80 windows)
Result<double> discriminative_score(std::span<const double> real, std::span<const double> drawn, const Learner& learner, std::uint64_t seed);

/// Mean absolute error of the size of the next return, forecast on held-out bars by a ridge regression on the last 24 returns
/// and sizes that learnt from `learnt`; in units of the held-out mean size. @pre both have at least 200 returns
double predictive_score(std::span<const double> learnt, std::span<const double> held_out);

}  // namespace aitrading::models

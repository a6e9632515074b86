#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "insight/correlation/aligned_returns.hpp"

namespace aitrading::insight {

/// A span of time in which something happened: closes known in ]from, to] count.
struct Episode {
    std::string name;
    UnixNanos from, to;
};

/// Days of record in currencies, metals and stocks from 2008 to 2019, in time order.
std::vector<Episode> known_episodes();

/// What the positions of today would have made in an episode.
struct StressResult {
    Episode episode;
    std::string missing;             ///< not empty: not available, and why
    double profit = 0;               ///< below zero: a loss
    std::vector<double> component;   ///< [positions] its parts
    std::size_t rows = 0;
};

/// Replays an episode with the data at hand. Not available where an instrument that is held has no close before the episode, none
/// after its end, or no return inside. @param value [columns] of the positions, 0: not held
StressResult replay_episode(const AlignedReturns& rows, std::span<const double> value, const Episode& episode);

/// The `count` windows of `length` rows in which these positions lost most, none sharing a row with another; the worst first. Fewer
/// where the data hold fewer windows with a loss. Rows without a return of a held instrument count as no move of it.
std::vector<StressResult> worst_windows(const AlignedReturns& rows, std::span<const double> value, std::size_t length, std::size_t count);

}  // namespace aitrading::insight

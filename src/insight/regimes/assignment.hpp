#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aitrading::insight {

/// The pairing of rows with columns of least total cost (Hungarian method by potentials).
/// @param cost [n x n] finite   @return column of each row   @complexity O(n^3)
std::vector<std::size_t> assign(std::span<const double> cost, std::size_t n);

/// How well fitted states tell hidden regimes, states matched to regimes so that most rows agree.
struct RegimeScore {
    double accuracy = 0;
    double balanced_accuracy = 0;       ///< mean recall over the regimes that occur
    double macro_f1 = 0;
    double transitions_ratio = 0;       ///< changes of the matched state by changes of the regime
    std::vector<std::size_t> regime_of; ///< [states] matched regime
};

/// @param truth, states [rows] in [0, n)   @pre equal lengths, rows >= 1
RegimeScore score_regimes(std::span<const int> truth, std::span<const int> states, std::size_t n);

}  // namespace aitrading::insight

#pragma once

#include <cstddef>
#include <span>

namespace aitrading::insight {

/// How labels follow the changes of a hidden regime.
struct ChangeScore {
    double true_per_1000 = 0;    ///< changes of the regime
    double labels_per_1000 = 0;  ///< changes of the label
    double false_per_1000 = 0;   ///< changes of the label that are not the first row of a stay on which the label is right
    double median_delay = 0;     ///< rows from a change to the first right label of that stay; infinite where most are missed
    double missed = 0;           ///< share of the stays without one right label
};

/// @param truth, labels [rows], labels already matched to regimes   @pre equal lengths, rows >= 1
/// The first stay, whose beginning is not seen, takes no part. @complexity O(rows log rows)
ChangeScore score_changes(std::span<const int> truth, std::span<const int> labels);

/// Agreement of two partitions beyond chance (Hubert and Arabie 1985): 1 the same up to names, about 0 unrelated, negative
/// below chance; 1 where both put all rows into one class. @param a, b [rows] in [0, n)  @complexity O(rows + n^2)
double adjusted_rand_index(std::span<const int> a, std::span<const int> b, std::size_t n);

}  // namespace aitrading::insight

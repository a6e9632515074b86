#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// Distance of each pair, sqrt(2 (1 - rho)): 0 for the same movement, sqrt(2) for none in common, 2 for the opposite.
/// Source: Mantegna 1999. @param correlation [size x size]
/// @errors bad_input (a pair whose correlation is not known, or lies outside -1..1)
Result<std::vector<double>> correlation_distance(std::span<const double> correlation, std::size_t size);

/// Two groups that become one: series are numbered 0..size-1, the group of merge k is size + k. first < second.
struct Merge {
    std::size_t first = 0, second = 0;
    double distance = 0;
    std::size_t members = 0;
};

/// Hierarchical clusters by average linkage (UPGMA), in rising distance; of equal distances the pair found first.
/// @param distance [size x size], symmetric   @return size - 1 merges   @complexity O(size^3)
/// Source: Sokal and Michener 1958.
std::vector<Merge> average_linkage(std::span<const double> distance, std::size_t size);

/// The series in the order in which a dendrogram draws them: neighbours are alike.
std::vector<std::size_t> leaf_order(std::span<const Merge> merges);

/// Number of the cluster of each series when merges above `distance_max` are undone; 0, 1, … in the order of the leaves.
std::vector<std::size_t> clusters_at(std::span<const Merge> merges, double distance_max);

/// An edge of the minimum spanning tree, ready for a graph: both ends, length and the correlation behind it.
struct TreeEdge {
    std::size_t first = 0, second = 0;
    double distance = 0, correlation = 0;
};

/// Minimum spanning tree over all pairs by Prim's rule from series 0, edges in rising distance, first < second.
/// @param distance as above   @return size - 1 edges   @complexity O(size^2)
std::vector<TreeEdge> spanning_tree(std::span<const double> distance, std::size_t size);

}  // namespace aitrading::insight

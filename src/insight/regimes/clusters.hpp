#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "domain/model.hpp"

namespace aitrading::insight {

/// A cluster for each row: k-means++ by seed (Arthur and Vassilvitskii 2007), then `rounds` of Lloyd's steps, over columns
/// scaled to deviation 1. A cluster that runs empty keeps its centre. Deterministic for a seed.
/// @pre rows >= clusters >= 1, all values finite   @complexity O(rounds rows clusters columns)
std::vector<std::uint8_t> cluster_rows(MatrixView rows, std::size_t clusters, std::uint64_t seed, int rounds = 15);

}  // namespace aitrading::insight

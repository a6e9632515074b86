#pragma once

#include <vector>

#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// The outputs of a net at every bar in double, straight from the formulae of net_spec.hpp: no window moves,
/// no state is kept, every bar is computed from the whole past. [rows][outputs]
std::vector<std::vector<double>> reference_outputs(const NetWeights& weights,
                                                   const std::vector<std::vector<double>>& rows);

}  // namespace aitrading::models

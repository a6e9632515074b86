#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/graph/conformance/ground.hpp"

/// The suite that every engine of Graph must pass.
namespace aitrading::ports::conformance {

using GraphCheck = CheckOn<MakeGraphGround>;

/// All checks, in reading order.
std::vector<GraphCheck> graph_checks();

/// The parts of the list.
std::vector<GraphCheck> graph_walking_checks();
std::vector<GraphCheck> graph_keeping_checks();

}  // namespace aitrading::ports::conformance

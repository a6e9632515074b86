#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/vectors/conformance/ground.hpp"

/// The suite that every engine of Vectors must pass.
namespace aitrading::ports::conformance {

using VectorCheck = CheckOn<MakeVectorGround>;

/// All checks, in reading order.
std::vector<VectorCheck> vector_checks();

/// The parts of the list.
std::vector<VectorCheck> vector_finding_checks();
std::vector<VectorCheck> vector_keeping_checks();

/// Vectors around some centres, the same for the same seed; ids count from `from`.
std::vector<VectorItem> drawn_vectors(int count, int dimensions, std::uint64_t seed, int from = 0);

}  // namespace aitrading::ports::conformance

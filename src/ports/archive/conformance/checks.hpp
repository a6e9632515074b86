#pragma once

#include <vector>

#include "ports/archive/conformance/ground.hpp"
#include "ports/checking.hpp"

/// The suite that every engine of Archive must pass.
namespace aitrading::ports::conformance {

using ArchiveCheck = CheckOn<MakeArchiveGround>;

/// All checks, in reading order.
std::vector<ArchiveCheck> archive_checks();

/// The parts of the list.
std::vector<ArchiveCheck> archive_object_checks();
std::vector<ArchiveCheck> archive_keeping_checks();
std::vector<ArchiveCheck> archive_fault_checks();

/// Bytes that do not repeat, the same for the same seed.
std::string archive_content(std::size_t bytes, std::uint64_t seed);

}  // namespace aitrading::ports::conformance

#pragma once

#include <vector>

#include "ports/checking.hpp"
#include "ports/event_bus/conformance/ground.hpp"

/// The suite that every engine of EventBus must pass. It is a list of named checks rather than tests of its own, so that
/// its own tests can run it over engines with a planted fault and see it refuse them.
namespace aitrading::ports::conformance {

using Check = CheckOn<MakeGround>;

/// All checks, in reading order.
std::vector<Check> checks();

/// The parts of the list.
std::vector<Check> publishing_checks();
std::vector<Check> group_checks();
std::vector<Check> keeping_checks();
std::vector<Check> concurrency_checks();

}  // namespace aitrading::ports::conformance

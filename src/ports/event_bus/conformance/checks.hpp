#pragma once

#include <vector>

#include "ports/event_bus/conformance/ground.hpp"

/// The suite that every engine of EventBus must pass. It is a list of named checks rather than tests of its own, so that
/// its own tests can run it over engines with a planted fault and see it refuse them.
namespace aitrading::ports::conformance {

struct Check {
    const char* name;
    /// Empty where the engine keeps the promise; else what it broke.
    std::string (*run)(const MakeGround&);
};

/// All checks, in reading order.
std::vector<Check> checks();

/// The parts of the list.
std::vector<Check> publishing_checks();
std::vector<Check> group_checks();
std::vector<Check> keeping_checks();
std::vector<Check> concurrency_checks();

/// Inside a check: gives up with what was expected where it does not hold.
#define AIT_EXPECT(condition, what) \
    if (!(condition)) return std::string(what) + " (" #condition ")"
/// The same for a Result; its error is said.
#define AIT_OK(result) \
    if (const auto& ait_checked = (result); !ait_checked) return std::string(#result ": ") + ait_checked.error().text

}  // namespace aitrading::ports::conformance

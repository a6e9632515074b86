#pragma once

#include <ostream>
#include <vector>

#include "ports/checking.hpp"
#include "ports/table_store/conformance/ground.hpp"

/// The suite that every engine of TableStore must pass. It is a list of named checks rather than tests of its own, so that
/// its own tests can run it over engines with a planted fault and see it refuse them.
namespace aitrading::ports::conformance::tables {

struct Check {
    const char* name;
    std::string (*body)(const MakeGround&);
    /// Empty where the engine keeps the promise; else what it broke.
    std::string run(const MakeGround& make) const;
};
/// The name of a test that runs it.
inline void PrintTo(const Check& check, std::ostream* out) { *out << check.name; }

/// All checks, in reading order.
std::vector<Check> checks();

/// The parts of the list.
std::vector<Check> row_checks();
std::vector<Check> order_checks();
std::vector<Check> bound_checks();
std::vector<Check> transaction_checks();
std::vector<Check> concurrency_checks();
std::vector<Check> keeping_checks();
std::vector<Check> migration_checks();

/// Where the bench could not be opened.
#define AIT_OPEN(bench) AIT_EXPECT((bench).broken.empty(), (bench).broken)

}  // namespace aitrading::ports::conformance::tables

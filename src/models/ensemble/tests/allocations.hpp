#pragma once

#include <cstddef>

namespace aitrading::models::testing_allocations {

/// Calls of operator new in this program so far.
std::size_t count();

}  // namespace aitrading::models::testing_allocations

#pragma once

#include <cstddef>

namespace aitrading::models::testing_allocations {

/// Calls of operator new in this program so far; always 0 under a sanitizer, which has its own.
std::size_t count();
/// False under a sanitizer.
bool counts();

}  // namespace aitrading::models::testing_allocations

#include "allocations.hpp"

#include "base/tests/count_allocations.hpp"

namespace aitrading::models::testing_allocations {

std::size_t count() {
    return testing_base::allocations.load(std::memory_order_relaxed);
}

bool counts() {
    return AIT_COUNTS_ALLOCATIONS != 0;
}

}  // namespace aitrading::models::testing_allocations

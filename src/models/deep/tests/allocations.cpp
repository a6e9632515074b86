#include "models/deep/tests/allocations.hpp"

#include "base/tests/count_allocations.hpp"

namespace aitrading::models::testing_deep {

std::size_t count() {
    return testing_base::allocations.load(std::memory_order_relaxed);
}

}  // namespace aitrading::models::testing_deep

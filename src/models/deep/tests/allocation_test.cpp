#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "models/deep/causal_net.hpp"
#include "models/deep/tests/random_net.hpp"

namespace {

std::atomic<long> allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
    ++allocations;
    void* const memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

// NOLINTBEGIN(cppcoreguidelines-no-malloc,clang-analyzer-cplusplus.NewDelete): these are new and delete
// themselves
void* operator new(std::size_t size) {
    return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
// NOLINTEND(cppcoreguidelines-no-malloc,clang-analyzer-cplusplus.NewDelete)

namespace aitrading::models {
namespace {

TEST(CausalNet, a_step_allocates_nothing) {
    for (const NetSpec& spec : small_specs()) {
        const CausalNet net = *CausalNet::build(random_weights(spec, 1));
        NetState state = net.start();
        const std::vector<double> row(spec.inputs, 0.5);
        std::vector<float> out(spec.outputs);
        const long before = allocations;
        ASSERT_GT(before, 0);  // the counter counts
        for (int bar = 0; bar < 200; ++bar) net.step(state, row, out);
        EXPECT_EQ(allocations - before, 0) << describe(spec);
    }
}

}  // namespace
}  // namespace aitrading::models

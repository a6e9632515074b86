#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

// Replaces operator new and delete by ones that count: for exactly one source of a test program. A sanitizer has its own and
// takes a mixture for an error, so nothing is counted there and tests that count are skipped.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AIT_COUNTS_ALLOCATIONS 0
#else
#define AIT_COUNTS_ALLOCATIONS 1
#endif

namespace aitrading::testing_base {

inline std::atomic<std::size_t> allocations{0};

#if AIT_COUNTS_ALLOCATIONS
inline void* counted(std::size_t size, std::size_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    if (void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return memory;
    throw std::bad_alloc();
}
#endif

}  // namespace aitrading::testing_base

#if AIT_COUNTS_ALLOCATIONS
// NOLINTBEGIN(cppcoreguidelines-no-malloc,clang-analyzer-cplusplus.NewDelete,misc-definitions-in-headers): these are new and delete
void* operator new(std::size_t size) {
    return aitrading::testing_base::counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return aitrading::testing_base::counted(size, static_cast<std::size_t>(alignment));
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
// NOLINTEND(cppcoreguidelines-no-malloc,clang-analyzer-cplusplus.NewDelete,misc-definitions-in-headers)
#endif

#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace aitrading::models {

/// Memory that begins at a cache line, so that no 32-byte load crosses one.
template <class T>
struct LineAllocator {
    using value_type = T;
    static constexpr std::align_val_t kLine{64};
    LineAllocator() = default;
    template <class U>
    LineAllocator(const LineAllocator<U>&) {}  // NOLINT(google-explicit-constructor): asked for by allocators
    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kLine)); }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory, kLine); }
    friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
};

using AlignedFloats = std::vector<float, LineAllocator<float>>;

/// The next multiple of 16 floats: one cache line.
constexpr std::size_t line_floats(std::size_t count) {
    return (count + 15) / 16 * 16;
}

}  // namespace aitrading::models

#include "models/deep/net_kernels.hpp"

namespace aitrading::models {

extern const NetKernels kBaselineKernels, kAvx2Kernels;

std::span<const NetKernels* const> usable_kernels() {
    static constexpr const NetKernels* kFastestFirst[] = {&kAvx2Kernels, &kBaselineKernels};
    static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
    return std::span(kFastestFirst).subspan(avx2 ? 0 : 1);
}

void pack_linear(const float* from, std::size_t outputs, std::size_t inputs, std::size_t row_stride,
                 std::size_t column_stride, float* to) {
    for (std::size_t block = 0; block < outputs; block += 16)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t o = block; o < block + 16; ++o, ++to)
                *to = o < outputs ? from[o * row_stride + i * column_stride] : 0.0F;
}

}  // namespace aitrading::models

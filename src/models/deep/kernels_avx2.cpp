// Compiled with -mavx2 (see CMakeLists.txt): nothing here may run before usable_kernels has asked the
// processor.
#include "models/deep/kernel_code.hpp"

namespace aitrading::models {

/// For processors with 32-byte vectors.
extern const NetKernels kAvx2Kernels;
constinit const NetKernels kAvx2Kernels = kernels_called("avx2");

}  // namespace aitrading::models

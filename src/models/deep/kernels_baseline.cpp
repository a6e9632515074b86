#include "models/deep/kernel_code.hpp"

namespace aitrading::models {

/// For any x86-64 processor.
extern const NetKernels kBaselineKernels;
constinit const NetKernels kBaselineKernels = kernels_called("baseline");

}  // namespace aitrading::models

#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

#include "kit/bench.hpp"

namespace aitrading::insight {

/// Processor time of this thread in seconds: other work on the machine does not count.
inline double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
double best_of(int times, Work work) {
    double best = 1e300;
    for (int i = 0; i < times; ++i) {
        const double begun = thread_seconds();
        work();
        best = std::min(best, thread_seconds() - begun);
    }
    return best;
}

/// Rolling, EWMA, DCC and the single-matrix methods.
std::vector<kit::BenchRow> measure_matrices();
/// How often the tests of breaks reject where nothing broke.
std::vector<kit::BenchRow> measure_breaks();
/// Asynchronous ticks: the gates of the specification and what they cost.
std::vector<kit::BenchRow> measure_ticks();

}  // namespace aitrading::insight

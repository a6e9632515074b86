#pragma once

#include <functional>

namespace aitrading::models {

/// What happens at the n-th step of this process that changes a file: write, truncate, sync, rename, remove, make a folder.
/// The test program puts its own functions of these names before the C library's, so that SQLite and the standard library
/// go through them too.
enum class StepFault {
    none,
    kill_before,  ///< SIGKILL instead of the step
    kill_torn,    ///< a write leaves its first half behind, then SIGKILL; other steps are done before it
    disk_full,    ///< this step and every later one that needs room fails with ENOSPC
};

/// Runs `work` in a child process with the fault at step `at` (1, 2, …). Returns true where the child ended by itself, that
/// is where the fault lay behind its last step or let it go on; its exit status is then in `status`.
bool run_with_fault(StepFault fault, int at, const std::function<int()>& work, int& status);

}  // namespace aitrading::models

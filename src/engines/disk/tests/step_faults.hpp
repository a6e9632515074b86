#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

/// The steps that a program takes on the disk, seen and failed one by one. Replaces write, fsync and rename of the whole test
/// program: included by one .cpp of it.
namespace aitrading::engines::step_faults {

struct Steps {
    bool armed = false;
    int fails_at = 0;   ///< which step from now on, from 1; 0: none
    int error = EIO;
    int taken = 0;
    std::vector<std::string> seen;
};
inline Steps steps;

/// True where this step is to fail.
inline bool take(std::string what) {
    if (!steps.armed) return false;
    steps.seen.push_back(std::move(what));
    if (++steps.taken != steps.fails_at) return false;
    errno = steps.error;
    return true;
}

inline void arm(int fails_at, int error) { steps = {true, fails_at, error, 0, {}}; }
inline void disarm() { steps.armed = false; }

}  // namespace aitrading::engines::step_faults

extern "C" {

ssize_t write(int file, const void* bytes, std::size_t count) {
    struct stat status {};
    const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (regular && aitrading::engines::step_faults::take("write")) return -1;
    return ::syscall(SYS_write, file, bytes, count);
}

int fsync(int file) {
    struct stat status {};
    const bool folder = ::fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    if (aitrading::engines::step_faults::take(folder ? "sync folder" : "sync file")) return -1;
    return static_cast<int>(::syscall(SYS_fsync, file));
}

int rename(const char* from, const char* to) noexcept {
    if (aitrading::engines::step_faults::take("rename")) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

}  // extern "C"

#include "models/registry/tests/step_faults.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace aitrading::models {
namespace {

StepFault armed = StepFault::none;  // only ever set in a child that has one thread
int steps_left = 0;

void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

/// Counts one step. True where it must fail for want of room.
bool step(bool needs_room) {
    if (armed == StepFault::none) return false;
    if (steps_left > 0) --steps_left;
    if (steps_left > 0) return false;
    if (armed == StepFault::kill_before) die();
    return armed == StepFault::disk_full && needs_room;
}

bool torn() { return armed == StepFault::kill_torn && steps_left == 0; }

template <class F>
F* real(const char* name) {
    return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

int no_room() {
    errno = ENOSPC;
    return -1;
}

/// Any step but a write.
template <class F, class... A>
int pass(const char* name, bool needs_room, A... arguments) {
    if (step(needs_room)) return no_room();
    const int done = real<F>(name)(arguments...);
    if (torn()) die();
    return done;
}

template <class Write>
ssize_t pass_write(Write write, std::size_t size) {
    if (step(true)) return no_room();
    if (!torn()) return write(size);
    write(size / 2);
    die();
    return -1;
}

}  // namespace

bool run_with_fault(StepFault fault, int at, const std::function<int()>& work, int& status) {
    const pid_t child = ::fork();
    EXPECT_GE(child, 0);
    if (child == 0) {
        steps_left = at;
        armed = fault;
        ::_exit(work());
    }
    int told = 0;
    EXPECT_EQ(::waitpid(child, &told, 0), child);
    status = WIFEXITED(told) ? WEXITSTATUS(told) : -1;
    EXPECT_TRUE(WIFEXITED(told) || WTERMSIG(told) == SIGKILL) << "the child died of signal " << WTERMSIG(told);
    return WIFEXITED(told);
}

}  // namespace aitrading::models

// The C library's names; in the test program alone.
extern "C" {

using namespace aitrading::models;  // NOLINT(google-build-using-namespace)

ssize_t write(int file, const void* bytes, size_t size) {
    return pass_write([&](size_t n) { return real<ssize_t(int, const void*, size_t)>("write")(file, bytes, n); }, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    return pass_write([&](size_t n) { return real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, bytes, n, at); }, size);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    return pass_write([&](size_t n) { return real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(file, bytes, n, at); }, size);
}
int fsync(int file) { return pass<int(int)>("fsync", true, file); }
int fdatasync(int file) { return pass<int(int)>("fdatasync", true, file); }
int ftruncate(int file, off_t size) noexcept { return pass<int(int, off_t)>("ftruncate", false, file, size); }
int ftruncate64(int file, off64_t size) noexcept { return pass<int(int, off64_t)>("ftruncate64", false, file, size); }
int rename(const char* from, const char* to) noexcept { return pass<int(const char*, const char*)>("rename", true, from, to); }
int mkdir(const char* path, mode_t mode) noexcept { return pass<int(const char*, mode_t)>("mkdir", true, path, mode); }
int unlink(const char* path) noexcept { return pass<int(const char*)>("unlink", false, path); }
int unlinkat(int folder, const char* path, int flags) noexcept { return pass<int(int, const char*, int)>("unlinkat", false, folder, path, flags); }
int rmdir(const char* path) noexcept { return pass<int(const char*)>("rmdir", false, path); }
int remove(const char* path) noexcept { return pass<int(const char*)>("remove", false, path); }
}

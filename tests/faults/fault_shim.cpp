// Faults of the disk and of the wall clock under a program that knows nothing of them: loaded before it with LD_PRELOAD. What
// fails stands in the file AIT_FAULTS, which the test writes while the program runs: four 64-bit numbers, errno of writes, of syncs and
// of files that are opened for writing, all below the folder AIT_FAULT_FOLDER; and nanoseconds that the wall clock is ahead.
// Only tests load it; no program of the project links it.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

struct Faults {
    std::int64_t of_write, of_sync, of_open, clock_ahead;
};

const volatile Faults* faults() {
    static const Faults none{};
    static const volatile Faults* const told = [] {
        const char* path = std::getenv("AIT_FAULTS");
        const int file = path == nullptr ? -1 : static_cast<int>(reinterpret_cast<long (*)(const char*, int)>(dlsym(RTLD_NEXT, "open64"))(path, O_RDONLY | O_CLOEXEC));
        void* page = file < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(Faults), PROT_READ, MAP_SHARED, file, 0);
        return page == MAP_FAILED ? &none : static_cast<const Faults*>(page);
    }();
    return told;
}

bool below(const char* path) {
    static const char* const folder = std::getenv("AIT_FAULT_FOLDER");
    return folder != nullptr && path != nullptr && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool below(int file) {
    char link[64], path[PATH_MAX + 1];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = ::readlink(link, path, PATH_MAX);
    if (size < 0) return false;
    path[size] = '\0';
    return below(path);
}

/// The errno that a call shall fail with; 0: none.
int refused(std::int64_t fault, int file) { return fault != 0 && below(file) ? static_cast<int>(fault) : 0; }

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int fail(int code) {
    errno = code;
    return -1;
}

bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0; }

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    if (const int code = refused(faults()->of_write, file)) return fail(code);
    return real(file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    if (const int code = refused(faults()->of_write, file)) return fail(code);
    return real(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    if (const int code = refused(faults()->of_write, file)) return fail(code);
    return real(file, bytes, size, at);
}
int ftruncate64(int file, off64_t size) noexcept {
    static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
    if (const int code = refused(faults()->of_write, file)) return fail(code);
    return real(file, size);
}
int fsync(int file) {
    static const auto real = next<int (*)(int)>("fsync");
    if (const int code = refused(faults()->of_sync, file)) return fail(code);
    return real(file);
}
int fdatasync(int file) {
    static const auto real = next<int (*)(int)>("fdatasync");
    if (const int code = refused(faults()->of_sync, file)) return fail(code);
    return real(file);
}
int open(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open");
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (const auto code = faults()->of_open; code != 0 && writes(flags) && below(path)) return fail(static_cast<int>(code));
    return real(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open64");
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (const auto code = faults()->of_open; code != 0 && writes(flags) && below(path)) return fail(static_cast<int>(code));
    return real(path, flags, mode);
}
int mkdir(const char* path, mode_t mode) noexcept {
    static const auto real = next<int (*)(const char*, mode_t)>("mkdir");
    if (const auto code = faults()->of_open; code != 0 && below(path)) return fail(static_cast<int>(code));
    return real(path, mode);
}
int clock_gettime(clockid_t clock, timespec* out) noexcept {
    static const auto real = next<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int done = real(clock, out);
    if (done != 0 || clock != CLOCK_REALTIME) return done;
    const std::int64_t now = out->tv_sec * 1'000'000'000LL + out->tv_nsec + faults()->clock_ahead;
    out->tv_sec = now / 1'000'000'000LL;
    out->tv_nsec = now % 1'000'000'000LL;
    return done;
}

}  // extern "C"

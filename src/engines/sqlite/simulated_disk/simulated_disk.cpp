#include "engines/sqlite/simulated_disk/simulated_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

#include "engines/sqlite/simulated_disk/disk_image.hpp"

namespace aitrading::engines {
namespace {

using simulated::Disk;
using simulated::Image;

/// What SQLite allocates for an open file; the first member is its own.
struct OpenFile {
    sqlite3_file base{};
    Disk* disk = nullptr;
    std::shared_ptr<Image> image;
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int code_of(Disk::Outcome outcome, int failure) {
    if (outcome == Disk::Outcome::done) return SQLITE_OK;
    return outcome == Disk::Outcome::full ? SQLITE_FULL : failure;
}

int close_file(sqlite3_file* file) {
    OpenFile& f = of(file);
    {
        const std::lock_guard lock(f.disk->mutex);
        f.image->levels.erase(file);
        f.image->shared.erase(file);
        f.image->exclusive.erase(file);
        std::erase(f.image->handles, static_cast<const void*>(file));
        if (f.image->handles.empty()) f.image->regions.clear();
    }
    f.~OpenFile();
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
    const std::lock_guard lock(of(file).disk->mutex);
    if (of(file).disk->dead) return SQLITE_IOERR_READ;
    const std::string& bytes = of(file).image->shown;
    std::memset(out, 0, static_cast<std::size_t>(size));
    if (static_cast<std::size_t>(at) >= bytes.size()) return SQLITE_IOERR_SHORT_READ;
    const std::size_t got = bytes.copy(static_cast<char*>(out), static_cast<std::size_t>(size), static_cast<std::size_t>(at));
    return got == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    const std::lock_guard lock(of(file).disk->mutex);
    return code_of(of(file).disk->write(*of(file).image, at, {static_cast<const char*>(bytes), static_cast<std::size_t>(size)}), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const std::lock_guard lock(of(file).disk->mutex);
    return code_of(of(file).disk->truncate(*of(file).image, size), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
    const std::lock_guard lock(of(file).disk->mutex);
    return code_of(of(file).disk->sync(*of(file).image), SQLITE_IOERR_FSYNC);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    const std::lock_guard lock(of(file).disk->mutex);
    *size = static_cast<sqlite3_int64>(of(file).image->shown.size());
    return SQLITE_OK;
}

/// Highest level that others hold.
int others(const Image& image, const sqlite3_file* file) {
    int highest = SQLITE_LOCK_NONE;
    for (const auto& [holder, level] : image.levels)
        if (holder != file) highest = std::max(highest, level);
    return highest;
}

int lock_file(sqlite3_file* file, int level) {
    const std::lock_guard lock(of(file).disk->mutex);
    Image& image = *of(file).image;
    int& mine = image.levels[file];
    if (mine >= level) return SQLITE_OK;
    const int theirs = others(image, file);
    if (level == SQLITE_LOCK_SHARED && theirs >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && theirs >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && theirs >= SQLITE_LOCK_SHARED) {
        mine = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
    }
    mine = level;
    return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
    const std::lock_guard lock(of(file).disk->mutex);
    int& mine = of(file).image->levels[file];
    mine = std::min(mine, level);
    return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* held) {
    const std::lock_guard lock(of(file).disk->mutex);
    *held = static_cast<int>(others(*of(file).image, file) >= SQLITE_LOCK_RESERVED);
    return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }  // as the machine's: a torn write harms only its own bytes

int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    const std::lock_guard lock(of(file).disk->mutex);
    auto& regions = of(file).image->regions;
    *out = nullptr;
    if (static_cast<std::size_t>(region) >= regions.size() && extend == 0) return SQLITE_OK;
    while (regions.size() <= static_cast<std::size_t>(region)) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = regions[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
}

int lock_memory(sqlite3_file* file, int first, int count, int flags) {
    const std::lock_guard lock(of(file).disk->mutex);
    Image& image = *of(file).image;
    const std::uint32_t bits = ((1U << count) - 1U) << first;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        image.shared[file] &= ~bits;
        image.exclusive[file] &= ~bits;
        return SQLITE_OK;
    }
    const bool wants_all = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (const void* other : image.handles) {
        if (other == file) continue;
        if ((image.exclusive[other] & bits) != 0 || (wants_all && (image.shared[other] & bits) != 0)) return SQLITE_BUSY;
    }
    (wants_all ? image.exclusive : image.shared)[file] |= bits;
    return SQLITE_OK;
}

/// The mutex is the barrier, as in SQLite's own file system (and the thread sanitizer knows no fences).
void memory_barrier(sqlite3_file* file) { const std::lock_guard lock(of(file).disk->mutex); }
int unmap_memory(sqlite3_file* file, int) {
    const std::lock_guard lock(of(file).disk->mutex);
    of(file).image->shared.erase(file);
    of(file).image->exclusive.erase(file);
    return SQLITE_OK;
}

constexpr sqlite3_io_methods methods{2, close_file, read_file, write_file, truncate_file, sync_file, file_size, lock_file,
                                     unlock_file, check_reserved, control, sector_size, characteristics, map_memory,
                                     lock_memory, memory_barrier, unmap_memory, nullptr, nullptr};

Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    Disk& disk = disk_of(vfs);
    file->pMethods = nullptr;
    const std::lock_guard lock(disk.mutex);
    auto image = disk.open(name == nullptr ? "temporary" : name, (flags & SQLITE_OPEN_CREATE) != 0);
    if (!image) return SQLITE_CANTOPEN;
    image->handles.push_back(file);
    new (file) OpenFile{{&methods}, &disk, std::move(image)};
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    const std::lock_guard lock(disk_of(vfs).mutex);
    return code_of(disk_of(vfs).remove(name, sync_folder != 0), SQLITE_IOERR_DELETE);
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* out) {
    const std::lock_guard lock(disk_of(vfs).mutex);
    *out = static_cast<int>(disk_of(vfs).exists(name));
    return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
    const std::lock_guard lock(disk_of(vfs).mutex);
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk_of(vfs).chance());
    return size;
}

/// SQLite sleeps where another connection holds a lock, and gives up after so many tries: whoever holds it gets a moment to go on. A wait
/// for oneself, in a test of one thread, is over soon all the same.
int nap(sqlite3_vfs*, int microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds(std::min(microseconds, 1'000)));
    return microseconds;
}
int fixed_time(sqlite3_vfs*, double* days) {
    *days = 2'461'000;
    return SQLITE_OK;
}
int no_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

struct SimulatedDisk::Inside {
    explicit Inside(std::uint64_t seed) : disk(seed) {}
    Disk disk;
    std::string name;
    sqlite3_vfs vfs{};
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : inside_(std::make_unique<Inside>(seed)) {
    static std::atomic<int> count{0};
    inside_->name = "simulated-disk-" + std::to_string(++count);
    sqlite3_vfs& vfs = inside_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 256;
    vfs.zName = inside_->name.c_str();
    vfs.pAppData = &inside_->disk;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_name;
    vfs.xRandomness = randomness;
    vfs.xSleep = nap;
    vfs.xCurrentTime = fixed_time;
    vfs.xGetLastError = no_error;
    sqlite3_vfs_register(&vfs, 0);
}

SimulatedDisk::~SimulatedDisk() { sqlite3_vfs_unregister(&inside_->vfs); }

const std::string& SimulatedDisk::file_system() const { return inside_->name; }

std::int64_t SimulatedDisk::steps() const {
    const std::lock_guard lock(inside_->disk.mutex);
    return inside_->disk.steps;
}

void SimulatedDisk::cut_at(std::int64_t step) {
    const std::lock_guard lock(inside_->disk.mutex);
    inside_->disk.cut_step = step;
}

void SimulatedDisk::fail_sync_at(std::int64_t step) {
    const std::lock_guard lock(inside_->disk.mutex);
    inside_->disk.failing_sync_step = step;
}

void SimulatedDisk::fill_at(std::int64_t step) {
    const std::lock_guard lock(inside_->disk.mutex);
    inside_->disk.full_step = step;
}

void SimulatedDisk::lie() {
    const std::lock_guard lock(inside_->disk.mutex);
    inside_->disk.lies = true;
}

bool SimulatedDisk::faulted() const {
    const std::lock_guard lock(inside_->disk.mutex);
    return inside_->disk.faulted;
}

bool SimulatedDisk::holds(std::string_view bytes) const {
    const std::lock_guard lock(inside_->disk.mutex);
    return inside_->disk.holds(bytes);
}

void SimulatedDisk::restart() {
    const std::lock_guard lock(inside_->disk.mutex);
    inside_->disk.restart();
}

}  // namespace aitrading::engines

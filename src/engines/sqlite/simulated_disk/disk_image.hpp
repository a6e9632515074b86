#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace aitrading::engines::simulated {

/// A change that is not sure yet.
struct Change {
    std::int64_t at = 0;
    std::string bytes;
    bool truncates = false;  ///< to `at` bytes
};

/// One name of the disk, its contents, and the locks and shared memory that connections to it hold.
struct Image {
    std::string shown, sure;
    std::vector<Change> unsure;  ///< from `sure` to `shown`, in order
    bool exists = false, surely_exists = false;

    std::vector<const void*> handles;
    std::map<const void*, int> levels;                       ///< SQLite's lock levels on the file
    std::map<const void*, std::uint32_t> shared, exclusive;  ///< bits of the locks of the shared memory
    std::vector<std::unique_ptr<char[]>> regions;
};

/// The files and what chance does to them. The caller holds the mutex.
class Disk {
  public:
    explicit Disk(std::uint64_t seed) : random_(seed) {}

    enum class Outcome { done, failed, full };
    std::shared_ptr<Image> open(const std::string& name, bool create);
    Outcome write(Image& image, std::int64_t at, std::string_view bytes);
    Outcome truncate(Image& image, std::int64_t size);
    Outcome sync(Image& image);
    Outcome remove(const std::string& name, bool surely);
    bool exists(const std::string& name) const;
    bool holds(std::string_view bytes) const;
    void restart();

    std::mutex mutex;
    std::int64_t steps = 0, cut_step = 0, failing_sync_step = 0, full_step = 0;  ///< 0: never
    bool dead = false, faulted = false, lies = false;
    std::uint64_t chance() { return random_.next(); }

  private:
    bool step();
    void keep_some(Image& image);
    static void apply(const Change& change, std::string& bytes);

    SplitMix64 random_;
    std::map<std::string, std::shared_ptr<Image>> files_;
};

}  // namespace aitrading::engines::simulated

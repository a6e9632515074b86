#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "engines/key_value/memory/memory_store.hpp"
#include "ports/key_value/conformance/ground.hpp"

namespace aitrading::engines {

/// A store in memory with a clock that goes on when told and a snapshot in a folder of its own.
class MemoryGround final : public ports::conformance::KeyValueGround {
  public:
    explicit MemoryGround(const std::filesystem::path& parent)
        : folder_(parent / ("memory_store." + std::to_string(::getpid()) + "." + std::to_string(made_++))) {
        std::filesystem::create_directories(folder_);
    }
    ~MemoryGround() override { std::filesystem::remove_all(folder_); }
    MemoryGround(const MemoryGround&) = delete;
    MemoryGround& operator=(const MemoryGround&) = delete;
    Result<std::unique_ptr<ports::KeyValue>> open() override { return open_memory_store(options()); }
    void pass(std::chrono::milliseconds time) override { *clock_ += time.count() * 1'000'000; }
    void cut(std::unique_ptr<ports::KeyValue> store) override { static_cast<MemoryStore&>(*store).abandon(); }
    std::optional<std::size_t> bytes_max() const override { return std::size_t{4} << 20; }

    MemoryStoreOptions options() const {
        return {.snapshot = file(), .bytes_max = *bytes_max(), .now = [clock = clock_] { return UnixNanos{clock->load()}; }};
    }
    std::filesystem::path file() const { return folder_ / "snapshot"; }

  private:
    inline static std::atomic<int> made_{0};
    std::filesystem::path folder_;
    std::shared_ptr<std::atomic<std::int64_t>> clock_ = std::make_shared<std::atomic<std::int64_t>>(1'700'000'000'000'000'000);
};

}  // namespace aitrading::engines

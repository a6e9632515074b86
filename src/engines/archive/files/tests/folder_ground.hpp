#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>

#include "engines/archive/files/file_archive.hpp"
#include "engines/disk/tests/full_disk.hpp"
#include "ports/archive/conformance/ground.hpp"

namespace aitrading::engines {

/// An archive in a folder of its own. A cut is a close: losing unsynced writes is no part of it; see step_faults_test.cpp
/// for what is synced when.
class FolderGround final : public ports::conformance::ArchiveGround {
  public:
    explicit FolderGround(std::shared_ptr<ports::Cipher> cipher = nullptr)
        : folder_(std::filesystem::path(testing::TempDir()) / ("archive." + std::to_string(::getpid()) + "." + std::to_string(made_++))),
          cipher_(std::move(cipher)) {}
    ~FolderGround() override { std::filesystem::remove_all(folder_); }
    FolderGround(const FolderGround&) = delete;
    FolderGround& operator=(const FolderGround&) = delete;

    Result<std::unique_ptr<ports::Archive>> open() override {
        return open_file_archive({folder_, [clock = clock_] { return UnixNanos{clock->load()}; }, cipher_});
    }
    void set_clock(UnixNanos now) override { *clock_ = now.value; }
    void cut(std::unique_ptr<ports::Archive> archive) override { archive.reset(); }
    void damage(ports::ObjectName name) override {
        const auto file = object(name);
        std::filesystem::permissions(file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
        stream.seekg(middle);
        const char byte = static_cast<char>(stream.get() ^ 1);
        stream.seekp(middle);
        stream.put(byte);
    }
    bool set_full(bool full) override {
        full_.reset();
        if (full) full_.emplace(500'000);
        return true;
    }
    std::filesystem::path object(ports::ObjectName name) const {
        return folder_ / "tenants" / name.tenant / "objects" / name.id.substr(0, 2) / name.id;
    }
    const std::filesystem::path& folder() const { return folder_; }

  private:
    inline static std::atomic<int> made_{0};
    std::filesystem::path folder_;
    std::shared_ptr<ports::Cipher> cipher_;
    std::shared_ptr<std::atomic<std::int64_t>> clock_ = std::make_shared<std::atomic<std::int64_t>>(0);
    std::optional<FullDisk> full_;
};

}  // namespace aitrading::engines

#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "engines/series_store/histories/parquet_histories.hpp"
#include "ports/series_store/conformance/history_ground.hpp"

namespace aitrading::engines {

/// A folder of one test.
class HistoryFolder {
  public:
    HistoryFolder() { std::filesystem::remove_all(path_); }
    ~HistoryFolder() { std::filesystem::remove_all(path_); }
    HistoryFolder(const HistoryFolder&) = delete;
    HistoryFolder& operator=(const HistoryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

    /// The files of a pile, in order of their names.
    std::vector<std::filesystem::path> parts(const std::string& tenant = "t", const std::string& history = "h") const {
        std::vector<std::filesystem::path> out;
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(path_ / "tenants" / tenant / history, none)) out.push_back(entry.path());
        std::ranges::sort(out);
        return out;
    }
    static void damage(const std::filesystem::path& file) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
        stream.seekg(middle);
        const char byte = static_cast<char>(stream.get() ^ 1);
        stream.seekp(middle);
        stream.put(byte);
    }

  private:
    inline static std::atomic<int> made_{0};
    std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) / ("histories." + std::to_string(::getpid()) + "." + std::to_string(made_++));
};

/// The machine's own disk. A cut is a close: losing unsynced writes is the simulated disk's part.
class HistoryFolderGround : public ports::conformance::HistoryGround {
  public:
    explicit HistoryFolderGround(std::int64_t part_rows) : part_rows_(part_rows) {}
    Result<std::unique_ptr<ports::HistoryStore>> open() override { return open_parquet_histories({.folder = folder_.path(), .part_rows = part_rows_, .checkpoint_pages = 16}); }
    void cut(std::unique_ptr<ports::HistoryStore> store) override { store.reset(); }
    std::string damage(const std::string& tenant, const std::string& history) override {
        const auto parts = folder_.parts(tenant, history);
        HistoryFolder::damage(parts.front());
        return parts.front().string();
    }

  protected:
    HistoryFolder folder_;
    std::int64_t part_rows_;
};

}  // namespace aitrading::engines

#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>

#include "engines/series_store/parquet/parquet_store.hpp"
#include "market/history/import.hpp"

namespace aitrading::market {

/// A folder of one test with a home inside, removed at its end.
class Folder {
  public:
    Folder() {
        static std::atomic<int> count{0};
        path_ = std::filesystem::temp_directory_path() /
                ("aitrading-history-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path write(const std::string& name, std::string_view content) const {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }
    ports::SeriesStore& store() {
        if (!store_) store_ = *engines::open_parquet_store(home());
        return *store_;
    }
    Result<ImportReport> import(const std::filesystem::path& file, const ImportOptions& options = {}) {
        return import_file(file, options, store());
    }
    std::filesystem::path path() const { return path_; }
    std::filesystem::path home() const { return path_ / "home"; }

    /// Every file below the home with its bytes.
    std::map<std::string, std::string> home_content() const {
        std::map<std::string, std::string> out;
        if (!std::filesystem::exists(home())) return out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(home())) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            out[entry.path().string()] = std::string(std::istreambuf_iterator<char>(in), {});
        }
        return out;
    }

  private:
    std::filesystem::path path_;
    std::unique_ptr<ports::SeriesStore> store_;
};

/// A folder whose files are in UTC, as its user says.
class UtcFolder : public Folder {
  public:
    Result<ImportReport> import(const std::filesystem::path& file, ImportOptions options = {}) {
        if (options.timezone.empty()) options.timezone = "UTC";
        return Folder::import(file, options);
    }
};

/// The folder of recorded market data, or an empty path where this machine has none.
inline std::filesystem::path recorded_data() {
    const char* shared = std::getenv("AITRADING_SHARED");
    std::filesystem::path data = shared != nullptr ? std::filesystem::path(shared) / "data"
                                                   : std::filesystem::path(AIT_SOURCE_DIR) / ".." / "shared" / "data";
    if (!std::filesystem::exists(data / "histdata")) return {};
    return data;
}

}  // namespace aitrading::market

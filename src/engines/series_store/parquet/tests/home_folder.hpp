#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace aitrading::engines {

/// A path of one test, removed at its end; not made, so that the store makes it.
class HomeFolder {
  public:
    HomeFolder() {
        static std::atomic<int> count{0};
        path_ = std::filesystem::temp_directory_path() /
                ("aitrading-store-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    }
    ~HomeFolder() { std::filesystem::remove_all(path_); }
    HomeFolder(const HomeFolder&) = delete;
    HomeFolder& operator=(const HomeFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

    /// Names of all files below.
    std::vector<std::string> files() const {
        std::vector<std::string> out;
        if (!std::filesystem::exists(path_)) return out;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
            if (entry.is_regular_file()) out.push_back(entry.path().filename().string());
        return out;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace aitrading::engines

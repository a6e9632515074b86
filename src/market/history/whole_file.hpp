#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::market {

/// A file that is written beside its place and moved there at the end; dropped unfinished it leaves nothing.
class WholeFile {
  public:
    explicit WholeFile(std::filesystem::path path);
    ~WholeFile();
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    /// @errors failed (with the path)
    Result<void> write(std::string_view text);
    /// Syncs and moves it to its place. @errors failed
    Result<void> finish();

  private:
    Result<void> disk_error() const;
    std::filesystem::path path_, temporary_;
    int descriptor_ = -1;
};

}  // namespace aitrading::market

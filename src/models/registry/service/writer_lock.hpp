#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::models {

/// An exclusive lock that processes take in turn; the kernel lets go of it when its holder dies.
class WriterLock {
  public:
    /// Waits for `folder`/`file`, which is made where it lacks. @errors failed
    static Result<WriterLock> take(const std::filesystem::path& folder, std::string_view file);
    WriterLock(WriterLock&& other) noexcept;
    WriterLock& operator=(WriterLock&&) = delete;
    ~WriterLock();

  private:
    explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace aitrading::models

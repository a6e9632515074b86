#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/result.hpp"

namespace aitrading::engines::sqlite_tables {

/// Who writes to the file in this process: one at a time, so that they wait for each other here and not by asking the file
/// again and again. Also remembers why writing stopped.
class WriteTurn {
  public:
    /// @errors failed (with retry_helps: another writes on; without: stopped)
    Result<void> take(std::chrono::milliseconds wait) {
        std::unique_lock lock(mutex_);
        if (!over_.wait_for(lock, wait, [this] { return !taken_ || stopped_; }))
            return fail(ErrorCode::failed, "another transaction writes; try again", true);
        if (stopped_) return std::unexpected(*stopped_);
        taken_ = true;
        return {};
    }
    void give_back() {
        {
            const std::lock_guard lock(mutex_);
            taken_ = false;
        }
        over_.notify_one();
    }
    void stop(const Error& why) {
        {
            const std::lock_guard lock(mutex_);
            if (!stopped_) stopped_ = why;
        }
        over_.notify_all();
    }
    std::optional<Error> stopped() const {
        const std::lock_guard lock(mutex_);
        return stopped_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable over_;
    bool taken_ = false;
    std::optional<Error> stopped_;
};

}  // namespace aitrading::engines::sqlite_tables

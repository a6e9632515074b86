#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engines/event_bus/journal/layout.hpp"

namespace aitrading::engines::journal {

/// Copies the write-ahead log into the file beside the writer, on a connection and a thread of its own: a copy of 8 MB and its sync take tens
/// of milliseconds, in which acknowledgements would stand still. A write or sync that fails is told once, and nothing is copied after it.
///
/// While the writer commits, some pages are always left, so that the log never starts anew by copies of this one alone: when it has grown to
/// `rest_at` times the pages of a copy, the writer copies the small rest between two transactions, after which SQLite begins the log again.
class LogCopier {
  public:
    enum class Runs {
        beside,  ///< on its own thread
        inline_, ///< in the writer's thread, in the middle of a transaction: for simulated disks, whose steps come in an order that can be repeated
    };
    static constexpr int rest_at = 4;
    /// From so many on readers are waited for: their turns have kept the log from beginning anew for long.
    static constexpr int long_at = 8;
    enum class Rest { wait, copy, copy_past_readers };

    /// @param pages of log that make a copy worth it   @param failed called from the copier's thread
    LogCopier(std::unique_ptr<Database> database, int pages, Runs runs, std::function<void(const Error&)> failed);
    /// Ends a copy that runs first.
    ~LogCopier();

    /// After a commit. @return what the writer shall do about the rest itself, which nothing else copies at the moment
    Rest committed(int log_pages);
    /// In the middle of a transaction: where `inline_` copies.
    void in_transaction();

  private:
    void run();
    void copy();

    std::unique_ptr<Database> database_;
    const int pages_;
    const Runs runs_;
    std::function<void(const Error&)> failed_;
    int copied_ = 0, rest_copied_ = 0;  ///< pages of the log at the last copy of each kind; the writer's
    std::mutex mutex_;
    std::condition_variable work_;
    bool due_ = false, copying_ = false, ended_ = false;
    std::thread thread_;
};

}  // namespace aitrading::engines::journal

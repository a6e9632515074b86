#include "engines/event_bus/journal/log_copier.hpp"

#include <algorithm>
#include <utility>

namespace aitrading::engines::journal {

LogCopier::LogCopier(std::unique_ptr<Database> database, int pages, Runs runs, std::function<void(const Error&)> failed)
    : database_(std::move(database)), pages_(pages), runs_(runs), failed_(std::move(failed)) {
    if (runs_ == Runs::beside) thread_ = std::thread([this] { run(); });
}

LogCopier::~LogCopier() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    work_.notify_all();
    if (thread_.joinable()) thread_.join();
}

LogCopier::Rest LogCopier::committed(int log_pages) {
    copied_ = std::min(copied_, log_pages);  // the log began anew
    rest_copied_ = std::min(rest_copied_, log_pages);
    const bool worth_it = log_pages - copied_ >= pages_;
    {
        const std::lock_guard lock(mutex_);
        if (due_ || copying_ || ended_) return Rest::wait;
        due_ = worth_it;
    }
    if (worth_it) {
        copied_ = log_pages;
        work_.notify_one();
        return Rest::wait;
    }
    // A reader may have kept the log from beginning anew: not again at each commit.
    if (log_pages < rest_at * pages_ || log_pages - rest_copied_ < std::max(1, pages_ / 8)) return Rest::wait;
    copied_ = rest_copied_ = log_pages;
    return log_pages < long_at * pages_ ? Rest::copy : Rest::copy_past_readers;
}

void LogCopier::in_transaction() {
    if (runs_ != Runs::inline_ || !due_) return;
    due_ = false;
    copy();
}

void LogCopier::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return due_ || ended_; });
        if (ended_) return;
        due_ = false;
        copying_ = true;
        lock.unlock();
        copy();
        lock.lock();
        copying_ = false;
    }
}

void LogCopier::copy() {
    if (const auto kept = database_->copy_log(); !kept) {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        failed_(kept.error());
    }
}

}  // namespace aitrading::engines::journal

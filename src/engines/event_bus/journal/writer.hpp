#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engines/event_bus/journal/ledger.hpp"
#include "engines/event_bus/journal/log_copier.hpp"

namespace aitrading::engines::journal {

/// One change of the file, asked for by any thread, done by the writer's.
class Job {
  public:
    Job(std::int64_t events, std::size_t bytes) : event_count(events), bytes_held(bytes) {}
    virtual ~Job() = default;
    /// Inside the transaction. An error with a sound database refuses this job alone.
    virtual Result<void> apply(Ledger& ledger) = 0;
    /// After the transaction: ok means durable.
    virtual void done(const Result<void>& result) = 0;
    const std::int64_t event_count;
    const std::size_t bytes_held;  ///< while it waits
};

/// The one thread that writes. Whatever waits when a transaction begins goes into it (group commit): the more is asked, the
/// more shares one sync, and nobody waits for company. A write or sync that fails stops it for good.
class Writer {
  public:
    struct Copying {
        std::unique_ptr<Database> database;  ///< a connection for the copies alone
        int pages = 1'000;
        LogCopier::Runs runs = LogCopier::Runs::beside;
    };
    Writer(std::unique_ptr<Database> database, std::unique_ptr<Ledger> ledger, Directory& directory, ports::BusLimits limits, Copying copying);
    /// Finishes what was accepted, then ends.
    ~Writer();

    /// Accepts the job, waiting for room. @errors usage (never fits), failed (no room: retry_helps; stopped)
    Result<void> submit(std::unique_ptr<Job> job, std::chrono::milliseconds wait_for_room);
    /// Does `work` in a transaction and waits until it is durable.
    template <class T>
    Result<T> call(std::function<Result<T>(Ledger&)> work);
    /// ok, or why it stopped.
    Result<void> health();

  private:
    using Batch = std::vector<std::unique_ptr<Job>>;
    void run();
    Batch next_batch();
    void write(const Batch& batch);
    Result<void> transact(const Batch& batch, std::vector<Result<void>>& results);
    void copy_rest();
    void stop(const Error& error);
    void refuse_from_now(const Error& error);

    std::unique_ptr<Database> database_;
    std::unique_ptr<Ledger> ledger_;
    Directory& directory_;
    const ports::BusLimits limits_;
    std::mutex mutex_;
    std::condition_variable work_, room_;
    std::deque<std::unique_ptr<Job>> queue_;
    std::int64_t pending_events_ = 0;  ///< accepted and not yet acknowledged
    std::size_t pending_bytes_ = 0;
    std::optional<Error> stopped_;
    bool closing_ = false;
    std::unique_ptr<LogCopier> copier_;  ///< ends before the last connection closes
    std::thread thread_;
};

template <class T>
Result<T> Writer::call(std::function<Result<T>(Ledger&)> work) {
    class Call final : public Job {
      public:
        explicit Call(std::function<Result<T>(Ledger&)> what) : Job(1, 256), work_(std::move(what)) {}
        Result<void> apply(Ledger& ledger) override {
            answer_ = work_(ledger);
            if (!answer_) return std::unexpected(answer_.error());
            return {};
        }
        void done(const Result<void>& result) override {
            if (result) told.set_value(std::move(answer_));
            else told.set_value(std::unexpected(result.error()));
        }
        std::promise<Result<T>> told;

      private:
        std::function<Result<T>(Ledger&)> work_;
        Result<T> answer_;
    };
    auto job = std::make_unique<Call>(std::move(work));
    auto answer = job->told.get_future();
    TRY_VOID(submit(std::move(job), std::chrono::seconds(30)));
    return answer.get();
}

}  // namespace aitrading::engines::journal

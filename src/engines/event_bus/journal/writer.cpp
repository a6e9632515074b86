#include "engines/event_bus/journal/writer.hpp"

namespace aitrading::engines::journal {
namespace {

// One transaction: large enough that the sync is a small part of it, small enough that its pages stay in the cache.
constexpr std::int64_t batch_events_max = 8'192;
constexpr std::size_t batch_bytes_max = std::size_t{4} << 20;

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, std::unique_ptr<Ledger> ledger, Directory& directory, ports::BusLimits limits, Copying copying)
    : database_(std::move(database)), ledger_(std::move(ledger)), directory_(directory), limits_(limits),
      copier_(std::make_unique<LogCopier>(std::move(copying.database), copying.pages, copying.runs, [this](const Error& error) { refuse_from_now(error); })),
      thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
    thread_.join();
}

Result<void> Writer::submit(std::unique_ptr<Job> job, std::chrono::milliseconds wait_for_room) {
    if (job->event_count > limits_.pending_events_max || job->bytes_held > limits_.pending_bytes_max)
        return fail(ErrorCode::usage, "one publication of " + std::to_string(job->event_count) + " events and " + std::to_string(job->bytes_held) +
                                          " bytes is more than the journal may hold in memory; publish it in parts");
    std::unique_lock lock(mutex_);
    const auto fits = [&] {
        return stopped_ || (pending_events_ + job->event_count <= limits_.pending_events_max && pending_bytes_ + job->bytes_held <= limits_.pending_bytes_max);
    };
    if (!room_.wait_for(lock, wait_for_room, fits))
        return fail(ErrorCode::failed, "the journal has " + std::to_string(pending_events_) + " events waiting for the disk and takes no more; try again later", true);
    if (stopped_) return std::unexpected(*stopped_);
    pending_events_ += job->event_count;
    pending_bytes_ += job->bytes_held;
    const bool wake = queue_.empty();
    queue_.push_back(std::move(job));
    lock.unlock();
    if (wake) work_.notify_one();
    return {};
}

Result<void> Writer::health() {
    const std::lock_guard lock(mutex_);
    if (stopped_) return std::unexpected(*stopped_);
    return {};
}

Writer::Batch Writer::next_batch() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return !queue_.empty() || closing_; });
    Batch batch;
    std::int64_t events = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        events += queue_.front()->event_count;
        bytes += queue_.front()->bytes_held;
        if (!batch.empty() && (events > batch_events_max || bytes > batch_bytes_max)) break;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

void Writer::run() {
    for (;;) {
        const Batch batch = next_batch();
        if (batch.empty()) break;  // closing, and nothing is left
        write(batch);
        std::int64_t events = 0;
        std::size_t bytes = 0;
        for (const auto& job : batch) {
            events += job->event_count;
            bytes += job->bytes_held;
        }
        {
            // Room is free only after the callbacks: what is accepted and not acknowledged never exceeds the limits.
            const std::lock_guard lock(mutex_);
            pending_events_ -= events;
            pending_bytes_ -= bytes;
        }
        room_.notify_all();
        if (health()) copy_rest();
    }
    copier_.reset();
    ledger_.reset();  // its statements, before their connection
    database_->close(health().has_value());
}

void Writer::copy_rest() {
    const LogCopier::Rest rest = copier_->committed(database_->log_pages());
    if (rest == LogCopier::Rest::wait) return;
    if (auto kept = database_->copy_log(rest == LogCopier::Rest::copy_past_readers); !kept) stop(kept.error());
}

Result<void> Writer::transact(const Batch& batch, std::vector<Result<void>>& results) {
    database_->execute("BEGIN IMMEDIATE");
    for (const auto& job : batch) {
        TRY_VOID(database_->sound());
        results.push_back(job->apply(*ledger_));
    }
    copier_->in_transaction();
    TRY_VOID(database_->sound());
    TRY_VOID(health());  // a copy may have failed meanwhile
    database_->execute("COMMIT");
    return database_->sound();
}

void Writer::write(const Batch& batch) {
    std::vector<Result<void>> results;
    results.reserve(batch.size());
    Result<void> whole = health();
    if (whole) {
        whole = transact(batch, results);
        if (whole) {
            ledger_->show();
        } else {
            stop(whole.error());
            whole = health();
        }
    }
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->done(whole ? results[i] : whole);
}

void Writer::stop(const Error& error) {
    database_->execute("ROLLBACK");  // where this fails too, whoever opens the file next does it
    refuse_from_now(error);
}

void Writer::refuse_from_now(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopped_) stopped_ = Error{error.code, "the journal stopped: " + error.text, false};
    }
    room_.notify_all();
    const std::lock_guard lock(directory_.mutex);
    directory_.tell();
}

}  // namespace aitrading::engines::journal

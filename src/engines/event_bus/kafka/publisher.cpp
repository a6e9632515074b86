#include "engines/event_bus/kafka/publisher.hpp"

namespace aitrading::engines::kafka {
namespace {

// One transaction: large enough that its four round trips are a small part of it.
constexpr std::size_t batch_events_max = 16'384, batch_bytes_max = std::size_t{16} << 20;
constexpr std::size_t event_overhead = 256;  // what strings and containers add to an event that waits

std::string writer_name(const Cluster& cluster) { return cluster.to().prefix + ".writer." + cluster.options().writer; }

}  // namespace

Result<std::unique_ptr<Publisher>> Publisher::open(Cluster& cluster) {
    TRY(auto writer, Transactor::open(cluster.to(), writer_name(cluster)));
    return std::unique_ptr<Publisher>(new Publisher(cluster, std::move(writer)));
}

Publisher::Publisher(Cluster& cluster, std::unique_ptr<Transactor> writer) : cluster_(cluster), writer_(std::move(writer)), thread_([this] { run(); }) {}

Publisher::~Publisher() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    work_.notify_all();
    thread_.join();
    if (cluster_.cut) writer_->cut();
}

Result<void> Publisher::submit(std::string_view topic, std::vector<Event> events, ports::Acknowledge done, Millis wait_for_room) {
    Job job{std::string(topic), std::move(events), std::move(done), 0, {}, {}};
    for (const Event& event : job.events) {
        TRY_VOID(check_event(event));
        job.bytes += size_bytes(event) + event_overhead;
    }
    const auto count = static_cast<std::int64_t>(job.events.size());
    const ports::BusLimits& limits = cluster_.options().limits;
    if (count > limits.pending_events_max || job.bytes > limits.pending_bytes_max)
        return fail(ErrorCode::usage, "one publication of " + std::to_string(count) + " events and " + std::to_string(job.bytes) +
                                          " bytes is more than the bus may hold in memory; publish it in parts");
    TRY_VOID(cluster_.partitions(topic));
    std::unique_lock lock(mutex_);
    const auto fits = [&] { return stopped_ || (pending_events_ + count <= limits.pending_events_max && pending_bytes_ + job.bytes <= limits.pending_bytes_max); };
    if (!room_.wait_for(lock, wait_for_room, fits))
        return fail(ErrorCode::failed, "the bus has " + std::to_string(pending_events_) + " events waiting for Kafka and takes no more; try again later", true);
    if (stopped_) return std::unexpected(*stopped_);
    pending_events_ += count;
    pending_bytes_ += job.bytes;
    const bool wake = queue_.empty();
    queue_.push_back(std::move(job));
    lock.unlock();
    if (wake) work_.notify_one();
    return {};
}

Result<void> Publisher::health() {
    const std::lock_guard lock(mutex_);
    if (stopped_) return std::unexpected(*stopped_);
    return {};
}

Publisher::Batch Publisher::next_batch() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return !queue_.empty() || closing_; });
    Batch batch;
    std::size_t events = 0, bytes = 0;
    while (!queue_.empty() && !cluster_.cut) {
        events += queue_.front().events.size();
        bytes += queue_.front().bytes;
        if (!batch.empty() && (events > batch_events_max || bytes > batch_bytes_max)) break;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return batch;
}

void Publisher::run() {
    for (Batch batch = next_batch(); !batch.empty(); batch = next_batch()) {
        write(batch);
        std::int64_t events = 0;
        std::size_t bytes = 0;
        for (const Job& job : batch) {
            events += static_cast<std::int64_t>(job.events.size());
            bytes += job.bytes;
        }
        {
            // Room is free only after the callbacks: what is accepted and not acknowledged never exceeds the limits.
            const std::lock_guard lock(mutex_);
            pending_events_ -= events;
            pending_bytes_ -= bytes;
        }
        room_.notify_all();
    }
}

void Publisher::write(Batch& batch) {
    Result<void> whole = health();
    if (whole) {
        const std::lock_guard lock(cluster_.ids_mutex);
        whole = transact(batch);
        if (whole) settle(batch);
        else // what of it is there nobody knows: the log is asked before the next publication
            for (const Job& job : batch) cluster_.forget_ids(job.topic);
    }
    if (writer_->replaced()) {
        const std::lock_guard lock(mutex_);
        if (!stopped_) stopped_ = Error{ErrorCode::failed, "the bus stopped publishing: " + writer_->broken()->text, false};
    }
    for (Job& job : batch) {
        if (whole) job.done(std::move(job.receipts));
        else job.done(std::unexpected(whole.error()));
    }
}

Result<void> Publisher::transact(Batch& batch) {
    if (writer_->broken()) {
        TRY(writer_, Transactor::open(cluster_.to(), writer_name(cluster_)));
    }
    fresh_.clear();
    bool begun = false;
    for (Job& job : batch) {
        job.offsets.assign(job.events.size(), -1);
        job.receipts.resize(job.events.size());
        if (!begun && !job.events.empty()) {
            TRY_VOID(writer_->begin());
            begun = true;
        }
        if (auto added = add(job); !added) {
            writer_->abort();
            return added;
        }
    }
    return begun ? writer_->commit() : Result<void>{};
}

Result<void> Publisher::add(Job& job) {
    if (job.events.empty()) return {};
    TRY(KnownIds * known, cluster_.ids(job.topic));
    TRY(const int partitions, cluster_.partitions(job.topic));
    const std::string log = cluster_.to().topic(job.topic);
    auto& fresh = fresh_[job.topic];
    for (std::size_t i = 0; i < job.events.size(); ++i) {
        const Event& event = job.events[i];
        const int partition = partition_of(event.subject, partitions);
        if (const auto there = known->places.find(event.id); there != known->places.end()) {
            job.receipts[i] = {there->second, true};
        } else if (!fresh.emplace(event.id, &job.receipts[i]).second) {
            job.receipts[i] = {{-1, 0}, true};  // its twin's place is known after the commit
        } else {
            job.receipts[i] = {{partition, 0}, false};
            TRY_VOID(writer_->add(log, partition, event, &job.offsets[i]));
        }
    }
    return {};
}

void Publisher::settle(Batch& batch) {
    for (Job& job : batch) {
        if (job.events.empty()) continue;
        KnownIds& known = **cluster_.ids(job.topic);
        const std::string log = cluster_.to().topic(job.topic);
        for (std::size_t i = 0; i < job.events.size(); ++i) {
            ports::Receipt& receipt = job.receipts[i];
            if (receipt.position.partition < 0) {
                receipt.position = fresh_[job.topic].at(job.events[i].id)->position;
            } else if (!receipt.duplicate) {
                receipt.position.offset = job.offsets[i] + 1;
                known.add(job.events[i].id, receipt.position, cluster_.options().ids_remembered);
                cluster_.acknowledged(log, receipt.position.partition, job.offsets[i]);
            }
        }
    }
}

}  // namespace aitrading::engines::kafka

#include "oversight/logs/service/log_publisher.hpp"

#include <algorithm>
#include <random>

#include "aitrading/v1/oversight.pb.h"
#include "kit/contracts/contracts.hpp"
#include "oversight/logs/service/log_records.hpp"

namespace aitrading::logs {
namespace {

std::uint64_t seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) ^ device();
}

}  // namespace

LogPublisher::LogPublisher(ports::EventBus& bus, const Options& options) : bus_(bus), options_(options), ids_(seed()), thread_([this] { run(); }) {}

LogPublisher::~LogPublisher() { stop(Deadline::after(std::chrono::steady_clock::now(), nanoseconds(0))); }

void LogPublisher::put(const kit::LogRecord& record) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= options_.waiting_max) {
        ++dropped_;
        ++untold_[{record.service, record.tenant}];
        return;
    }
    waiting_.push_back(record);
    if (waiting_.size() == options_.batch) arrived_.notify_one();
}

void LogPublisher::stop(Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        give_up_ = deadline.at;
    }
    arrived_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void LogPublisher::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        arrived_.wait_for(lock, options_.period, [this] { return stopping_ || waiting_.size() >= options_.batch; });
        while (!waiting_.empty()) {
            const auto count = std::min(waiting_.size(), options_.batch);
            const std::vector<kit::LogRecord> some(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
            const std::vector<Event> events = pack_all(some);
            while (!publish(lock, events)) {
                if (stopping_ && std::chrono::steady_clock::now() >= give_up_) return;
                arrived_.wait_for(lock, options_.period);
            }
            waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        }
        if (stopping_) return;
    }
}

/// One event for each service and tenant. @pre locked
std::vector<Event> LogPublisher::pack_all(const std::vector<kit::LogRecord>& records) {
    std::map<Key, v1::LogRecordsWritten> messages;
    for (const kit::LogRecord& record : records) fill(*messages[{record.service, record.tenant}].add_records(), record);
    std::vector<Event> out;
    const UnixNanos time = records.back().time;
    for (auto& [key, message] : messages) {
        message.set_service(key.first);
        const auto untold = untold_.extract(key);
        message.set_dropped(untold.empty() ? 0 : untold.mapped());
        auto event = kit::pack(message, {.id = ids_.next(time), .source = "/log-service", .tenant = key.second, .time = time, .trace = std::nullopt});
        if (event) {
            out.push_back(std::move(*event));
        } else {  // a name that no envelope takes
            dropped_ += message.records_size();
            last_error_ = event.error().text;
        }
    }
    return out;
}

/// As a whole or not at all; the same events, and so the same ids, however often. @pre locked
bool LogPublisher::publish(std::unique_lock<std::mutex>& lock, const std::vector<Event>& events) {
    if (events.empty()) return true;
    lock.unlock();
    const auto receipts = bus_.publish_and_wait("logs.records", events, std::chrono::seconds(1));
    lock.lock();
    if (!receipts) last_error_ = receipts.error().text;
    return receipts.has_value();
}

std::int64_t LogPublisher::waiting() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(waiting_.size());
}

std::int64_t LogPublisher::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

std::string LogPublisher::last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
}

}  // namespace aitrading::logs

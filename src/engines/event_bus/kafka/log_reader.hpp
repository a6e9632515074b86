#pragma once

#include <deque>
#include <optional>

#include "engines/event_bus/kafka/client.hpp"

namespace aitrading::engines::kafka {

/// Reads partitions from given offsets, committed transactions only, without a group. For one thread at a time.
class LogReader {
  public:
    /// @errors failed
    static Result<std::unique_ptr<LogReader>> open(const Connection& to);
    ~LogReader();
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    /// From now on: these partitions, from these offsets. @errors failed
    Result<void> seek(const std::string& topic, const Offsets& from);
    /// The next message of any of them; empty where none came in time. Offsets rise within a partition. @errors failed
    Result<Message> next(Millis wait);
    /// Gives a message back: `next` returns it first.
    void put_back(Message message);
    /// Next offset to be read, also past what transactions put between events. Known after a message or the end was met.
    std::int64_t position(int partition) const;
    /// Whether every partition was read up to its offset in `ends`.
    bool reached(const Offsets& ends) const;
    /// Reads from `from` up to `ends`, until `take` says no. @errors failed (also: no progress in time)
    Result<void> read(const std::string& topic, const Offsets& from, const Offsets& ends, const std::function<bool(const rd_kafka_message_t&)>& take);

    /// One past the last committed event or mark of each partition. @errors not_found, failed
    Result<Offsets> ends(const std::string& topic, int partitions) { return list_offsets(topic, partitions, RD_KAFKA_OFFSET_END); }
    /// The first offset that is left. @errors not_found, failed
    Result<Offsets> firsts(const std::string& topic, int partitions) { return list_offsets(topic, partitions, RD_KAFKA_OFFSET_BEGINNING); }

  private:
    LogReader(Connection to, Handle handle);
    Result<Offsets> list_offsets(const std::string& topic, int partitions, std::int64_t which);
    void fill(Millis wait);

    Connection to_;
    Handle handle_;
    rd_kafka_queue_t* queue_ = nullptr;
    Acquaintances known_;
    std::deque<Message> buffer_;
    Offsets positions_;
};

}  // namespace aitrading::engines::kafka

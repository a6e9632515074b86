#pragma once

#include <optional>

#include "domain/event.hpp"
#include "engines/event_bus/kafka/client.hpp"

namespace aitrading::engines::kafka {

/// One transactional, idempotent producer. For one thread at a time.
class Transactor {
  public:
    /// Ends what an earlier producer of this name left open, and keeps it from going on. @errors failed
    static Result<std::unique_ptr<Transactor>> open(const Connection& to, const std::string& transactional_id);

    Result<void> begin();
    /// Inside a transaction. @param offset is written when the broker has stored it; stays where it is until `commit` or `abort` @errors failed
    Result<void> add(const std::string& topic, int partition, const Event& event, std::int64_t* offset);
    /// A record of the book; none: a tombstone.
    Result<void> add(const std::string& topic, int partition, const std::string& key, const std::optional<std::string>& value, std::int64_t* offset);
    /// Offsets of a group, fenced by its generation. @errors failed with retry_helps (members came or went)
    Result<void> add_offsets(const std::string& topic, const Offsets& offsets, const rd_kafka_consumer_group_metadata_t* group);
    /// All of it durable, or an error and none; where nobody knows, it is tried until the patience is over.
    Result<void> commit();
    void abort();
    /// The producer can do no more; a new one of its name can.
    const std::optional<Error>& broken() const { return broken_; }
    /// It is broken because another one of its name has come.
    bool replaced() const { return replaced_; }
    /// Leaves everything as it lies, as a killed process does.
    void cut();

  private:
    explicit Transactor(Connection to) : to_(std::move(to)) {}
    Result<void> produce(const std::string& topic, int partition, std::string_view key, const void* value, std::size_t size, rd_kafka_headers_t* headers,
                         std::int64_t* offset);
    Result<void> checked(rd_kafka_error_t* error, std::string_view what);
    static void told(rd_kafka_t*, const rd_kafka_message_t* message, void*);

    Connection to_;
    struct DropTopic {
        void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
    };
    rd_kafka_topic_t* topic_handle(const std::string& topic);

    Handle handle_;
    Acquaintances known_;
    std::map<std::string, std::unique_ptr<rd_kafka_topic_t, DropTopic>> topics_;  ///< by name each message would search for its own
    std::optional<Error> broken_;
    bool replaced_ = false;
};

/// The event in a message, as CloudEvents' Kafka binding (binary mode) lays it: attributes in headers, data as the value, the
/// subject as the key. @errors gate_refused (names the place)
Result<Event> event_of(const rd_kafka_message_t& message);

}  // namespace aitrading::engines::kafka

#pragma once

#include <memory>
#include <string>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::engines {

/// A bus on a Kafka cluster (4.0 or later, KRaft).
struct KafkaOptions {
    std::string brokers;                 ///< `host:port[,host:port…]`
    std::string prefix = "aitrading";    ///< of all topics, groups and transactions: buses of other prefixes do not meet
    std::string writer = "bus";          ///< who publishes; a second bus under the same name and prefix takes over from the first
    std::int64_t ids_remembered = 100'000;  ///< of each topic, the last so many: a repeat of an older one is stored again
    int replicas = -1;                   ///< of new topics; -1: the cluster's default
    bool synced = false;                 ///< new topics sync every append on every replica, as a single broker needs to survive power loss
    std::chrono::milliseconds patience = std::chrono::seconds(30);  ///< with a broker that does not answer
    ports::BusLimits limits;
};

/// Connects. Publications are collected into transactions of one idempotent producer; each member of a group commits
/// offsets, state and produced events in transactions of its own, fenced by the group's generation.
/// Memory: what is pending, the ids remembered (about 100 bytes each), and for each member the state of its group.
/// Threads: one that publishes, one for each member, and those of librdkafka (about three a connection).
/// @errors failed (no broker answers in time: retry_helps)
Result<std::unique_ptr<ports::EventBus>> open_kafka_bus(const KafkaOptions& options);

/// Ends the bus as if its process had been killed: nothing is finished, no group is left. For tests of faults.
void cut_kafka_bus(std::unique_ptr<ports::EventBus> bus);

}  // namespace aitrading::engines

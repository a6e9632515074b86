#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aitrading::engines::kafka {

using Millis = std::chrono::milliseconds;
using Settings = std::vector<std::pair<std::string, std::string>>;

struct CloseHandle {
    void operator()(rd_kafka_t* handle) const;
};
using Handle = std::unique_ptr<rd_kafka_t, CloseHandle>;
struct DropMessage {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, DropMessage>;
struct DropList {
    void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, DropList>;

/// Offsets of Kafka count from 0, those of the port from 1; Kafka's "next to read" is the port's "last".
using Offsets = std::map<int, std::int64_t>;  ///< of partitions

PartitionList list_of(const std::string& topic, const Offsets& offsets);

/// Where a bus finds its cluster.
struct Connection {
    std::string brokers, prefix;
    Millis patience{30'000};
    std::string topic(std::string_view name) const { return prefix + ".t." + std::string(name); }
    std::string book() const { return prefix + ".groups"; }
    std::string group(std::string_view topic_name, std::string_view name) const {
        return prefix + "." + std::string(topic_name) + "." + std::string(name);
    }
};

Error error_of(rd_kafka_resp_err_t code, std::string_view what);
/// The same, and destroys the error.
Error error_of(rd_kafka_error_t* error, std::string_view what);

using Configure = std::function<void(rd_kafka_conf_t*)>;  ///< sets callbacks
/// @errors failed, usage (a setting)
Result<Handle> make_client(rd_kafka_type_t type, const Connection& to, const Settings& settings, const Configure& configure = {});

/// Tells a client where a topic lies, once: by itself it would find out within a second.
class Acquaintances {
  public:
    void meet(rd_kafka_t* handle, const std::string& topic, Millis patience);

  private:
    std::set<std::string> topics_;
};

}  // namespace aitrading::engines::kafka

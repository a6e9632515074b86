#include "engines/event_bus/kafka/client.hpp"

namespace aitrading::engines::kafka {

void CloseHandle::operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }

PartitionList list_of(const std::string& topic, const Offsets& offsets) {
    PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [partition, offset] : offsets) rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
    return list;
}

Error error_of(rd_kafka_resp_err_t code, std::string_view what) {
    const bool gone = code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    return {gone ? ErrorCode::not_found : ErrorCode::failed, "kafka: " + std::string(what) + ": " + rd_kafka_err2str(code), !gone};
}

Error error_of(rd_kafka_error_t* error, std::string_view what) {
    Error out{ErrorCode::failed, "kafka: " + std::string(what) + ": " + rd_kafka_error_string(error), rd_kafka_error_is_fatal(error) == 0};
    rd_kafka_error_destroy(error);
    return out;
}

Result<Handle> make_client(rd_kafka_type_t type, const Connection& to, const Settings& settings, const Configure& configure) {
    char why[512];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    Settings all{{"bootstrap.servers", to.brokers}, {"log_level", "2"}, {"client.id", to.prefix}, {"message.max.bytes", "67108864"},
                 {"receive.message.max.bytes", "150000000"}, {"reconnect.backoff.ms", "20"}, {"reconnect.backoff.max.ms", "500"}, {"retry.backoff.ms", "20"},
                 {"socket.nagle.disable", "true"}, {"topic.metadata.refresh.fast.interval.ms", "50"}};
    all.insert(all.end(), settings.begin(), settings.end());
    for (const auto& [name, value] : all) {
        if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof why) == RD_KAFKA_CONF_OK) continue;
        rd_kafka_conf_destroy(conf);
        return fail(ErrorCode::usage, "kafka: " + name + ": " + why);
    }
    rd_kafka_conf_set_log_cb(conf, nullptr);  // what matters comes back as an error
    if (configure) configure(conf);
    rd_kafka_t* handle = rd_kafka_new(type, conf, why, sizeof why);
    if (handle != nullptr) return Handle(handle);
    rd_kafka_conf_destroy(conf);
    return fail(ErrorCode::failed, std::string("kafka: ") + why);
}

void Acquaintances::meet(rd_kafka_t* handle, const std::string& topic, Millis patience) {
    if (!topics_.insert(topic).second) return;
    rd_kafka_topic_t* one = rd_kafka_topic_new(handle, topic.c_str(), nullptr);
    if (one == nullptr) return;
    const rd_kafka_metadata_t* about = nullptr;
    // Whether it answers does not matter: the client asks again by itself.
    if (rd_kafka_metadata(handle, 0, one, &about, static_cast<int>(patience.count())) == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(about);
    rd_kafka_topic_destroy(one);
}

}  // namespace aitrading::engines::kafka

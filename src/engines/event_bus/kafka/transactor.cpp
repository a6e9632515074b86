#include "engines/event_bus/kafka/transactor.hpp"

namespace aitrading::engines::kafka {

Result<std::unique_ptr<Transactor>> Transactor::open(const Connection& to, const std::string& transactional_id) {
    std::unique_ptr<Transactor> out(new Transactor(to));
    TRY(out->handle_, make_client(RD_KAFKA_PRODUCER, to,
                                  {{"transactional.id", transactional_id}, {"acks", "all"}, {"linger.ms", "2"}, {"batch.num.messages", "10000"},
                                   {"compression.codec", "none"}, {"transaction.timeout.ms", std::to_string(to.patience.count())},
                                   {"message.timeout.ms", std::to_string(to.patience.count())}, {"queue.buffering.max.kbytes", "1048576"}},
                                  [](rd_kafka_conf_t* conf) { rd_kafka_conf_set_dr_msg_cb(conf, &Transactor::told); }));
    TRY_VOID(out->checked(rd_kafka_init_transactions(out->handle_.get(), static_cast<int>(to.patience.count())), "beginning to write"));
    return out;
}

void Transactor::told(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* /*opaque*/) {
    if (message->_private != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) *static_cast<std::int64_t*>(message->_private) = message->offset;
}

Result<void> Transactor::checked(rd_kafka_error_t* error, std::string_view what) {
    if (error == nullptr) return {};
    const bool fatal = rd_kafka_error_is_fatal(error) != 0;
    Error out = error_of(error, what);
    if (fatal) broken_ = out;
    replaced_ = replaced_ || fatal;
    return std::unexpected(std::move(out));
}

Result<void> Transactor::begin() { return checked(rd_kafka_begin_transaction(handle_.get()), "a transaction"); }

Result<void> Transactor::add(const std::string& topic, int partition, const Event& event, std::int64_t* offset) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(8);
    const auto put = [&](const char* name, std::string_view value) {
        rd_kafka_header_add(headers, name, -1, value.data(), static_cast<std::ptrdiff_t>(value.size()));
    };
    put("ce_specversion", "1.0");
    put("ce_id", event.id.text());
    put("ce_type", event.type);
    put("ce_source", event.source);
    put("ce_subject", event.subject);
    put("ce_time", to_iso8601(event.time));
    put("ce_tenant", event.tenant);
    if (event.trace) put("ce_traceparent", event.trace->traceparent());
    return produce(topic, partition, event.subject, event.data.data(), event.data.size(), headers, offset);
}

Result<void> Transactor::add(const std::string& topic, int partition, const std::string& key, const std::optional<std::string>& value, std::int64_t* offset) {
    // The leading byte keeps an empty value from being a tombstone.
    const std::string bytes = value ? "=" + *value : std::string();
    return produce(topic, partition, key, value ? bytes.data() : nullptr, bytes.size(), nullptr, offset);
}

rd_kafka_topic_t* Transactor::topic_handle(const std::string& topic) {
    auto& handle = topics_[topic];
    if (handle == nullptr) {
        known_.meet(handle_.get(), topic, to_.patience);
        handle.reset(rd_kafka_topic_new(handle_.get(), topic.c_str(), nullptr));
    }
    return handle.get();
}

Result<void> Transactor::produce(const std::string& topic, int partition, std::string_view key, const void* value, std::size_t size,
                                 rd_kafka_headers_t* headers, std::int64_t* offset) {
    rd_kafka_topic_t* to = topic_handle(topic);
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        const auto code = headers != nullptr
                              ? rd_kafka_producev(handle_.get(), RD_KAFKA_V_RKT(to), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                                  RD_KAFKA_V_KEY(key.data(), key.size()), RD_KAFKA_V_VALUE(const_cast<void*>(value), size),
                                                  RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(offset), RD_KAFKA_V_END)
                              : rd_kafka_producev(handle_.get(), RD_KAFKA_V_RKT(to), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                                  RD_KAFKA_V_KEY(key.data(), key.size()), RD_KAFKA_V_VALUE(const_cast<void*>(value), size), RD_KAFKA_V_OPAQUE(offset),
                                                  RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || std::chrono::steady_clock::now() > deadline) {
            if (headers != nullptr) rd_kafka_headers_destroy(headers);
            return std::unexpected(error_of(code, "writing to " + topic));
        }
        rd_kafka_poll(handle_.get(), 10);
    }
}

Result<void> Transactor::add_offsets(const std::string& topic, const Offsets& offsets, const rd_kafka_consumer_group_metadata_t* group) {
    const PartitionList list = list_of(topic, offsets);
    return checked(rd_kafka_send_offsets_to_transaction(handle_.get(), list.get(), group, static_cast<int>(to_.patience.count())), "offsets of a group");
}

Result<void> Transactor::commit() {
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        rd_kafka_error_t* error = rd_kafka_commit_transaction(handle_.get(), static_cast<int>(to_.patience.count()));
        if (error == nullptr) return {};
        // Retriable: the broker has not answered; the same call goes on waiting for it.
        if (rd_kafka_error_is_retriable(error) != 0 && std::chrono::steady_clock::now() < deadline) {
            rd_kafka_error_destroy(error);
            continue;
        }
        auto out = checked(error, "a commit");
        abort();
        return out;
    }
}

void Transactor::abort() {
    if (broken_) return;
    if (auto done = checked(rd_kafka_abort_transaction(handle_.get(), static_cast<int>(to_.patience.count())), "an abort"); !done && !broken_)
        broken_ = done.error();  // the next producer of this name ends the transaction
}

void Transactor::cut() { rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING); }

Result<Event> event_of(const rd_kafka_message_t& message) {
    const auto damaged = [&](std::string_view what) {
        return fail(ErrorCode::gate_refused, std::string(rd_kafka_topic_name(message.rkt)) + ", partition " + std::to_string(message.partition) + ", offset " +
                                                 std::to_string(message.offset + 1) + ": no event of this bus: " + std::string(what));
    };
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return damaged("it has no headers");
    Event event;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
        const std::string_view key(name), text(static_cast<const char*>(value), size);
        if (key == "ce_id") {
            const auto id = parse_uuid(text);
            if (!id) return damaged("its id");
            event.id = *id;
        } else if (key == "ce_time") {
            const auto time = parse_iso8601(text);
            if (!time) return damaged("its time");
            event.time = *time;
        } else if (key == "ce_traceparent") {
            const auto trace = parse_traceparent(text);
            if (trace) event.trace = *trace;
        } else if (key == "ce_type") {
            event.type = text;
        } else if (key == "ce_source") {
            event.source = text;
        } else if (key == "ce_subject") {
            event.subject = text;
        } else if (key == "ce_tenant") {
            event.tenant = text;
        }
    }
    if (message.len > 0) event.data.assign(static_cast<const char*>(message.payload), message.len);
    if (auto whole = check_event(event); !whole) return damaged(whole.error().text);
    return event;
}

}  // namespace aitrading::engines::kafka

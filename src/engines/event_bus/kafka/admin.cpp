#include "engines/event_bus/kafka/admin.hpp"

#include <thread>

namespace aitrading::engines::kafka {
namespace {

struct DropQueue {
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DropEvent {
    void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct DropOptions {
    void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
};
struct DropTopic {
    void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
using Reply = std::unique_ptr<rd_kafka_event_t, DropEvent>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t, DropOptions>;

/// Sends a request and waits for its reply; librdkafka itself keeps the time.
template <class Send>
Result<Reply> ask(rd_kafka_t* handle, std::string_view what, const Send& send) {
    const std::unique_ptr<rd_kafka_queue_t, DropQueue> queue(rd_kafka_queue_new(handle));
    send(queue.get());
    Reply reply(rd_kafka_queue_poll(queue.get(), -1));
    if (reply == nullptr) return fail(ErrorCode::failed, "kafka: " + std::string(what) + ": no answer", true);
    if (const auto code = rd_kafka_event_error(reply.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(error_of(code, what));
    return reply;
}

Options options_for(rd_kafka_t* handle, rd_kafka_admin_op_t call, Millis patience) {
    Options options(rd_kafka_AdminOptions_new(handle, call));
    char why[256];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(patience.count()), why, sizeof why);
    return options;
}

}  // namespace

Result<std::unique_ptr<Admin>> Admin::open(const Connection& to) {
    TRY(Handle handle, make_client(RD_KAFKA_PRODUCER, to, {}));
    std::unique_ptr<Admin> out(new Admin(to, std::move(handle)));
    TRY_VOID(out->topics(to.prefix));  // somebody answers
    return out;
}

Result<void> Admin::create_topic(const std::string& topic, int partitions, int replicas, const Settings& settings) {
    char why[256];
    const std::unique_ptr<rd_kafka_NewTopic_t, DropTopic> made(rd_kafka_NewTopic_new(topic.c_str(), partitions, replicas, why, sizeof why));
    if (made == nullptr) return fail(ErrorCode::usage, std::string("kafka: ") + why);
    for (const auto& [name, value] : settings) rd_kafka_NewTopic_set_config(made.get(), name.c_str(), value.c_str());
    const Options options = options_for(handle_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, to_.patience);
    rd_kafka_NewTopic_t* one = made.get();
    TRY(const Reply reply, ask(handle_.get(), "making " + topic, [&](rd_kafka_queue_t* queue) { rd_kafka_CreateTopics(handle_.get(), &one, 1, options.get(), queue); }));
    std::size_t count = 0;
    const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(reply.get()), &count);
    const auto code = count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return std::unexpected(error_of(code, "making " + topic));
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        TRY(const auto known, topics(topic));
        if (known.contains(topic)) return {};
        if (std::chrono::steady_clock::now() > deadline) return fail(ErrorCode::failed, "kafka: " + topic + " was made and does not appear", true);
        std::this_thread::sleep_for(Millis(10));
    }
}

Result<std::map<std::string, int>> Admin::topics(const std::string& prefix) {
    const rd_kafka_metadata_t* all = nullptr;
    const auto code = rd_kafka_metadata(handle_.get(), 1, nullptr, &all, static_cast<int>(to_.patience.count()));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(error_of(code, "asking " + to_.brokers));
    std::map<std::string, int> out;
    for (int i = 0; i < all->topic_cnt; ++i) {
        const rd_kafka_metadata_topic& topic = all->topics[i];
        bool led = topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && std::string_view(topic.topic).starts_with(prefix);
        for (int p = 0; p < topic.partition_cnt; ++p) led = led && topic.partitions[p].leader >= 0;
        if (led) out[topic.topic] = topic.partition_cnt;
    }
    rd_kafka_metadata_destroy(all);
    return out;
}

Result<Offsets> Admin::committed(const std::string& group, const std::string& topic, int partitions) {
    Offsets wanted;
    for (int p = 0; p < partitions; ++p) wanted[p] = RD_KAFKA_OFFSET_INVALID;
    const PartitionList list = list_of(topic, wanted);
    const Options options = options_for(handle_.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, to_.patience);
    if (rd_kafka_error_t* error = rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 1)) return std::unexpected(error_of(error, "a request"));
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        rd_kafka_ListConsumerGroupOffsets_t* question = rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list.get());
        auto reply = ask(handle_.get(), "offsets of " + group, [&](rd_kafka_queue_t* queue) { rd_kafka_ListConsumerGroupOffsets(handle_.get(), &question, 1, options.get(), queue); });
        rd_kafka_ListConsumerGroupOffsets_destroy(question);
        rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
        if (!reply) return std::unexpected(reply.error());
        std::size_t count = 0;
        const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(reply->get()), &count);
        if (count != 1) return fail(ErrorCode::failed, "kafka: no answer about " + group, true);
        if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) code = rd_kafka_error_code(error);
        Offsets out;
        if (const auto* found = rd_kafka_group_result_partitions(groups[0]))
            for (int i = 0; i < found->cnt; ++i) {
                if (found->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) code = found->elems[i].err;
                if (found->elems[i].offset >= 0) out[found->elems[i].partition] = found->elems[i].offset;
            }
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return out;
        if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) return Offsets{};
        if (std::chrono::steady_clock::now() > deadline) return std::unexpected(error_of(code, "offsets of " + group));
        std::this_thread::sleep_for(Millis(2));  // a transaction is being finished, or a coordinator is being found
    }
}

Result<int> Admin::members(const std::string& group) {
    const Options options = options_for(handle_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, to_.patience);
    const char* name = group.c_str();
    TRY(const Reply reply,
        ask(handle_.get(), "members of " + group, [&](rd_kafka_queue_t* queue) { rd_kafka_DescribeConsumerGroups(handle_.get(), &name, 1, options.get(), queue); }));
    std::size_t count = 0;
    const auto** groups = rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(reply.get()), &count);
    if (count != 1) return fail(ErrorCode::failed, "kafka: no answer about " + group, true);
    if (const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(groups[0])) {
        if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) return 0;
        return std::unexpected(error_of(rd_kafka_error_code(error), "members of " + group));
    }
    return static_cast<int>(rd_kafka_ConsumerGroupDescription_member_count(groups[0]));
}

Result<void> Admin::remove_before(const std::string& topic, const Offsets& offsets) {
    const PartitionList list = list_of(topic, offsets);
    const Options options = options_for(handle_.get(), RD_KAFKA_ADMIN_OP_DELETERECORDS, to_.patience);
    rd_kafka_DeleteRecords_t* question = rd_kafka_DeleteRecords_new(list.get());
    auto reply = ask(handle_.get(), "retention of " + topic, [&](rd_kafka_queue_t* queue) { rd_kafka_DeleteRecords(handle_.get(), &question, 1, options.get(), queue); });
    rd_kafka_DeleteRecords_destroy(question);
    if (!reply) return std::unexpected(reply.error());
    const auto* done = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(reply->get()));
    for (int i = 0; i < done->cnt; ++i)
        if (done->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(error_of(done->elems[i].err, "retention of " + topic));
    return {};
}

}  // namespace aitrading::engines::kafka

#include "engines/event_bus/kafka/group_member.hpp"

namespace aitrading::engines::kafka {

Result<std::unique_ptr<GroupMember>> GroupMember::join(const Connection& to, const std::string& group, const std::string& topic) {
    std::unique_ptr<GroupMember> out(new GroupMember);
    const auto configure = [&](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_rebalance_cb(conf, &GroupMember::rebalance);
        rd_kafka_conf_set_opaque(conf, out.get());
    };
    TRY(out->handle_, make_client(RD_KAFKA_CONSUMER, to,
                                  {{"group.id", group}, {"enable.auto.commit", "false"}, {"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "200"},
                                   {"partition.assignment.strategy", "roundrobin"}},
                                  configure));
    rd_kafka_poll_set_consumer(out->handle_.get());
    Acquaintances().meet(out->handle_.get(), topic, to.patience);
    const PartitionList list = list_of(topic, {{RD_KAFKA_PARTITION_UA, RD_KAFKA_OFFSET_INVALID}});
    if (const auto code = rd_kafka_subscribe(out->handle_.get(), list.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return std::unexpected(error_of(code, "joining " + group));
    out->thread_ = std::thread([self = out.get()] { self->run(); });
    if (!out->share(to.patience).settled) return fail(ErrorCode::failed, "kafka: group " + group + " does not share its partitions; is the broker there?", true);
    return out;
}

GroupMember::~GroupMember() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    if (thread_.joinable()) thread_.join();
    if (handle_ != nullptr && cut_) rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    else if (handle_ != nullptr) rd_kafka_consumer_close(handle_.get());
}

void GroupMember::run() {
    for (;;) {
        {
            const std::lock_guard lock(mutex_);
            if (closing_) return;
        }
        // Nothing is assigned to this consumer, so that only changes of the group and errors come.
        if (rd_kafka_message_t* message = rd_kafka_consumer_poll(handle_.get(), 50)) rd_kafka_message_destroy(message);
    }
}

void GroupMember::rebalance(rd_kafka_t* /*handle*/, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions, void* self) {
    static_cast<GroupMember*>(self)->changed(what, partitions);
}

void GroupMember::changed(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
    const std::lock_guard held(hold_);  // a commit under way ends first: it still owns its partitions
    const std::lock_guard lock(mutex_);
    ++share_.generation;
    share_.partitions.clear();
    share_.settled = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (share_.settled) {
        for (int i = 0; i < partitions->cnt; ++i) share_.partitions.push_back(partitions->elems[i].partition);
        const PartitionList nothing(rd_kafka_topic_partition_list_new(0));
        rd_kafka_assign(handle_.get(), nothing.get());
    } else {
        rd_kafka_assign(handle_.get(), nullptr);
    }
    settled_.notify_all();
}

GroupMember::Share GroupMember::share(Millis wait) {
    std::unique_lock lock(mutex_);
    settled_.wait_for(lock, wait, [&] { return share_.settled; });
    return share_;
}

}  // namespace aitrading::engines::kafka

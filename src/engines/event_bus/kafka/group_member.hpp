#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engines/event_bus/kafka/client.hpp"

namespace aitrading::engines::kafka {

/// Membership of a consumer group: which partitions are this member's, and since when. It reads nothing; a thread of its own
/// answers the group, so that a member that works for long does not hold up the others.
class GroupMember {
  public:
    struct Share {
        std::int64_t generation = 0;  ///< of this object; grows with each change
        std::vector<int> partitions;
        bool settled = false;  ///< false while the group shares anew
    };
    /// Joins and waits for the first share. @errors failed
    static Result<std::unique_ptr<GroupMember>> join(const Connection& to, const std::string& group, const std::string& topic);
    ~GroupMember();
    GroupMember(const GroupMember&) = delete;
    GroupMember& operator=(const GroupMember&) = delete;

    /// The present share; waits a while for one that is settled.
    Share share(Millis wait);
    /// While it is held, no partition is given away. A commit belongs under it.
    std::unique_lock<std::mutex> hold() { return std::unique_lock(hold_); }
    /// What fences a commit. The caller destroys it.
    rd_kafka_consumer_group_metadata_t* metadata() { return rd_kafka_consumer_group_metadata(handle_.get()); }
    /// Goes away without a word, as a killed process does.
    void cut() { cut_ = true; }

  private:
    GroupMember() = default;
    void run();
    void changed(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions);
    static void rebalance(rd_kafka_t*, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions, void* self);

    Handle handle_;
    std::mutex hold_, mutex_;
    std::condition_variable settled_;
    Share share_;
    bool closing_ = false, cut_ = false;
    std::thread thread_;
};

}  // namespace aitrading::engines::kafka

#pragma once

#include "engines/event_bus/kafka/cluster.hpp"
#include "engines/event_bus/kafka/group_member.hpp"

namespace aitrading::engines::kafka {

/// A member of a group: its membership, a reader of its partitions, and a producer for its commits.
class KafkaSubscription final : public ports::Subscription {
  public:
    /// Founds the group where it is new. @errors as EventBus::subscribe
    static Result<std::unique_ptr<KafkaSubscription>> join(Cluster& cluster, GroupName name, ports::SubscribeOptions options);
    ~KafkaSubscription() override;

    Result<std::vector<ports::Delivery>> poll(const ports::PollLimits& limits) override;
    Result<void> commit(const ports::Commit& step) override;
    Result<ports::Rejected> reject(ports::Position position, std::string_view reason, UnixNanos now) override;
    void rewind() override;
    bool alone() const override { return committed_.size() == static_cast<std::size_t>(partitions_); }
    Result<std::optional<std::string>> state(std::string_view key) override;
    Result<std::optional<ports::Snapshot>> snapshot() override;

  private:
    struct Deliveries {
        std::vector<ports::Delivery> events;
        std::size_t bytes = 0;
        bool full = false;
    };
    /// What a transaction writes beside offsets; the places are filled by the producer.
    struct Writes {
        std::vector<std::pair<std::string, std::optional<std::string>>> entries;
        std::vector<ports::Commit::Produced> produced;
        std::vector<std::int64_t> entry_places, produced_places;
    };
    KafkaSubscription(Cluster& cluster, GroupName name, ports::SubscribeOptions options);
    Result<void> take_share(Millis wait);
    Result<void> seek_committed();
    Result<void> take(Message message, const ports::PollLimits& limits, Deliveries& out);
    /// Takes what comes until `wait` is over, the poll is full, or all is read that was there when it began.
    Result<void> gather(const ports::PollLimits& limits, Deliveries& out);
    int attempts(int partition) const;
    Result<void> check_polled(const std::vector<ports::Position>& positions) const;
    /// Whether what was polled is still this member's. @pre the membership is held
    Result<void> check_share();
    /// Offsets and writes in one transaction. @pre the membership is held
    Result<void> write(const std::vector<ports::Position>& up_to, Writes& writes);
    Result<void> fill(const std::vector<ports::Position>& up_to, Writes& writes);
    Result<void> leave_out_known(Writes& writes);
    void remember(const Writes& writes);

    Cluster& cluster_;
    GroupName name_;
    ports::SubscribeOptions options_;
    std::string log_;
    int partitions_ = 0;
    std::unique_ptr<GroupMember> member_;
    std::unique_ptr<LogReader> reader_;
    std::unique_ptr<Transactor> writer_;  ///< from the first commit on
    GroupView view_;
    std::int64_t generation_ = -1;
    Offsets committed_, polled_;  ///< of this member's partitions, as the port counts
    bool seek_ = true;            ///< the reader must go back to what is committed
};

}  // namespace aitrading::engines::kafka

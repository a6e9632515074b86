#pragma once

#include <condition_variable>
#include <thread>

#include "engines/event_bus/kafka/cluster.hpp"

namespace aitrading::engines::kafka {

/// Takes publications into a bounded queue and writes whatever waits as one transaction, on a thread of its own.
class Publisher {
  public:
    static Result<std::unique_ptr<Publisher>> open(Cluster& cluster);
    ~Publisher();
    Result<void> submit(std::string_view topic, std::vector<Event> events, ports::Acknowledge done, Millis wait_for_room);
    Result<void> health();

  private:
    struct Job {
        std::string topic;
        std::vector<Event> events;
        ports::Acknowledge done;
        std::size_t bytes = 0;
        std::vector<ports::Receipt> receipts;
        std::vector<std::int64_t> offsets;  ///< of what this job stores; written by the producer
    };
    using Batch = std::vector<Job>;
    Publisher(Cluster& cluster, std::unique_ptr<Transactor> writer);
    void run();
    Batch next_batch();
    void write(Batch& batch);
    Result<void> transact(Batch& batch);
    Result<void> add(Job& job);
    void settle(Batch& batch);

    Cluster& cluster_;
    std::unique_ptr<Transactor> writer_;
    std::map<std::string, std::unordered_map<Uuid, const ports::Receipt*, HashUuid>> fresh_;  ///< ids of the open transaction, by topic
    std::mutex mutex_;
    std::condition_variable work_, room_;
    std::deque<Job> queue_;
    std::int64_t pending_events_ = 0;
    std::size_t pending_bytes_ = 0;
    std::optional<Error> stopped_;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace aitrading::engines::kafka

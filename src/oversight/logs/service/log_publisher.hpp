#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.hpp"
#include "base/uuid.hpp"
#include "kit/telemetry/log.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::logs {

/// Puts log records on the topic `logs.records`, as `LogRecordsWritten` of one service and one tenant each, several records an
/// event. Bounded: at most `waiting_max` records wait; what comes when it is full is dropped, counted, and told in the next
/// event of its service. A bus that refuses is asked again; nobody who logs ever waits.
class LogPublisher {
  public:
    struct Options {
        std::size_t waiting_max = 16'384, batch = 256;
        std::chrono::milliseconds period{200};
    };
    /// @pre the bus outlives it and has the topic
    LogPublisher(ports::EventBus& bus, const Options& options);
    ~LogPublisher();  ///< as `stop` with no time

    void put(const kit::LogRecord& record);
    /// Publishes what waits, until the deadline; the rest is dropped.
    void stop(Deadline deadline);
    std::int64_t waiting() const;
    std::int64_t dropped() const;
    std::string last_error() const;

  private:
    using Key = std::pair<std::string, std::string>;  ///< service, tenant
    void run();
    std::vector<Event> pack_all(const std::vector<kit::LogRecord>& records);
    bool publish(std::unique_lock<std::mutex>& lock, const std::vector<Event>& events);

    ports::EventBus& bus_;
    Options options_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<kit::LogRecord> waiting_;
    std::map<Key, std::int64_t> untold_;  ///< dropped, not told yet
    std::int64_t dropped_ = 0;
    std::string last_error_;
    bool stopping_ = false;
    SteadyTime give_up_ = SteadyTime::max();
    UuidMaker ids_;
    std::thread thread_;
};

}  // namespace aitrading::logs

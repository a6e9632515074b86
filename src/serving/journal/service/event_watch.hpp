#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kit/lifecycle/pump.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::serving {

/// Hands the events of topics to readers as they become durable, each reader its tenant's own. One thread for all; it looks every
/// 50 ms, and takes at most 500 events or 64 KB of a partition a reader and look, so that one who reads the past keeps nobody waiting.
class EventWatch {
  public:
    struct Reader {
        std::string topic, tenant, subject;  ///< subject empty: all
        bool from_start = false;             ///< else from what comes now
        /// False: the reader has gone.
        std::function<bool(const ports::Delivery&)> send;
        std::function<void()> end;           ///< the watch stops
        std::shared_ptr<std::atomic<bool>> gone = std::make_shared<std::atomic<bool>>(false);  ///< set by whoever sees it go
    };
    static constexpr std::size_t readers_max = 100;

    /// @pre the bus outlives it
    explicit EventWatch(ports::EventBus& bus) : bus_(bus) {}
    ~EventWatch() { stop(); }

    void start();
    /// Ends all readers.
    void stop();
    /// @errors not_found (topic), failed (too many readers: retry_helps)
    Result<void> add(Reader reader);

  private:
    struct Following {
        Reader reader;
        std::vector<std::int64_t> next;  ///< offset of each partition
    };
    Result<void> run(const std::stop_token& stop);
    bool look(Following& one);
    bool read_some(Following& one, std::size_t partition, bool& alive);

    ports::EventBus& bus_;
    std::mutex mutex_;
    std::condition_variable_any came_;
    std::vector<std::shared_ptr<Following>> readers_;
    kit::Pump pump_;
};

}  // namespace aitrading::serving

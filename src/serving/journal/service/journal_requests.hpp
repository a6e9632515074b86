#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "kit/events/standing_check.hpp"
#include "kit/requests/handlers.hpp"
#include "serving/journal/service/event_watch.hpp"

namespace aitrading::serving {

/// JournalService of the contracts, on any engine of the bus. A tenant sees its own events alone; groups, and what a check found
/// in words, only `default`, the tenant of the platform itself. From outside are taken events of the topics that `may_publish` names,
/// and of them no domain events (stored_events.hpp).
class JournalRequests {
  public:
    struct Options {
        std::function<bool(const std::string& topic)> may_publish;
        std::function<std::vector<kit::StandingCheck::Found>()> checks;
        std::string read_model = "overview";
        kit::WallClock now;
        std::uint64_t seed = 1;  ///< of ids
    };
    /// @pre the bus outlives it
    JournalRequests(ports::EventBus& bus, Options options) : bus_(bus), options_(std::move(options)), ids_(options_.seed), watch_(bus) {}

    void add_to(kit::RequestHandlers& handlers);
    void start() { watch_.start(); }
    void stop() { watch_.stop(); }

  private:
    void add_lists(kit::RequestHandlers& handlers);
    void add_events(kit::RequestHandlers& handlers);
    Uuid next_id();

    ports::EventBus& bus_;
    Options options_;
    std::mutex mutex_;
    UuidMaker ids_;
    EventWatch watch_;
};

}  // namespace aitrading::serving

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kit/telemetry/metrics.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// How long the events of a topic are kept: so many of each partition, or so long by their own times.
struct KeepRule {
    std::optional<std::int64_t> events;
    std::optional<std::int64_t> nanos;
    friend bool operator==(const KeepRule&, const KeepRule&) = default;
};
using KeepRules = std::map<std::string, KeepRule, std::less<>>;

/// `TOPIC=1000000` (events of each partition) or `TOPIC=30d` (days, or hours with h). A topic that carries domain events is refused:
/// they are what happened, and everything else is built from them.
/// @errors bad_input (names the entry)
Result<KeepRules> parse_keep_rules(const std::vector<std::string>& entries);

/// Removes what the rules let go, a little at a time, so that whoever writes waits milliseconds. What a group has not committed, or its
/// snapshot lacks, stays; `events_beyond_retention` counts what is kept against a rule of counts.
/// For one thread. @pre bus and metrics outlive it
class Retention {
  public:
    Retention(ports::EventBus& bus, Metrics& metrics) : bus_(bus), metrics_(metrics) {}
    /// One step on every topic that has a rule; true: there is more to remove now. @errors as EventBus::retain
    Result<bool> turn(const KeepRules& rules, UnixNanos now);

  private:
    Result<void> count_kept(const std::string& topic, const KeepRule& rule);
    ports::EventBus& bus_;
    Metrics& metrics_;
};

}  // namespace aitrading::kit

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

using WallClock = std::function<UnixNanos()>;

enum class Severity { info, warning, error, critical };

/// Something that somebody has to know.
struct OpsAlert {
    std::string name;     ///< stable, of whatever is wrong: `read_model_diverged/overview/market.bars`
    std::string service;  ///< that raises it
    Severity severity = Severity::error;
    std::string text, remedy;
    double observed = 0, threshold = 0;
};

/// Raises alerts on `ops.alerts` once until they are cleared, whatever restarts lie between: which ones are raised is kept with the
/// offsets of a consumer group. For one thread. @pre the bus outlives it
class OpsAlerts {
  public:
    /// @param group of whoever raises; two at a time must not share one   @param seed of the ids
    /// @errors as EventBus::create_topic and subscribe
    static Result<std::unique_ptr<OpsAlerts>> open(ports::EventBus& bus, const std::string& group, WallClock now, std::uint64_t seed);

    /// Whether it was raised now; `beside` becomes durable in the same step, also where the alert was raised before.
    /// @errors failed (the bus), bad_input (a name that no envelope takes)
    Result<bool> raise(const OpsAlert& alert, std::vector<Event> beside = {});
    /// Whether it was raised and is over now. @errors failed (the bus)
    Result<bool> clear(const std::string& name);
    Uuid next_id() { return ids_.next(now_()); }

  private:
    OpsAlerts(WallClock now, std::uint64_t seed) : now_(std::move(now)), ids_(seed) {}
    Result<void> commit(ports::Commit step);

    WallClock now_;
    UuidMaker ids_;
    std::unique_ptr<ports::Subscription> member_;
};

}  // namespace aitrading::kit

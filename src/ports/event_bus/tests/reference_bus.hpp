#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted engine does wrong.
enum class Fault {
    none,
    loses_on_restart,             ///< the last event of each partition is gone when it opens again
    reorders_within_subject,      ///< two events of one publication change places
    delivers_twice_after_commit,  ///< a commit forgets its last event
    acknowledges_too_early,       ///< what it says is durable becomes so when it is closed in peace
    ignores_the_bound,            ///< a poll gives all there is
    splits_effect_and_offset,     ///< the state of a refused commit stays
    forgets_ids,                  ///< a repeated event is stored again
    retains_too_little,           ///< what was committed after a snapshot goes
};

struct ReferenceState {
    struct Partition {
        std::int64_t first = 1;
        std::vector<std::shared_ptr<const Event>> events;
        std::int64_t end() const { return first + static_cast<std::int64_t>(events.size()) - 1; }
    };
    struct Group {
        std::vector<std::int64_t> committed;
        std::vector<int> attempts;
        std::map<std::string, std::string, std::less<>> state;
        std::optional<Snapshot> snapshot;
        std::vector<DeadLetter> dead;
    };
    struct Topic {
        std::vector<Partition> partitions;
        std::map<Uuid, Position> ids;
        std::map<std::string, Group, std::less<>> groups;
    };
    std::map<std::string, Topic, std::less<>> topics;
};

/// The port's promises in the plainest way: maps under one mutex, durable as long as the ground lives. Its faults show that
/// the conformance suite refuses what it should.
class ReferenceGround final : public conformance::Ground {
  public:
    explicit ReferenceGround(Fault fault) : fault_(fault) {}
    Result<std::unique_ptr<EventBus>> open(BusLimits limits) override;
    void cut(std::unique_ptr<EventBus> bus) override;

  private:
    Fault fault_;
    std::shared_ptr<ReferenceState> durable_ = std::make_shared<ReferenceState>();
};

}  // namespace aitrading::ports

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::ports::conformance {

/// Where an engine keeps what is durable; outlives the buses that are opened on it, one at a time.
class Ground {
  public:
    virtual ~Ground() = default;
    virtual Result<std::unique_ptr<EventBus>> open(BusLimits limits) = 0;
    /// Ends the bus as a power cut does: nothing more reaches the disk, and what was not synced is gone.
    virtual void cut(std::unique_ptr<EventBus> bus) = 0;
};
using MakeGround = std::function<std::unique_ptr<Ground>()>;

/// A bus on an empty ground, with a topic `t` of four partitions.
struct Bench {
    explicit Bench(const MakeGround& make, BusLimits bounds = {}) : limits(bounds), ground(make()) { reopen(); }
    void reopen() {
        bus.reset();
        auto opened = ground->open(limits);
        if (!opened) {
            broken = opened.error().text;
            return;
        }
        bus = std::move(*opened);
        if (auto made = bus->create_topic("t", {}); !made) broken = made.error().text;
    }
    void cut() {
        ground->cut(std::move(bus));
        reopen();
    }
    BusLimits limits;
    std::unique_ptr<Ground> ground;
    std::unique_ptr<EventBus> bus;
    std::string broken;  ///< why it could not be opened
};

/// Events whose data count up within each subject, with ids that rise.
class Counter {
  public:
    Event next(const std::string& subject);
    /// `count` events, subject by subject in turn, a subject being `s0`, `s1`, ….
    std::vector<Event> some(int count, int subjects = 5);

  private:
    UuidMaker ids_{42};
    std::int64_t clock_ = 1'700'000'000'000'000'000;
    std::vector<std::pair<std::string, int>> counts_;
};

/// Why a call was refused; none where it was not.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

/// Everything that a topic holds, partition by partition.
Result<std::vector<Delivery>> all_of(EventBus& bus, std::string_view topic);
/// Polls until nothing comes any more.
Result<std::vector<Delivery>> drain(Subscription& member, int events_max = 100);
/// Polls until `count` events have come, for half a minute at most, and then whether more do. For what members of a group
/// take over from each other: engines may need a while to see who went.
Result<std::vector<Delivery>> drain_at_least(Subscription& member, std::size_t count);
/// The deliveries of one partition, in order.
std::vector<Delivery> of_partition(const std::vector<Delivery>& deliveries, int partition);
/// The last position of each partition among the deliveries.
std::vector<Position> last_of(const std::vector<Delivery>& deliveries);
/// Empty where the data of each subject count 0, 1, 2, … without gap, double or disorder; else what is wrong.
std::string disorder(const std::vector<Delivery>& deliveries);

}  // namespace aitrading::ports::conformance

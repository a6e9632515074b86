#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/event.hpp"

namespace aitrading::ports {

/// Where an event lies in its topic. Offsets are at least 1 and rise within a partition, without gaps where the engine promises
/// it (BusPromises); what one subject says lies in one partition.
struct Position {
    int partition = 0;
    std::int64_t offset = 0;
    friend auto operator<=>(const Position&, const Position&) = default;
};

struct Receipt {
    Position position;
    bool duplicate = false;  ///< an event of this id was there already; that one's position
    friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Called once for each accepted publication, with a receipt for each event in order, after they are durable; or with the
/// error that kept them from it. It may run on the engine's own thread: it must not block or call the bus.
using Acknowledge = std::function<void(const Result<std::vector<Receipt>>&)>;

struct Delivery {
    Event event;
    Position position;
    int attempt = 1;  ///< 1 + the times this group rejected it
};

struct PollLimits {
    int events_max = 1'000;
    std::size_t bytes_max = std::size_t{4} << 20;  ///< of envelopes; one event always passes
    std::chrono::milliseconds wait{0};             ///< for the first event
};

/// What one consumer did with what it polled. All of it is durable, or nothing.
struct Commit {
    struct StateWrite {
        std::string key;
        std::optional<std::string> value;  ///< none: the key goes
    };
    struct Produced {
        std::string topic;
        Event event;  ///< an id that was published before has no effect, as with publish
    };
    std::vector<Position> up_to;  ///< at most one a partition: the last event whose effect this is
    std::vector<StateWrite> state;
    std::vector<Produced> produced;
    std::optional<std::string> snapshot;  ///< replaces the group's snapshot; belongs to the offsets after this commit
};

/// State of a group as of `positions`: from there its journal is replayed to catch up with what is committed.
struct Snapshot {
    std::string bytes;
    std::vector<Position> positions;  ///< last event inside, of each partition (offset 0: none)
};

enum class Rejected { again, dead };

struct DeadLetter {
    Event event;
    Position position;
    int attempts = 0;
    std::string reason;
    UnixNanos time;  ///< of the last rejection
};

/// One member of a consumer group. The partitions of a topic are shared among the members that live; each event goes to one
/// of them. For one thread; destroying it leaves the group. @pre the bus outlives it
class Subscription {
  public:
    virtual ~Subscription() = default;

    /// Next events of this member's partitions, in order within each: from the committed offset on, then onwards as polled.
    /// Empty where nothing came in time. @errors failed (the bus stopped), gate_refused (a stored event is damaged), usage
    virtual Result<std::vector<Delivery>> poll(const PollLimits& limits) = 0;
    /// Effect, produced events and offsets as one durable step: whatever happens, each event's effect is there once.
    /// @errors failed with retry_helps: members came or went since the poll, nothing was done: poll again. usage: a position
    /// that was not polled since, or is committed already
    virtual Result<void> commit(const Commit& commit) = 0;
    /// Says that the first uncommitted event of its partition cannot be handled. Before `attempts_max` it is delivered
    /// again, with what follows it; then it becomes a dead letter and is committed, in one durable step.
    /// @errors as commit
    virtual Result<Rejected> reject(Position position, std::string_view reason, UnixNanos now) = 0;
    /// Polls again from the committed offsets.
    virtual void rewind() = 0;
    /// Whether every partition was this member's at its last poll.
    virtual bool alone() const = 0;
    /// The group's state as committed. @errors failed
    virtual Result<std::optional<std::string>> state(std::string_view key) = 0;
    virtual Result<std::optional<Snapshot>> snapshot() = 0;
};

struct SubscribeOptions {
    enum class Start { earliest, latest };
    Start start = Start::earliest;  ///< of a group that is new; an old one goes on where it was
    int attempts_max = 5;
};

struct TopicOptions {
    int partitions = 4;  ///< for ever: another number would reorder subjects
};

struct RetentionRule {
    std::optional<std::int64_t> events_max;  ///< of each partition
    std::optional<UnixNanos> newer_than;     ///< by the event's own time; stops at the first event that stays
    std::int64_t removed_max = std::numeric_limits<std::int64_t>::max();  ///< of each partition by one call: others write between two calls
};

/// Bounds of a bus, each a number of things that wait in memory to become durable.
struct BusLimits {
    std::int64_t pending_events_max = 65'536;
    std::size_t pending_bytes_max = std::size_t{64} << 20;
};

/// Where engines differ. Everything else holds for all of them.
struct BusPromises {
    bool offsets_without_gaps = true;  ///< 1, 2, 3 …; else some offsets between events belong to the engine
    /// None: an id is known as long as retention keeps its event. Else: the last so many ids of a topic are, of what this bus
    /// published; a publication of another process is known from when this bus first wrote to the topic.
    std::optional<std::int64_t> ids_remembered;
    bool retention_reads_all = false;  ///< each call of `retain` reads what the topic holds: call it seldom
    bool changes_of_members_at_once = true;  ///< else a member that left is missed for a while: poll with a wait
};

inline constexpr int partitions_max = 64, poll_events_max = 100'000;

/// Durable topics. What was acknowledged survives the process and the power; within a subject the order is that of
/// publication; an id has one effect in a topic as long as retention keeps its event. Safe to use from several threads.
///
/// Back-pressure: what is accepted but not yet acknowledged is bounded by BusLimits. A publication that finds no room waits
/// as long as it says, then is refused with `retry_helps`; nothing is ever dropped.
/// Faults: a write or sync that the disk refuses stops the bus: everything pending gets the error, everything later is
/// refused with it, and reading goes on. What was pending may or may not be there after a restart: publish it again.
class EventBus {
  public:
    virtual ~EventBus() = default;

    /// Idempotent. @param name lower-case letters, digits, dots, dashes and underscores, at most 100
    /// @errors usage (name, partitions outside 1..64, or another number of them than the topic has), failed
    virtual Result<void> create_topic(std::string_view name, TopicOptions options) = 0;
    /// Names in order. @errors failed
    virtual Result<std::vector<std::string>> topics() = 0;

    /// Accepts events that become durable together or not at all. @errors bad_input (check_event), not_found (topic), usage
    /// (more than the bus may ever hold), failed (no room: retry_helps; stopped)
    virtual Result<void> publish(std::string_view topic, std::vector<Event> events, Acknowledge done,
                                 std::chrono::milliseconds wait_for_room) = 0;
    /// The same, and waits for the acknowledgement.
    Result<std::vector<Receipt>> publish_and_wait(std::string_view topic, std::vector<Event> events,
                                                  std::chrono::milliseconds wait_for_room = std::chrono::seconds(30));

    /// Joins a consumer group of a topic. @errors not_found, usage (name, attempts_max < 1), failed
    virtual Result<std::unique_ptr<Subscription>> subscribe(std::string_view topic, std::string_view group,
                                                            SubscribeOptions options) = 0;
    /// Replay without a group: events of one partition from `from` on, within the limits; does not wait. @errors not_found
    /// (topic, partition, or removed by retention: names the first that is left), gate_refused (damaged), usage, failed
    virtual Result<std::vector<Delivery>> read(std::string_view topic, Position from, const PollLimits& limits) = 0;
    /// Last offset of each partition that is durable; 0: none. With gaps (BusPromises) it may lie past the last event.
    /// @errors not_found, failed
    virtual Result<std::vector<std::int64_t>> ends(std::string_view topic) = 0;
    /// First offset of each partition that retention has left; where nothing is left, one that lies past all that were there.
    /// @errors not_found, failed
    virtual Result<std::vector<std::int64_t>> firsts(std::string_view topic) = 0;
    /// The groups that a topic has, in order of their names. @errors not_found, failed
    virtual Result<std::vector<std::string>> groups(std::string_view topic) = 0;
    /// Last committed offset of each partition. @errors not_found, failed
    virtual Result<std::vector<std::int64_t>> committed(std::string_view topic, std::string_view group) = 0;
    /// Puts a group back to the beginning of what is left, without state, snapshot and dead letters: its read model is
    /// built anew by consuming. @errors usage (it has members), not_found, failed
    virtual Result<void> start_over(std::string_view topic, std::string_view group) = 0;
    /// In order of their death. @errors not_found, failed
    virtual Result<std::vector<DeadLetter>> dead_letters(std::string_view topic, std::string_view group) = 0;
    /// Removes the oldest events beyond the rule, never one that some group has not committed or that its snapshot lacks.
    /// Returns how many went. @errors not_found, failed
    virtual Result<std::int64_t> retain(std::string_view topic, const RetentionRule& rule) = 0;
    /// ok, or why the bus stopped.
    virtual Result<void> health() = 0;
    virtual BusPromises promises() const { return {}; }
};

/// Whether a group has committed everything that the topic holds now. @errors as EventBus::read
Result<bool> caught_up(EventBus& bus, std::string_view topic, std::string_view group);

/// Whether topics and groups may carry this name. @errors usage
Result<void> check_bus_name(std::string_view kind, std::string_view name);
/// Limits of a poll that can be kept. @errors usage
Result<void> check_poll(const PollLimits& limits);

}  // namespace aitrading::ports

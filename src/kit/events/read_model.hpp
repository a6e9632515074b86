#pragma once

#include <map>
#include <string>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// A view that is made from events alone: the same events in the same order give the same view, so that it can be thrown away and
/// built anew. In memory; what it needs to go on is its snapshot.
class ReadModel {
  public:
    virtual ~ReadModel() = default;
    virtual void apply(const ports::Delivery& delivery) = 0;
    virtual std::string snapshot() const = 0;
    /// @errors bad_input (damaged, of another version)
    virtual Result<void> restore(std::string_view bytes) = 0;
    virtual void clear() = 0;
    /// What it says, line by line, for people and for the check.
    virtual std::map<std::string, std::string> rows() const = 0;
};

/// The group has one member, the model: a view of all partitions lies in one place.
struct ReadModelPlace {
    std::string topic, group;
    std::int64_t snapshot_every = 50'000;  ///< events; one more at the end of what is there
};

/// Whether it is asked to stop, seen between two batches.
using AskedToStop = std::function<bool()>;

struct ReadModelRun {
    std::int64_t events = 0;  ///< applied now
    bool restored = false;    ///< from a snapshot
    bool complete = true;     ///< false: stopped on request; what was committed stays
};

/// Goes on where the model was: its snapshot, then the events that were committed after it, then those not yet consumed, until
/// all is committed that the topic holds. @errors as EventBus and ReadModel::restore @complexity O(events since the snapshot)
Result<ReadModelRun> catch_up(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, const AskedToStop& stop = {});
/// The same from nothing: the group starts over. @errors usage (somebody consumes in the group)
Result<ReadModelRun> rebuild(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, const AskedToStop& stop = {});

/// Where a stored model and the journal disagree.
struct Divergence {
    struct Line {
        std::string key, stored, journal;  ///< empty: not there
        friend bool operator==(const Line&, const Line&) = default;
    };
    std::vector<Line> lines;
    std::int64_t events = 0;           ///< read from the journal for it
    bool comparable = true;            ///< false: retention has removed events that the model has seen
    std::int64_t behind = 0;           ///< events that the model has not consumed yet; no fault
};

/// The standing check: makes the view of the committed events anew, beside the stored one, and compares. Changes nothing;
/// it joins the group for a moment, so that a model that is being kept meanwhile begins again from its snapshot.
/// @param stored, fresh two empty models of the same kind @errors not_found (the group has no snapshot yet), as catch_up
/// @complexity O(events of the topic)
Result<Divergence> check_read_model(ports::EventBus& bus, ReadModel& stored, ReadModel& fresh, const ReadModelPlace& place);

}  // namespace aitrading::kit

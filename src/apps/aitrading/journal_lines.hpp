#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "apps/aitrading/event_source.hpp"

namespace aitrading::apps {

/// One event as a line of JSON: id, topic, subject, sequence, type, source, tenant, time, traceparent where there is one, and
/// data: as JSON where a contract knows the type or they are JSON, as text where they are UTF-8, else `data_base64`.
std::string event_line(const std::string& topic, const ports::Delivery& delivery);

/// Of RFC 4648, with padding.
std::string base64(const std::string& bytes);

/// A made-up event whose data are {"n": n}.
Event load_event(const std::string& subject, std::int64_t n, UnixNanos now, UuidMaker& ids);
/// Its n; 0 where it has none.
std::int64_t load_number(const Event& event);

/// The events of all partitions, or of one topic's: each partition in its order, partitions merged by their next ids, which
/// rise with time. Memory is bounded by some hundred events a partition.
class MergedEvents {
  public:
    struct Line {
        std::string topic;
        ports::Delivery delivery;
    };
    MergedEvents(EventSource& view, std::string topic) : view_(view), topic_(std::move(topic)) {}
    /// Takes note of what is there now. @errors as EventSource; not_found (no such topic)
    Result<void> look();
    /// Leaves out all but the last `count` events of each topic, as near as its partitions tell.
    void skip_to_last(std::int64_t count);
    /// The next event; none: all that was there at the last look has come. @errors as EventSource::read
    Result<std::optional<Line>> next();

  private:
    struct Source {
        engines::PartitionExtent extent;
        std::int64_t from = 1;
        std::deque<ports::Delivery> read;
    };
    Result<void> fill(Source& source);

    EventSource& view_;
    std::string topic_;
    std::vector<Source> sources_;
};

}  // namespace aitrading::apps

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/event_bus/event_bus.hpp"
#include "ports/series_store/history_store.hpp"
#include "proving/analytics/service/history_rows.hpp"

namespace aitrading::proving {

struct RecorderCounts {
    std::uint64_t events = 0, rows = 0;
    std::uint64_t known = 0;    ///< rows that were there already
    std::uint64_t refused = 0;  ///< events that are no row of their history: dead letters of the group
    std::uint64_t lost = 0;     ///< events that retention had removed before they were recorded
};

/// Events in, rows of histories out, each once: a batch is durable with its marks before the group commits its offsets, and what comes
/// again after a crash has no effect. It begins where the histories are: after a restore they may be behind the group, and what the
/// group has passed is read again. For one thread, but `counts` and `lag`.
class HistoryRecorder {
  public:
    using Now = std::function<UnixNanos()>;
    struct Options {
        std::string bus = "journal";  ///< names the bus in the marks: another bus has other offsets
        std::string group = "histories";
        int batch_events = 5'000;
    };
    /// @pre the bus outlives it
    HistoryRecorder(ports::EventBus& bus, std::shared_ptr<ports::HistoryStore> store, std::vector<RecordedTopic> topics, Options options, Now now);

    /// Defines the histories, makes the topics, joins the groups, and reads again what the histories lack of what their groups have passed.
    /// @errors as the store's and the bus's
    Result<void> open();
    /// Records what has come, a batch of each topic. Returns the events. @errors as the store's and the bus's
    Result<std::int64_t> turn();
    /// Called with what was recorded, after it is durable; what is there already may come again. Its error ends the turn.
    using Told = std::function<Result<void>(const std::string& history, const std::vector<ports::HistoryEntry>& entries)>;
    void tell(Told told) { told_ = std::move(told); }
    RecorderCounts counts() const;
    /// Events that are not recorded yet.
    std::int64_t lag() const { return lag_; }

  private:
    struct Stream {
        RecordedTopic recorded;
        std::string origin;
        std::unique_ptr<ports::Subscription> member;
    };
    struct Taken;
    Result<void> choose_origin(Stream& stream);
    Result<void> catch_up(Stream& stream);
    Result<void> catch_up(Stream& stream, int partition, std::int64_t from, std::int64_t to);
    Taken take(const Stream& stream, const std::vector<ports::Delivery>& some);
    Result<void> record(Stream& stream, const Taken& taken);
    Result<std::int64_t> turn(Stream& stream);
    Result<void> measure_lag();

    ports::EventBus& bus_;
    std::shared_ptr<ports::HistoryStore> store_;
    Options options_;
    Now now_;
    std::vector<Stream> streams_;
    Told told_;
    std::atomic<std::int64_t> lag_ = 0;
    mutable std::mutex mutex_;
    RecorderCounts counts_;
};

}  // namespace aitrading::proving

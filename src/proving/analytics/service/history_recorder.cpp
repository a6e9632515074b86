#include "proving/analytics/service/history_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace aitrading::proving {

using ports::Delivery;
using ports::HistoryBatch;
using ports::HistoryMark;

/// What a poll came to: a batch, and the first event that is no row, if any. Events behind that one in its partition wait.
struct HistoryRecorder::Taken {
    HistoryBatch batch;
    std::int64_t events = 0;
    std::optional<std::pair<ports::Position, std::string>> refused;
};

HistoryRecorder::HistoryRecorder(ports::EventBus& bus, std::shared_ptr<ports::HistoryStore> store, std::vector<RecordedTopic> topics, Options options, Now now)
    : bus_(bus), store_(std::move(store)), options_(std::move(options)), now_(std::move(now)) {
    for (RecordedTopic& one : topics) streams_.push_back({std::move(one), {}, nullptr});
}

Result<void> HistoryRecorder::open() {
    for (Stream& stream : streams_) {
        TRY_VOID(store_->define(stream.recorded.history));
        TRY_VOID(bus_.create_topic(stream.recorded.topic, {}));
        TRY_VOID(choose_origin(stream));
        TRY(stream.member, bus_.subscribe(stream.recorded.topic, options_.group, {.attempts_max = 1}));
        TRY_VOID(catch_up(stream));
    }
    return measure_lag();
}

/// The marks of a journal that was replaced by a new one say nothing about the new one's offsets, which begin again: it gets marks of
/// its own.
Result<void> HistoryRecorder::choose_origin(Stream& stream) {
    TRY(const std::vector<std::int64_t> ends, bus_.ends(stream.recorded.topic));
    for (int number = 1;; ++number) {
        stream.origin = fmt::format("{}{}/{}", options_.bus, number == 1 ? "" : fmt::format(".{}", number), stream.recorded.topic);
        TRY(const auto marks, store_->marks(stream.recorded.history.name, stream.origin));
        const auto fits = [&](const HistoryMark& mark) { return static_cast<std::size_t>(mark.partition) < ends.size() && mark.offset <= ends[static_cast<std::size_t>(mark.partition)]; };
        if (std::ranges::all_of(marks, fits)) return {};
    }
}

Result<void> HistoryRecorder::catch_up(Stream& stream) {
    TRY(const std::vector<std::int64_t> committed, bus_.committed(stream.recorded.topic, options_.group));
    TRY(const std::vector<std::int64_t> firsts, bus_.firsts(stream.recorded.topic));
    TRY(const auto marks, store_->marks(stream.recorded.history.name, stream.origin));
    std::map<int, std::int64_t> at;
    for (const HistoryMark& mark : marks) at[mark.partition] = mark.offset;
    for (int p = 0; p < static_cast<int>(committed.size()); ++p) {
        const auto i = static_cast<std::size_t>(p);
        const std::int64_t from = std::max(at[p] + 1, firsts[i]);
        if (from > at[p] + 1 && committed[i] > at[p]) {
            const std::lock_guard lock(mutex_);
            counts_.lost += static_cast<std::uint64_t>(std::min(from, committed[i] + 1) - at[p] - 1);
        }
        if (from <= committed[i]) TRY_VOID(catch_up(stream, p, from, committed[i]));
    }
    return {};
}

Result<void> HistoryRecorder::catch_up(Stream& stream, int partition, std::int64_t from, std::int64_t to) {
    for (std::int64_t next = from; next <= to;) {
        TRY(auto some, bus_.read(stream.recorded.topic, {partition, next}, {.events_max = options_.batch_events}));
        std::erase_if(some, [&](const Delivery& d) { return d.position.offset > to; });
        if (some.empty()) return {};
        next = some.back().position.offset + 1;
        // What is no row was told as a dead letter when the group came to it.
        while (!some.empty()) {
            const Taken taken = take(stream, some);
            TRY_VOID(record(stream, taken));
            const std::int64_t recorded = taken.batch.up_to.empty() ? 0 : taken.batch.up_to.front().offset;
            const std::int64_t done = taken.refused ? taken.refused->first.offset : recorded;
            std::erase_if(some, [&](const Delivery& d) { return d.position.offset <= done; });
        }
    }
    return {};
}

HistoryRecorder::Taken HistoryRecorder::take(const Stream& stream, const std::vector<Delivery>& some) {
    Taken taken{.batch = {stream.origin, {}, {}}};
    std::map<int, std::int64_t> up_to;
    std::size_t bytes = 0;
    const auto& history = stream.recorded.history;
    for (const Delivery& d : some) {
        if (taken.refused && taken.refused->first.partition == d.position.partition) continue;
        const HistoryMark mark{d.position.partition, d.position.offset};
        auto row = stream.recorded.row_of(d.event);
        std::string wrong = row ? "" : row.error().text;
        if (row) {
            const HistoryBatch alone{stream.origin, {mark}, {{d.event.tenant, *row, mark}}};
            if (const auto fits = ports::check_history_batch(history, alone); !fits) wrong = fits.error().text;
        }
        if (!wrong.empty()) {
            if (!taken.refused) taken.refused = {d.position, std::move(wrong)};
            continue;
        }
        bytes += ports::size_bytes(*row);
        if (bytes > ports::history_batch_bytes_max) break;  // the rest is polled again
        up_to[mark.partition] = mark.offset;
        taken.batch.entries.push_back({d.event.tenant, *std::move(row), mark});
        ++taken.events;
    }
    for (const auto& [partition, offset] : up_to) taken.batch.up_to.push_back({partition, offset});
    return taken;
}

Result<void> HistoryRecorder::record(Stream& stream, const Taken& taken) {
    if (taken.batch.up_to.empty()) return {};
    TRY(const ports::HistoryAppended told, store_->append(stream.recorded.history.name, taken.batch));
    if (told_) TRY_VOID(told_(stream.recorded.history.name, taken.batch.entries));
    const std::lock_guard lock(mutex_);
    counts_.events += static_cast<std::uint64_t>(taken.events);
    counts_.rows += static_cast<std::uint64_t>(told.added);
    counts_.known += static_cast<std::uint64_t>(told.known);
    return {};
}

Result<std::int64_t> HistoryRecorder::turn(Stream& stream) {
    TRY(const std::vector<Delivery> some, stream.member->poll({.events_max = options_.batch_events}));
    if (some.empty()) return 0;
    const Taken taken = take(stream, some);
    TRY_VOID(record(stream, taken));
    ports::Commit step;
    for (const HistoryMark& mark : taken.batch.up_to) step.up_to.push_back({mark.partition, mark.offset});
    auto done = step.up_to.empty() ? Result<void>{} : stream.member->commit(step);
    if (done && taken.refused) {
        const auto rejected = stream.member->reject(taken.refused->first, taken.refused->second, now_());
        if (!rejected) done = std::unexpected(rejected.error());
        const std::lock_guard lock(mutex_);
        if (rejected && *rejected == ports::Rejected::dead) ++counts_.refused;
    }
    const bool all = taken.events == static_cast<std::int64_t>(some.size());
    if (!done || !all) stream.member->rewind();
    // Members came or went: whoever has the events now records them, and what is there already stays as it is.
    if (!done && !done.error().retry_helps) return std::unexpected(done.error());
    return taken.events + (taken.refused ? 1 : 0);
}

Result<std::int64_t> HistoryRecorder::turn() {
    std::int64_t events = 0;
    for (Stream& stream : streams_) {
        TRY(const std::int64_t some, turn(stream));
        events += some;
    }
    TRY_VOID(measure_lag());
    return events;
}

Result<void> HistoryRecorder::measure_lag() {
    std::int64_t behind = 0;
    for (const Stream& stream : streams_) {
        TRY(const std::vector<std::int64_t> ends, bus_.ends(stream.recorded.topic));
        TRY(const std::vector<std::int64_t> committed, bus_.committed(stream.recorded.topic, options_.group));
        for (std::size_t p = 0; p < ends.size(); ++p) behind += std::max<std::int64_t>(0, ends[p] - committed[p]);
    }
    lag_ = behind;
    return {};
}

RecorderCounts HistoryRecorder::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace aitrading::proving

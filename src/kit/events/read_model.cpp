#include "kit/events/read_model.hpp"

#include <algorithm>

#include "kit/events/committing.hpp"

namespace aitrading::kit {
namespace {

constexpr int batch_events = 5'000;

using Offsets = std::vector<std::int64_t>;

/// Visits events (from, to] of each partition; how many.
template <class Visit>
Result<std::int64_t> visit_events(ports::EventBus& bus, std::string_view topic, const Offsets& from, const Offsets& to, const Visit& visit) {
    std::int64_t count = 0;
    for (std::size_t p = 0; p < to.size(); ++p)
        for (std::int64_t next = from[p] + 1; next <= to[p];) {
            TRY(const auto some, bus.read(topic, {static_cast<int>(p), next}, {.events_max = batch_events}));
            for (const ports::Delivery& d : some) {
                if (d.position.offset > to[p]) break;
                visit(d);
                ++count;
            }
            if (some.empty()) break;  // what is left belongs to the engine
            next = some.back().position.offset + 1;
        }
    return count;
}

Result<std::int64_t> replay(ports::EventBus& bus, ReadModel& model, std::string_view topic, const Offsets& from, const Offsets& to) {
    return visit_events(bus, topic, from, to, [&](const ports::Delivery& d) { model.apply(d); });
}

/// Offsets tell only where the engine promises that they have no gaps.
Result<std::int64_t> count_events(ports::EventBus& bus, std::string_view topic, const Offsets& from, const Offsets& to) {
    return visit_events(bus, topic, from, to, [](const ports::Delivery&) {});
}

Offsets offsets_of(const ports::Snapshot& snapshot) {
    Offsets out(snapshot.positions.size());
    for (const ports::Position& p : snapshot.positions) out[static_cast<std::size_t>(p.partition)] = p.offset;
    return out;
}

/// Consumes what is there, with a snapshot now and then and at the end.
Result<void> consume(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, ports::Subscription& member, const AskedToStop& stop, ReadModelRun& run) {
    std::int64_t since = 0;
    for (;;) {
        if (stop && stop()) {
            run.complete = false;
            return {};
        }
        TRY(const auto some, member.poll({.events_max = batch_events}));
        for (const ports::Delivery& d : some) model.apply(d);
        run.events += static_cast<std::int64_t>(some.size());
        since += static_cast<std::int64_t>(some.size());
        if (some.empty() && since == 0) return {};
        ports::Commit step{.up_to = last_positions(some)};
        if (some.empty() || since >= place.snapshot_every) {
            step.snapshot = model.snapshot();
            since = 0;
        }
        TRY_VOID(member.commit(step));
        if (some.empty()) {
            TRY(const bool done, ports::caught_up(bus, place.topic, place.group));
            if (done) return {};
        }
    }
}

Result<ReadModelRun> go_on(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, const AskedToStop& stop) {
    ReadModelRun run;
    model.clear();
    TRY(const auto member, bus.subscribe(place.topic, place.group, {}));
    TRY(const auto snapshot, member->snapshot());
    TRY(const Offsets committed, bus.committed(place.topic, place.group));
    const bool begun = std::ranges::any_of(committed, [](std::int64_t offset) { return offset > 0; });
    if (snapshot) TRY_VOID(model.restore(snapshot->bytes));
    run.restored = snapshot.has_value();
    if (begun) {
        TRY(run.events, replay(bus, model, place.topic, snapshot ? offsets_of(*snapshot) : Offsets(committed.size()), committed));
    }
    TRY_VOID(consume(bus, model, place, *member, stop, run));
    return run;
}

}  // namespace

Result<ReadModelRun> catch_up(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, const AskedToStop& stop) {
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        auto run = go_on(bus, model, place, stop);
        // Members came or went: the view may hold events whose commit was refused, and begins again from its snapshot.
        if (run || !run.error().retry_helps || attempt == attempts) return run;
    }
}

Result<ReadModelRun> rebuild(ports::EventBus& bus, ReadModel& model, const ReadModelPlace& place, const AskedToStop& stop) {
    if (auto begun = bus.start_over(place.topic, place.group); !begun && begun.error().code != ErrorCode::not_found) return std::unexpected(begun.error());
    model.clear();
    ReadModelRun run;
    TRY(const auto member, bus.subscribe(place.topic, place.group, {}));
    TRY_VOID(consume(bus, model, place, *member, stop, run));
    return run;
}

Result<Divergence> check_read_model(ports::EventBus& bus, ReadModel& stored, ReadModel& fresh, const ReadModelPlace& place) {
    Divergence out;
    const auto never = [&] { return fail(ErrorCode::not_found, "topic '" + place.topic + "': the read model '" + place.group + "' was never built; replay the journal"); };
    const auto known = bus.committed(place.topic, place.group);
    if (!known && known.error().code == ErrorCode::not_found) return never();
    TRY(const Offsets committed, known);
    TRY(const auto member, bus.subscribe(place.topic, place.group, {}));
    TRY(const auto snapshot, member->snapshot());
    if (!snapshot) return never();
    stored.clear();
    fresh.clear();
    TRY_VOID(stored.restore(snapshot->bytes));
    TRY_VOID(replay(bus, stored, place.topic, offsets_of(*snapshot), committed));
    auto events = replay(bus, fresh, place.topic, Offsets(committed.size()), committed);
    if (!events && events.error().code == ErrorCode::not_found) {
        out.comparable = false;
        return out;
    }
    if (!events) return std::unexpected(events.error());
    out.events = *events;
    TRY(const Offsets ends, bus.ends(place.topic));
    TRY(out.behind, count_events(bus, place.topic, committed, ends));
    const auto left = stored.rows(), right = fresh.rows();
    for (const auto& [key, value] : left) {
        const auto found = right.find(key);
        if (found == right.end() || found->second != value) out.lines.push_back({key, value, found == right.end() ? "" : found->second});
    }
    for (const auto& [key, value] : right)
        if (!left.contains(key)) out.lines.push_back({key, "", value});
    return out;
}

}  // namespace aitrading::kit

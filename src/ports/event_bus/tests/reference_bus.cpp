#include "ports/event_bus/tests/reference_bus.hpp"

#include <algorithm>
#include <condition_variable>

namespace aitrading::ports {
namespace {

std::unexpected<Error> usage(std::string text) { return fail(ErrorCode::usage, std::move(text)); }
std::unexpected<Error> unknown(std::string_view name) { return fail(ErrorCode::not_found, std::string(name) + " is not there"); }

struct Members {
    int generation = 0;
    std::vector<int> ids;
};

/// What bus and subscriptions share.
struct Shared {
    Fault fault = Fault::none;
    std::shared_ptr<ReferenceState> durable, live;
    std::mutex mutex;
    std::condition_variable arrived;
    std::map<std::pair<std::string, std::string>, Members> members;
    BusLimits limits;
    int next_member = 0;

    ReferenceState::Topic* topic(std::string_view name) {
        const auto found = live->topics.find(name);
        return found == live->topics.end() ? nullptr : &found->second;
    }
    Receipt add(ReferenceState::Topic& to, const Event& event) const {
        if (const auto found = to.ids.find(event.id); found != to.ids.end() && fault != Fault::forgets_ids) return {found->second, true};
        const int partition = partition_of(event.subject, static_cast<int>(to.partitions.size()));
        auto& there = to.partitions[static_cast<std::size_t>(partition)];
        there.events.push_back(std::make_shared<const Event>(event));
        const Position position{partition, there.end()};
        to.ids[event.id] = position;
        return {position, false};
    }
};

void read_from(const ReferenceState::Partition& partition, Position from, const PollLimits& limits, bool bounded, std::vector<Delivery>& out) {
    std::size_t bytes = 0;
    for (const Delivery& d : out) bytes += size_bytes(d.event);
    for (; from.offset <= partition.end(); ++from.offset) {
        const Event& event = *partition.events[static_cast<std::size_t>(from.offset - partition.first)];
        bytes += size_bytes(event);
        const bool full = static_cast<int>(out.size()) >= limits.events_max || (!out.empty() && bytes > limits.bytes_max);
        if (bounded && full) return;
        out.push_back({event, from, 1});
    }
}

class Member final : public Subscription {
  public:
    Member(Shared& shared, std::string topic, std::string group, int attempts_max)
        : shared_(shared), name_(std::move(topic), std::move(group)), attempts_max_(attempts_max), id_(shared.next_member++) {
        auto& all = shared_.members[name_];
        all.ids.push_back(id_);
        ++all.generation;
    }
    ~Member() override {
        const std::lock_guard lock(shared_.mutex);
        auto& all = shared_.members[name_];
        std::erase(all.ids, id_);
        ++all.generation;
    }

    Result<std::vector<Delivery>> poll(const PollLimits& limits) override {
        TRY_VOID(check_poll(limits));
        std::unique_lock lock(shared_.mutex);
        std::vector<Delivery> out = collect(limits);
        if (out.empty() && limits.wait.count() > 0) {
            shared_.arrived.wait_for(lock, limits.wait);
            out = collect(limits);
        }
        return out;
    }
    Result<void> commit(const Commit& step) override {
        const std::lock_guard lock(shared_.mutex);
        if (shared_.fault == Fault::splits_effect_and_offset) write(step.state);
        TRY_VOID(current());
        std::set<int> named;
        for (const Position& p : step.up_to) {
            if (!named.insert(p.partition).second) return usage("a partition is named twice");
            TRY_VOID(polled(p));
        }
        for (const auto& produced : step.produced) {
            TRY_VOID(check_event(produced.event));
            if (shared_.topic(produced.topic) == nullptr) return unknown(produced.topic);
        }
        write(step.state);
        for (const auto& produced : step.produced) shared_.add(*shared_.topic(produced.topic), produced.event);
        for (const Position& p : step.up_to) advance(p);
        if (step.snapshot) {
            group().snapshot = Snapshot{*step.snapshot, {}};
            for (int p = 0; p < static_cast<int>(cursor_.size()); ++p)
                group().snapshot->positions.push_back({p, group().committed[static_cast<std::size_t>(p)]});
        }
        return {};
    }
    Result<Rejected> reject(Position position, std::string_view reason, UnixNanos now) override {
        const std::lock_guard lock(shared_.mutex);
        TRY_VOID(current());
        TRY_VOID(polled(position));
        const auto p = static_cast<std::size_t>(position.partition);
        if (position.offset != group().committed[p] + 1) return usage("commit what lies before it first");
        cursor_[p] = group().committed[p];
        if (++group().attempts[p] < attempts_max_) return Rejected::again;
        const auto& there = topic().partitions[p];
        group().dead.push_back({*there.events[static_cast<std::size_t>(position.offset - there.first)], position, group().attempts[p], std::string(reason), now});
        advance(position);
        cursor_[p] = position.offset;
        return Rejected::dead;
    }
    void rewind() override {
        const std::lock_guard lock(shared_.mutex);
        cursor_ = group().committed;
    }
    bool alone() const override { return alone_; }
    Result<std::optional<std::string>> state(std::string_view key) override {
        const std::lock_guard lock(shared_.mutex);
        const auto found = group().state.find(key);
        if (found == group().state.end()) return std::nullopt;
        return found->second;
    }
    Result<std::optional<Snapshot>> snapshot() override {
        const std::lock_guard lock(shared_.mutex);
        return group().snapshot;
    }

  private:
    ReferenceState::Topic& topic() { return *shared_.topic(name_.first); }
    ReferenceState::Group& group() { return topic().groups.find(name_.second)->second; }
    std::vector<Delivery> collect(const PollLimits& limits) {
        const auto& all = shared_.members[name_];
        if (generation_ != all.generation) {
            cursor_ = group().committed;
            generation_ = all.generation;
        }
        alone_ = all.ids.size() == 1;
        const auto mine = static_cast<std::size_t>(std::ranges::find(all.ids, id_) - all.ids.begin());
        std::vector<Delivery> out;
        for (std::size_t p = mine; p < cursor_.size(); p += all.ids.size()) {
            const std::size_t before = out.size();
            read_from(topic().partitions[p], {static_cast<int>(p), cursor_[p] + 1}, limits, shared_.fault != Fault::ignores_the_bound, out);
            if (out.size() > before && out[before].position.offset == group().committed[p] + 1) out[before].attempt = group().attempts[p] + 1;
            if (out.size() > before) cursor_[p] = out.back().position.offset;
        }
        return out;
    }
    Result<void> current() {
        if (generation_ == shared_.members[name_].generation) return {};
        return fail(ErrorCode::failed, "members changed", true);
    }
    Result<void> polled(Position p) {
        if (p.partition < 0 || static_cast<std::size_t>(p.partition) >= cursor_.size()) return usage("no such partition");
        const auto at = static_cast<std::size_t>(p.partition);
        if (p.offset > cursor_[at] || p.offset <= group().committed[at]) return usage("not polled, or committed");
        return {};
    }
    void write(const std::vector<Commit::StateWrite>& writes) {
        for (const auto& [key, value] : writes) {
            if (value) group().state[key] = *value;
            else group().state.erase(key);
        }
    }
    void advance(Position p) {
        const auto at = static_cast<std::size_t>(p.partition);
        group().committed[at] = p.offset - (shared_.fault == Fault::delivers_twice_after_commit ? 1 : 0);
        group().attempts[at] = 0;
    }

    Shared& shared_;
    std::pair<std::string, std::string> name_;
    int attempts_max_, id_, generation_ = -1;
    bool alone_ = false;
    std::vector<std::int64_t> cursor_;
};

class ReferenceBus final : public EventBus {
  public:
    explicit ReferenceBus(std::shared_ptr<ReferenceState> durable, Fault fault, BusLimits limits) {
        shared_.fault = fault;
        shared_.durable = std::move(durable);
        shared_.limits = limits;
        shared_.live = fault == Fault::acknowledges_too_early ? std::make_shared<ReferenceState>(*shared_.durable) : shared_.durable;
    }
    ~ReferenceBus() override {
        if (shared_.live != shared_.durable && !power_is_gone) *shared_.durable = *shared_.live;
    }
    Result<void> create_topic(std::string_view name, TopicOptions options) override {
        TRY_VOID(check_bus_name("topic", name));
        const std::lock_guard lock(shared_.mutex);
        if (options.partitions < 1 || options.partitions > partitions_max) return usage("partitions");
        auto* there = shared_.topic(name);
        if (there != nullptr && there->partitions.size() != static_cast<std::size_t>(options.partitions)) return usage("another number of partitions");
        if (there == nullptr) shared_.live->topics[std::string(name)].partitions.resize(static_cast<std::size_t>(options.partitions));
        return {};
    }
    Result<std::vector<std::string>> topics() override {
        std::vector<std::string> names;
        for (const auto& [name, topic] : shared_.live->topics) names.push_back(name);
        return names;
    }
    Result<void> publish(std::string_view topic, std::vector<Event> events, Acknowledge done, std::chrono::milliseconds) override {
        std::size_t bytes = 0;
        for (const Event& event : events) {
            TRY_VOID(check_event(event));
            bytes += size_bytes(event);
        }
        if (static_cast<std::int64_t>(events.size()) > shared_.limits.pending_events_max || bytes > shared_.limits.pending_bytes_max) return usage("too much at once");
        std::unique_lock lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        if (shared_.fault == Fault::reorders_within_subject && events.size() > 6) std::swap(events[0], events[events.size() - 1]);
        std::vector<Receipt> receipts;
        receipts.reserve(events.size());
        for (const Event& event : events) receipts.push_back(shared_.add(*to, event));
        lock.unlock();
        shared_.arrived.notify_all();
        done(receipts);
        return {};
    }
    Result<std::unique_ptr<Subscription>> subscribe(std::string_view topic, std::string_view group, SubscribeOptions options) override {
        TRY_VOID(check_bus_name("group", group));
        if (options.attempts_max < 1) return usage("attempts_max");
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        if (!to->groups.contains(group)) {
            auto& made = to->groups[std::string(group)];
            for (const auto& p : to->partitions) made.committed.push_back(options.start == SubscribeOptions::Start::earliest ? p.first - 1 : p.end());
            made.attempts.resize(to->partitions.size());
        }
        return std::make_unique<Member>(shared_, std::string(topic), std::string(group), options.attempts_max);
    }
    Result<std::vector<Delivery>> read(std::string_view topic, Position from, const PollLimits& limits) override {
        TRY_VOID(check_poll(limits));
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (from.offset < 1) return usage("offsets begin at 1");
        if (to == nullptr || from.partition < 0 || static_cast<std::size_t>(from.partition) >= to->partitions.size()) return unknown(topic);
        const auto& there = to->partitions[static_cast<std::size_t>(from.partition)];
        if (from.offset < there.first) return unknown("what was removed");
        std::vector<Delivery> out;
        read_from(there, from, limits, true, out);
        return out;
    }
    Result<std::vector<std::int64_t>> ends(std::string_view topic) override {
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        std::vector<std::int64_t> out;
        out.reserve(to->partitions.size());
        for (const auto& p : to->partitions) out.push_back(p.end());
        return out;
    }
    Result<std::vector<std::int64_t>> firsts(std::string_view topic) override {
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        std::vector<std::int64_t> out;
        out.reserve(to->partitions.size());
        for (const auto& p : to->partitions) out.push_back(p.first);
        return out;
    }
    Result<std::vector<std::string>> groups(std::string_view topic) override {
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        std::vector<std::string> names;
        names.reserve(to->groups.size());
        for (const auto& [name, group] : to->groups) names.push_back(name);
        return names;
    }
    Result<std::vector<std::int64_t>> committed(std::string_view topic, std::string_view name) override {
        const std::lock_guard lock(shared_.mutex);
        TRY(const ReferenceState::Group* found, group(topic, name));
        return found->committed;
    }
    Result<void> start_over(std::string_view topic, std::string_view name) override {
        const std::lock_guard lock(shared_.mutex);
        TRY(ReferenceState::Group * found, group(topic, name));
        if (!shared_.members[{std::string(topic), std::string(name)}].ids.empty()) return usage("it has members");
        *found = {};
        for (const auto& p : shared_.topic(topic)->partitions) found->committed.push_back(p.first - 1);
        found->attempts.resize(found->committed.size());
        return {};
    }
    Result<std::vector<DeadLetter>> dead_letters(std::string_view topic, std::string_view name) override {
        const std::lock_guard lock(shared_.mutex);
        TRY(const ReferenceState::Group* found, group(topic, name));
        return found->dead;
    }
    Result<std::int64_t> retain(std::string_view topic, const RetentionRule& rule) override {
        const std::lock_guard lock(shared_.mutex);
        auto* to = shared_.topic(topic);
        if (to == nullptr) return unknown(topic);
        std::int64_t removed = 0;
        for (std::size_t p = 0; p < to->partitions.size(); ++p) {
            auto& there = to->partitions[p];
            std::int64_t bound = there.end();
            for (const auto& [name, g] : to->groups) {
                bound = std::min(bound, g.committed[p]);
                if (g.snapshot && shared_.fault != Fault::retains_too_little) bound = std::min(bound, g.snapshot->positions[p].offset);
            }
            std::int64_t left = rule.removed_max;
            const auto beyond = [&] {
                const bool many = rule.events_max && static_cast<std::int64_t>(there.events.size()) > *rule.events_max;
                return many || (rule.newer_than && there.events.front()->time < *rule.newer_than);
            };
            while (left-- > 0 && there.first <= bound && beyond()) {
                to->ids.erase(there.events.front()->id);
                there.events.erase(there.events.begin());
                ++there.first;
                ++removed;
            }
        }
        return removed;
    }
    Result<void> health() override { return {}; }

    bool power_is_gone = false;

  private:
    Result<ReferenceState::Group*> group(std::string_view topic, std::string_view name) {
        auto* to = shared_.topic(topic);
        const auto found = to == nullptr ? decltype(to->groups.find(name)){} : to->groups.find(name);
        if (to == nullptr || found == to->groups.end()) return unknown(name);
        return &found->second;
    }
    Shared shared_;
};

}  // namespace

Result<std::unique_ptr<EventBus>> ReferenceGround::open(BusLimits limits) {
    if (fault_ == Fault::loses_on_restart)
        for (auto& [name, topic] : durable_->topics)
            for (auto& p : topic.partitions)
                if (!p.events.empty()) p.events.pop_back();
    return std::make_unique<ReferenceBus>(durable_, fault_, limits);
}

void ReferenceGround::cut(std::unique_ptr<EventBus> bus) { static_cast<ReferenceBus&>(*bus).power_is_gone = true; }

}  // namespace aitrading::ports

#include "engines/event_bus/journal/subscription.hpp"

#include <algorithm>
#include <set>

namespace aitrading::engines::journal {
namespace {

constexpr std::size_t members_max = 64;  // each holds a connection; more than partitions would have nothing to do anyway

std::unexpected<Error> usage_at(ports::Position p, std::string_view what) {
    return fail(ErrorCode::usage, "partition " + std::to_string(p.partition) + ", offset " + std::to_string(p.offset) + ": " + std::string(what));
}

}  // namespace

Result<std::unique_ptr<JournalSubscription>> JournalSubscription::join(Directory& directory, Writer& writer, std::unique_ptr<Database> database,
                                                                       Directory::GroupName name, int attempts_max) {
    auto out = std::unique_ptr<JournalSubscription>(new JournalSubscription(directory, writer, std::move(database), std::move(name), attempts_max));
    const std::lock_guard lock(directory.mutex);
    GroupView& group = directory.groups.find(out->name_)->second;
    if (group.members.size() >= members_max)
        return fail(ErrorCode::usage, "group '" + out->name_.second + "' has " + std::to_string(members_max) + " members and takes no more");
    out->topic_ = directory.topics.find(out->name_.first)->second.entry;
    out->cursor_ = group.committed;
    out->id_ = ++group.generation;
    group.members.push_back(out->id_);
    directory.tell();
    return out;
}

JournalSubscription::JournalSubscription(Directory& directory, Writer& writer, std::unique_ptr<Database> database, Directory::GroupName name, int attempts_max)
    : directory_(directory), writer_(writer), reader_(std::move(database)), name_(std::move(name)), attempts_max_(attempts_max) {}

JournalSubscription::~JournalSubscription() {
    const std::lock_guard lock(directory_.mutex);
    GroupView& group = directory_.groups.find(name_)->second;
    if (std::erase(group.members, id_) == 0) return;
    ++group.generation;
    directory_.tell();
}

std::vector<JournalSubscription::Range> JournalSubscription::ranges() {
    const GroupView& group = directory_.groups.find(name_)->second;
    const TopicView& topic = directory_.topics.find(name_.first)->second;
    if (generation_ != group.generation) {
        cursor_ = group.committed;
        generation_ = group.generation;
    }
    alone_ = group.members.size() == 1;
    const auto mine = static_cast<std::size_t>(std::ranges::find(group.members, id_) - group.members.begin());
    std::vector<Range> out;
    for (std::size_t p = mine; p < cursor_.size(); p += group.members.size()) {
        // Behind retention nobody has anything to wait for: what a new group may read begins at what is left.
        const std::int64_t from = std::max(cursor_[p] + 1, topic.first[p]);
        const bool first_open = cursor_[p] == group.committed[p];
        if (from <= topic.end[p]) out.push_back({static_cast<int>(p), from, topic.end[p], first_open ? group.attempts[p] : 0});
    }
    return out;
}

Result<std::vector<ports::Delivery>> JournalSubscription::read(const std::vector<Range>& ranges, const ports::PollLimits& limits) {
    std::vector<ports::Delivery> out;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const Range& range = ranges[(i + turn_) % ranges.size()];
        const std::size_t before = out.size();
        TRY_VOID(reader_.read(topic_, {range.partition, range.from}, range.last, limits, out));
        if (out.size() == before) continue;
        out[before].attempt = range.attempts + 1;
        cursor_[static_cast<std::size_t>(range.partition)] = out.back().position.offset;
    }
    ++turn_;
    return out;
}

Result<std::vector<ports::Delivery>> JournalSubscription::poll(const ports::PollLimits& limits) {
    TRY_VOID(ports::check_poll(limits));
    const auto deadline = std::chrono::steady_clock::now() + limits.wait;
    std::unique_lock lock(directory_.mutex);
    for (;;) {
        const std::vector<Range> there = ranges();
        if (!there.empty()) {
            lock.unlock();
            return read(there, limits);
        }
        const std::uint64_t seen = directory_.arrivals;
        const bool more = directory_.arrived.wait_until(lock, deadline, [&] { return directory_.arrivals != seen; });
        lock.unlock();
        TRY_VOID(writer_.health());
        if (!more) return std::vector<ports::Delivery>{};
        lock.lock();
    }
}

Result<void> JournalSubscription::check_polled(const std::vector<ports::Position>& positions) const {
    std::set<int> named;
    for (const ports::Position& p : positions) {
        if (p.partition < 0 || static_cast<std::size_t>(p.partition) >= cursor_.size()) return usage_at(p, "the topic has no such partition");
        if (!named.insert(p.partition).second) return usage_at(p, "the partition is named twice");
        if (p.offset > cursor_[static_cast<std::size_t>(p.partition)]) return usage_at(p, "was not polled since the last rewind");
    }
    return {};
}

Result<void> JournalSubscription::commit(const ports::Commit& step) {
    TRY_VOID(check_polled(step.up_to));
    for (const auto& produced : step.produced) TRY_VOID(check_event(produced.event));
    const auto work = [&](Ledger& ledger) -> Result<bool> {
        TRY_VOID(ledger.commit({name_, generation_}, step));
        return true;
    };
    TRY_VOID(writer_.call<bool>(work));
    return {};
}

Result<ports::Rejected> JournalSubscription::reject(ports::Position position, std::string_view reason, UnixNanos now) {
    TRY_VOID(check_polled({position}));
    std::vector<ports::Delivery> found;
    TRY_VOID(reader_.read(topic_, position, position.offset, {.events_max = 1}, found));
    if (found.empty()) return usage_at(position, "is not there");
    const ports::DeadLetter letter{std::move(found[0].event), position, 0, std::string(reason), now};
    const auto work = [&](Ledger& ledger) { return ledger.reject({name_, generation_}, letter, attempts_max_); };
    TRY(const ports::Rejected answer, writer_.call<ports::Rejected>(work));
    // Again: the event comes with what follows it. Dead: what follows it has been polled before, and comes again too.
    const bool dead = answer == ports::Rejected::dead;
    cursor_[static_cast<std::size_t>(position.partition)] = dead ? position.offset : position.offset - 1;
    return answer;
}

void JournalSubscription::rewind() {
    const std::lock_guard lock(directory_.mutex);
    cursor_ = directory_.groups.find(name_)->second.committed;
}

Result<std::optional<std::string>> JournalSubscription::state(std::string_view key) {
    Database& database = reader_.database();
    Statement get(database, "SELECT value FROM state JOIN groups ON groups.id = state.grp JOIN topics ON topics.id = groups.topic "
                            "WHERE topics.name=? AND groups.name=? AND key=?");
    get.bind(1, name_.first).bind(2, name_.second).bind_bytes(3, key);
    std::optional<std::string> value;
    if (get.step()) value = get.text(0);
    get.reset();
    if (auto broken = database.take_broken()) return std::unexpected(*broken);
    return value;
}

Result<std::optional<ports::Snapshot>> JournalSubscription::snapshot() {
    Database& database = reader_.database();
    // One statement, so that bytes and positions are of one moment.
    Statement get(database, "SELECT snapshot, partition, in_snapshot FROM groups JOIN topics ON topics.id = groups.topic "
                            "JOIN offsets ON offsets.grp = groups.id WHERE topics.name=? AND groups.name=? AND snapshot IS NOT NULL ORDER BY partition");
    get.bind(1, name_.first).bind(2, name_.second);
    std::optional<ports::Snapshot> out;
    while (get.step()) {
        if (!out) out = ports::Snapshot{get.text(0), {}};
        out->positions.push_back({static_cast<int>(get.number(1)), get.number(2)});
    }
    if (auto broken = database.take_broken()) return std::unexpected(*broken);
    return out;
}

}  // namespace aitrading::engines::journal

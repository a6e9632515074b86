#include "engines/event_bus/journal/ledger.hpp"

#include <algorithm>
#include <array>

namespace aitrading::engines::journal {
namespace {

constexpr std::int64_t pages_back_at_once = 2'000;  // 16 MB: what moves is written to the log, and others wait for that

std::unexpected<Error> members_changed(const Directory::GroupName& name) {
    return fail(ErrorCode::failed, "group '" + name.second + "' of topic '" + name.first + "' has other members since the poll: poll again", true);
}

std::unexpected<Error> committed_already(ports::Position p) {
    return fail(ErrorCode::usage, "partition " + std::to_string(p.partition) + ": offset " + std::to_string(p.offset) + " is committed already");
}

}  // namespace

Ledger::Ledger(Database& database, Directory& directory, std::int64_t free_pages_kept)
    : database_(database),
      directory_(directory),
      free_pages_kept_(free_pages_kept),
      set_offset_(database, "UPDATE offsets SET committed=?, attempts=? WHERE grp=? AND partition=?"),
      set_state_(database, "INSERT INTO state VALUES(?,?,?) ON CONFLICT DO UPDATE SET value=excluded.value"),
      clear_state_(database, "DELETE FROM state WHERE grp=? AND key=?"),
      set_snapshot_(database, "UPDATE groups SET snapshot=? WHERE id=?"),
      mark_snapshot_(database, "UPDATE offsets SET in_snapshot=committed WHERE grp=?"),
      add_dead_(database, "INSERT INTO dead(grp, partition, position, attempts, reason, time, event) VALUES(?,?,?,?,?,?,?)") {}

Result<std::unique_ptr<Ledger>> Ledger::open(Database& database, Directory& directory, std::int64_t free_pages_kept) {
    TRY_VOID(make_tables(database));
    auto ledger = std::unique_ptr<Ledger>(new Ledger(database, directory, free_pages_kept));
    TRY_VOID(ledger->load());
    return ledger;
}

Result<void> Ledger::load() {
    TRY(const std::vector<TopicEntry> topics, list_topics(database_));
    for (const TopicEntry& topic : topics) TRY_VOID(open_topic(topic));
    Statement groups(database_, "SELECT groups.id, groups.name, topics.name, topics.partitions, groups.snapshot IS NOT NULL FROM groups JOIN topics ON topics.id = groups.topic");
    Statement offsets(database_, "SELECT partition, committed, attempts, in_snapshot FROM offsets WHERE grp=? ORDER BY partition");
    const std::lock_guard lock(directory_.mutex);
    while (groups.step()) {
        GroupView group{.id = groups.number(0)};
        offsets.bind(1, group.id);
        while (offsets.step()) {
            group.committed.push_back(offsets.number(1));
            group.attempts.push_back(static_cast<int>(offsets.number(2)));
            if (groups.number(4) != 0) group.in_snapshot.push_back(offsets.number(3));
        }
        if (static_cast<std::int64_t>(group.committed.size()) != groups.number(3))
            return fail(ErrorCode::gate_refused, "group '" + groups.text(1) + "' lacks offsets: the journal is damaged; restore it from a backup");
        directory_.groups[{groups.text(2), groups.text(1)}] = std::move(group);
    }
    return database_.sound();
}

Result<void> Ledger::open_topic(const TopicEntry& topic) {
    Partitions partitions{topic, {}};
    TopicView view{topic, {}, {}};
    for (int p = 0; p < topic.partitions; ++p) {
        TRY(Appender appender, Appender::open(database_, topic, p));
        view.first.push_back(appender.first());
        view.end.push_back(appender.end());
        partitions.appenders.push_back(std::move(appender));
    }
    topics_.insert_or_assign(topic.name, std::move(partitions));
    const std::lock_guard lock(directory_.mutex);
    directory_.topics.insert_or_assign(topic.name, std::move(view));
    return {};
}

Result<void> Ledger::create_topic(std::string_view name, int partitions) {
    if (const auto found = topics_.find(name); found != topics_.end()) {
        if (found->second.entry.partitions == partitions) return {};
        return fail(ErrorCode::usage, "topic '" + std::string(name) + "' has " + std::to_string(found->second.entry.partitions) +
                                          " partitions for ever: another number would reorder its subjects");
    }
    TRY(const TopicEntry topic, add_topic(database_, name, partitions));
    return open_topic(topic);
}

Result<std::vector<ports::Receipt>> Ledger::publish(std::string_view topic, const std::vector<Event>& events) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return fail(ErrorCode::not_found, "the bus has no topic '" + std::string(topic) + "'; create it first");
    std::vector<Appender>& appenders = found->second.appenders;
    std::vector<ports::Receipt> receipts;
    receipts.reserve(events.size());
    for (const Event& event : events) {
        const int partition = partition_of(event.subject, static_cast<int>(appenders.size()));
        receipts.push_back(appenders[static_cast<std::size_t>(partition)].append(event));
    }
    TRY_VOID(database_.sound());
    grown_.insert(found->first);
    return receipts;
}

Result<void> Ledger::found_group(const Directory::GroupName& name, ports::SubscribeOptions::Start start) {
    GroupView group;
    const auto topic = topics_.find(name.first);
    {
        const std::lock_guard lock(directory_.mutex);
        if (directory_.groups.contains(name)) return {};
    }
    if (topic == topics_.end()) return fail(ErrorCode::not_found, "the bus has no topic '" + name.first + "'; create it first");
    for (const Appender& a : topic->second.appenders)
        group.committed.push_back(start == ports::SubscribeOptions::Start::earliest ? a.first() - 1 : a.end());
    group.attempts.resize(group.committed.size());
    TRY_VOID(add_group(group, topic->second.entry.id, name.second));
    const std::lock_guard lock(directory_.mutex);
    directory_.groups[name] = std::move(group);
    return {};
}

Result<void> Ledger::add_group(GroupView& group, std::int64_t topic, std::string_view name) {
    Statement add(database_, "INSERT INTO groups(topic, name) VALUES(?,?) RETURNING id");
    add.bind(1, topic).bind(2, name);
    if (add.step()) group.id = add.number(0);
    add.run();
    Statement offset(database_, "INSERT INTO offsets VALUES(?,?,?,0,?)");
    for (std::size_t p = 0; p < group.committed.size(); ++p)
        offset.bind(1, group.id).bind(2, static_cast<std::int64_t>(p)).bind(3, group.committed[p]).bind(4, group.committed[p]).run();
    return database_.sound();
}

Result<std::int64_t> Ledger::take(const MemberName& member, const ports::Commit& step) {
    const std::lock_guard lock(directory_.mutex);
    TRY(GroupView * group, directory_.group(member.group.first, member.group.second));
    if (group->generation != member.generation) return members_changed(member.group);
    for (const ports::Position& p : step.up_to)
        if (p.offset <= group->committed[static_cast<std::size_t>(p.partition)]) return committed_already(p);
    for (const ports::Position& p : step.up_to) {
        group->committed[static_cast<std::size_t>(p.partition)] = p.offset;
        group->attempts[static_cast<std::size_t>(p.partition)] = 0;
    }
    if (step.snapshot) group->in_snapshot = group->committed;
    return group->id;
}

void Ledger::store_offset(std::int64_t group, ports::Position position, std::int64_t attempts) {
    set_offset_.bind(1, position.offset).bind(2, attempts).bind(3, group).bind(4, std::int64_t{position.partition}).run();
}

Result<void> Ledger::commit(const MemberName& member, const ports::Commit& step) {
    for (const auto& produced : step.produced)
        if (!topics_.contains(produced.topic)) return fail(ErrorCode::not_found, "the bus has no topic '" + produced.topic + "'; create it first");
    TRY(const std::int64_t group, take(member, step));
    for (const ports::Position& p : step.up_to) store_offset(group, p, 0);
    for (const auto& [key, value] : step.state) {
        if (value) set_state_.bind(1, group).bind_bytes(2, key).bind_bytes(3, *value).run();
        else clear_state_.bind(1, group).bind_bytes(2, key).run();
    }
    for (const auto& produced : step.produced) {
        const auto found = topics_.find(produced.topic);
        std::vector<Appender>& appenders = found->second.appenders;
        appenders[static_cast<std::size_t>(partition_of(produced.event.subject, static_cast<int>(appenders.size())))].append(produced.event);
        grown_.insert(found->first);
    }
    if (step.snapshot) {
        set_snapshot_.bind_bytes(1, *step.snapshot).bind(2, group).run();
        mark_snapshot_.bind(1, group).run();
    }
    return database_.sound();
}

Result<ports::Rejected> Ledger::reject(const MemberName& member, const ports::DeadLetter& letter, int attempts_max) {
    const ports::Position p = letter.position;
    std::int64_t id = 0;
    int attempts = 0;
    bool dies = false;
    {
        const std::lock_guard lock(directory_.mutex);
        TRY(GroupView * group, directory_.group(member.group.first, member.group.second));
        if (group->generation != member.generation) return members_changed(member.group);
        std::int64_t& committed = group->committed[static_cast<std::size_t>(p.partition)];
        if (p.offset <= committed) return committed_already(p);
        if (p.offset != committed + 1)
            return fail(ErrorCode::usage, "only the first uncommitted event of a partition is rejected: commit up to offset " + std::to_string(p.offset - 1) + " first");
        id = group->id;
        int& counted = group->attempts[static_cast<std::size_t>(p.partition)];
        attempts = ++counted;
        dies = attempts >= attempts_max;
        if (dies) {
            committed = p.offset;
            counted = 0;
        }
    }
    store_offset(id, {p.partition, dies ? p.offset : p.offset - 1}, dies ? 0 : attempts);
    if (dies) {
        const std::string event = pack(letter.event);
        add_dead_.bind(1, id).bind(2, std::int64_t{p.partition}).bind(3, p.offset).bind(4, std::int64_t{attempts});
        add_dead_.bind_bytes(5, letter.reason).bind(6, letter.time.value).bind_bytes(7, event).run();
    }
    TRY_VOID(database_.sound());
    return dies ? ports::Rejected::dead : ports::Rejected::again;
}

Result<void> Ledger::start_over(const Directory::GroupName& name) {
    std::int64_t id = 0;
    std::vector<std::int64_t> start;
    {
        const std::lock_guard lock(directory_.mutex);
        TRY(GroupView * group, directory_.group(name.first, name.second));
        if (!group->members.empty()) return fail(ErrorCode::usage, "group '" + name.second + "' has members; stop them first");
        for (const Appender& a : topics_.find(name.first)->second.appenders) start.push_back(a.first() - 1);
        group->committed = start;
        group->in_snapshot.clear();
        std::ranges::fill(group->attempts, 0);
        id = group->id;
    }
    for (std::size_t p = 0; p < start.size(); ++p) store_offset(id, {static_cast<int>(p), start[p]}, 0);
    for (const char* sql : {"DELETE FROM state WHERE grp=?", "DELETE FROM dead WHERE grp=?", "UPDATE groups SET snapshot=NULL WHERE id=?"})
        Statement(database_, sql).bind(1, id).run();
    mark_snapshot_.bind(1, id).run();
    return database_.sound();
}

Result<std::int64_t> Ledger::retain(std::string_view topic, const ports::RetentionRule& rule) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return fail(ErrorCode::not_found, "the bus has no topic '" + std::string(topic) + "'");
    std::int64_t removed = 0;
    std::vector<Appender>& appenders = found->second.appenders;
    for (std::size_t p = 0; p < appenders.size(); ++p) {
        Appender& a = appenders[p];
        std::int64_t bound = a.end();
        {
            const std::lock_guard lock(directory_.mutex);
            for (const auto& [name, group] : directory_.groups)
                if (name.first == topic) bound = std::min(bound, group.done_with(p));
        }
        std::int64_t count = 0;
        if (rule.events_max) count = std::max<std::int64_t>(0, a.end() - a.first() + 1 - *rule.events_max);
        if (rule.newer_than) count = std::max(count, a.older(*rule.newer_than, bound));
        count = std::min({count, bound - a.first() + 1, rule.removed_max});
        if (count > 0) a.drop(count);
        removed += std::max<std::int64_t>(count, 0);
    }
    database_.give_back(free_pages_kept_, pages_back_at_once);
    TRY_VOID(database_.sound());
    grown_.insert(found->first);
    return removed;
}

void Ledger::show() {
    if (grown_.empty()) return;
    const std::lock_guard lock(directory_.mutex);
    for (const std::string& name : grown_) {
        TopicView& view = directory_.topics.find(name)->second;
        const std::vector<Appender>& appenders = topics_.find(name)->second.appenders;
        for (std::size_t p = 0; p < appenders.size(); ++p) {
            view.first[p] = appenders[p].first();
            view.end[p] = appenders[p].end();
        }
    }
    grown_.clear();
    directory_.tell();
}

}  // namespace aitrading::engines::journal

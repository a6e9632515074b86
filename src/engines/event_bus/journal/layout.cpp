#include "engines/event_bus/journal/layout.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace aitrading::engines::journal {
namespace {

constexpr std::int64_t format = 1;

constexpr const char* tables = R"sql(
CREATE TABLE IF NOT EXISTS topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS partitions(topic INTEGER, partition INTEGER, first INTEGER NOT NULL, PRIMARY KEY(topic, partition)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS groups(id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, name TEXT NOT NULL, snapshot BLOB, UNIQUE(topic, name)) STRICT;
CREATE TABLE IF NOT EXISTS offsets(grp INTEGER, partition INTEGER, committed INTEGER NOT NULL, attempts INTEGER NOT NULL, in_snapshot INTEGER NOT NULL, PRIMARY KEY(grp, partition)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state(grp INTEGER, key BLOB, value BLOB NOT NULL, PRIMARY KEY(grp, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, attempts INTEGER NOT NULL, reason BLOB NOT NULL, time INTEGER NOT NULL, event BLOB NOT NULL) STRICT;
PRAGMA user_version=1;
)sql";

std::string pack_trace(const Event& event) {
    std::string out;
    if (!event.trace) return out;
    out.append(event.trace->trace.begin(), event.trace->trace.end());
    out.append(event.trace->parent.begin(), event.trace->parent.end());
    out += static_cast<char>(event.trace->flags);
    return out;
}

void unpack_trace(const std::string& bytes, Event& event) {
    if (bytes.size() != 25) return;
    event.trace.emplace();
    std::copy_n(bytes.begin(), 16, event.trace->trace.begin());
    std::copy_n(bytes.begin() + 16, 8, event.trace->parent.begin());
    event.trace->flags = static_cast<std::uint8_t>(bytes[24]);
}

std::string_view bytes_of(const Uuid& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }

Event event_of(const Statement& row) {
    Event event;
    const std::string id = row.text(1);
    if (id.size() == event.id.bytes.size()) std::copy(id.begin(), id.end(), event.id.bytes.begin());
    event.subject = row.text(2);
    event.type = row.text(3);
    event.source = row.text(4);
    event.tenant = row.text(5);
    event.time.value = row.number(6);
    unpack_trace(row.text(7), event);
    event.data = row.text(8);
    return event;
}

}  // namespace

sqlite::Access journal_access(Database::Mode mode, std::string file_system) {
    // A reader waits for the moment in which the log starts anew, never for a write; a writer for readers, before the log
    // starts anew: a long one makes it grow instead.
    return {mode, std::move(file_system), "the journal", mode == Database::Mode::writer ? 20 : 10'000, true};
}

std::string table_of(std::int64_t topic, int partition) { return "e_" + std::to_string(topic) + "_" + std::to_string(partition); }

static Result<std::int64_t> format_of(Database& database) {
    Statement version(database, "PRAGMA user_version");
    const std::int64_t found = version.step() ? version.number(0) : 0;
    version.reset();
    TRY_VOID(database.sound());
    if (found > format)
        return fail(ErrorCode::gate_refused, "the journal has format " + std::to_string(found) + ", this program knows " +
                                                 std::to_string(format) + "; use the newer program");
    return found;
}

Result<void> check_format(Database& database) {
    TRY(const std::int64_t found, format_of(database));
    if (found == format) return {};
    return fail(ErrorCode::not_found, "the journal is empty: nothing was ever published");
}

Result<void> make_tables(Database& database) {
    TRY(const std::int64_t found, format_of(database));
    if (found == format) return {};
    database.execute("BEGIN IMMEDIATE");
    database.execute(tables);
    database.execute("COMMIT");
    return database.sound();
}

Result<std::vector<TopicEntry>> list_topics(Database& database) {
    std::vector<TopicEntry> topics;
    Statement all(database, "SELECT id, name, partitions FROM topics ORDER BY name");
    while (all.step()) topics.push_back({all.number(0), all.text(1), static_cast<int>(all.number(2))});
    TRY_VOID(database.sound());
    return topics;
}

Result<TopicEntry> add_topic(Database& database, std::string_view name, int partitions) {
    Statement add(database, "INSERT INTO topics(name, partitions) VALUES(?,?) RETURNING id");
    add.bind(1, name).bind(2, std::int64_t{partitions});
    TopicEntry topic{add.step() ? add.number(0) : 0, std::string(name), partitions};
    add.run();
    Statement first(database, "INSERT INTO partitions VALUES(?,?,1)");
    for (int p = 0; p < partitions; ++p) {
        const std::string sql = "CREATE TABLE " + table_of(topic.id, p) +
                                "(position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, subject TEXT NOT NULL, type TEXT NOT NULL, "
                                "source TEXT NOT NULL, tenant TEXT NOT NULL, time INTEGER NOT NULL, trace BLOB NOT NULL, data BLOB NOT NULL, "
                                "sum INTEGER NOT NULL) STRICT";
        database.execute(sql.c_str());
        first.bind(1, topic.id).bind(2, std::int64_t{p}).run();
    }
    TRY_VOID(database.sound());
    return topic;
}

Result<Appender> Appender::open(Database& database, const TopicEntry& topic, int partition) {
    Appender out;
    out.database_ = &database;
    out.topic_ = topic.id;
    out.partition_ = partition;
    const std::string table = table_of(topic.id, partition);
    out.insert_ = Statement(database, "INSERT INTO " + table + " VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING");
    out.find_ = Statement(database, "SELECT position FROM " + table + " WHERE id=?");
    out.time_ = Statement(database, "SELECT time FROM " + table + " WHERE position<=? ORDER BY position");
    out.drop_ = Statement(database, "DELETE FROM " + table + " WHERE position<?");
    out.set_first_ = Statement(database, "UPDATE partitions SET first=? WHERE topic=? AND partition=?");
    Statement first(database, "SELECT first FROM partitions WHERE topic=? AND partition=?");
    first.bind(1, topic.id).bind(2, std::int64_t{partition});
    if (first.step()) out.first_ = first.number(0);
    first.reset();
    Statement last(database, "SELECT max(position) FROM " + table);
    out.end_ = out.first_ - 1;
    if (last.step() && !last.is_null(0)) out.end_ = last.number(0);
    last.reset();
    TRY_VOID(database.sound());
    return out;
}

ports::Receipt Appender::append(const Event& event) {
    const std::string trace = pack_trace(event);
    insert_.bind(1, end_ + 1).bind_bytes(2, bytes_of(event.id)).bind(3, event.subject).bind(4, event.type).bind(5, event.source);
    insert_.bind(6, event.tenant).bind(7, event.time.value).bind_bytes(8, trace).bind_bytes(9, event.data);
    insert_.bind(10, static_cast<std::int64_t>(event_sum(event)));
    if (!insert_.run()) return {};
    if (database_->changes() == 1) return {{partition_, ++end_}, false};
    find_.bind_bytes(1, bytes_of(event.id));
    const std::int64_t there = find_.step() ? find_.number(0) : 0;
    find_.reset();
    return {{partition_, there}, true};
}

void Appender::drop(std::int64_t count) {
    first_ += count;
    drop_.bind(1, first_).run();
    set_first_.bind(1, first_).bind(2, topic_).bind(3, std::int64_t{partition_}).run();
}

std::int64_t Appender::older(UnixNanos newer_than, std::int64_t bound) {
    std::int64_t count = 0;
    time_.bind(1, bound);
    while (time_.step() && time_.number(0) < newer_than.value) ++count;
    time_.reset();
    return count;
}

Result<void> Reader::read(const TopicEntry& topic, ports::Position from, std::int64_t last, const ports::PollLimits& limits,
                          std::vector<ports::Delivery>& out) {
    const std::string table = table_of(topic.id, from.partition);
    auto found = statements_.find(table);
    if (found == statements_.end())
        found = statements_.emplace(table, Statement(*database_, "SELECT position, id, subject, type, source, tenant, time, trace, data, sum FROM " +
                                                                     table + " WHERE position BETWEEN ? AND ? ORDER BY position")).first;
    Statement& rows = found->second;
    std::size_t bytes = 0;
    for (const ports::Delivery& d : out) bytes += size_bytes(d.event);
    rows.bind(1, from.offset).bind(2, last);
    while (static_cast<int>(out.size()) < limits.events_max && rows.step()) {
        ports::Delivery next{event_of(rows), {from.partition, rows.number(0)}, 1};
        bytes += size_bytes(next.event);
        if (!out.empty() && bytes > limits.bytes_max) break;
        if (static_cast<std::int64_t>(event_sum(next.event)) != rows.number(9) || next.position.offset != from.offset) {
            rows.reset();
            return fail(ErrorCode::gate_refused, "topic " + topic.name + ", partition " + std::to_string(from.partition) + ": offset " +
                                                     std::to_string(from.offset) + " is damaged or missing; restore the journal from a backup");
        }
        ++from.offset;
        out.push_back(std::move(next));
    }
    rows.reset();
    if (auto broken = database_->take_broken()) return std::unexpected(*broken);
    return {};
}

std::string pack(const Event& event) {
    ByteWriter out;
    out.put_text(bytes_of(event.id));
    for (const std::string* text : {&event.type, &event.source, &event.subject, &event.tenant}) out.put_text(*text);
    out.put(event.time.value);
    out.put_text(pack_trace(event));
    out.put_text(event.data);
    return out.sealed("AITEVNT1");
}

Result<Event> unpack(std::string_view bytes) {
    auto in = ByteReader::unseal(bytes, "AITEVNT1", "dead letter");
    if (!in) return fail(ErrorCode::gate_refused, in.error().text);
    Event event;
    const std::string id = in->get_text();
    if (id.size() == event.id.bytes.size()) std::copy(id.begin(), id.end(), event.id.bytes.begin());
    for (std::string* text : {&event.type, &event.source, &event.subject, &event.tenant}) *text = in->get_text();
    event.time.value = in->get<std::int64_t>();
    unpack_trace(in->get_text(), event);
    event.data = in->get_text();
    if (!in->at_end()) return fail(ErrorCode::gate_refused, "dead letter: damaged");
    return event;
}

}  // namespace aitrading::engines::journal

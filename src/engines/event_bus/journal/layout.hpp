#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engines/sqlite/database.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::engines::journal {

using sqlite::Database;
using sqlite::Statement;

/// How the journal opens its file. @param file_system SQLite's name of one; empty: the machine's
sqlite::Access journal_access(Database::Mode mode, std::string file_system);

/// A topic as the file knows it.
struct TopicEntry {
    std::int64_t id = 0;
    std::string name;
    int partitions = 0;
};

/// Tables of format 1. Each partition of a topic is a table of its own: its rows are appended to one end, a consumer reads
/// them as one range, and no second index but that of the ids is kept.
/// @errors failed, gate_refused (no journal, or of a newer format)
Result<void> make_tables(Database& database);
/// Whether somebody else has made them. @errors as make_tables
Result<void> check_format(Database& database);
Result<std::vector<TopicEntry>> list_topics(Database& database);
/// Inside a transaction.
Result<TopicEntry> add_topic(Database& database, std::string_view name, int partitions);
/// `e_TOPIC_PARTITION`
std::string table_of(std::int64_t topic, int partition);

/// Appends to one partition, within the writer's transactions.
class Appender {
  public:
    /// @errors failed, gate_refused
    static Result<Appender> open(Database& database, const TopicEntry& topic, int partition);
    /// The event's place, or that of the first one with its id. Where the database broke, anything.
    ports::Receipt append(const Event& event);
    std::int64_t end() const { return end_; }
    std::int64_t first() const { return first_; }
    /// Events [first, first + count) go; inside a transaction.
    void drop(std::int64_t count);
    /// How many of the oldest events, up to offset `bound`, are older than `newer_than`, without a younger one between.
    std::int64_t older(UnixNanos newer_than, std::int64_t bound);

  private:
    Database* database_ = nullptr;
    Statement insert_, find_, time_, drop_, set_first_;
    std::int64_t topic_ = 0, first_ = 1, end_ = 0;
    int partition_ = 0;
};

/// Reads partitions on a connection of its own.
class Reader {
  public:
    explicit Reader(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    /// Appends events from `from` to `last` on to `out`, until `out` holds what the limits allow.
    /// @errors failed, gate_refused (a damaged event, named)
    Result<void> read(const TopicEntry& topic, ports::Position from, std::int64_t last, const ports::PollLimits& limits,
                      std::vector<ports::Delivery>& out);
    Database& database() { return *database_; }

  private:
    std::unique_ptr<Database> database_;
    std::map<std::string, Statement> statements_;  ///< one a partition read so far
};

/// An event as bytes, for dead letters, which outlive what they were read from.
std::string pack(const Event& event);
/// @errors gate_refused
Result<Event> unpack(std::string_view bytes);

}  // namespace aitrading::engines::journal

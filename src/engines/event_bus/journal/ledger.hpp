#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engines/event_bus/journal/directory.hpp"
#include "engines/event_bus/journal/layout.hpp"

namespace aitrading::engines::journal {

/// Who asks for a commit or a rejection.
struct MemberName {
    Directory::GroupName group;
    int generation = 0;  ///< of the poll that it speaks of
};

/// Everything that changes the file, for the writer's thread alone, inside its open transaction. A call that returns an error
/// while the database is sound has written nothing: it is refused alone, and the transaction goes on.
class Ledger {
  public:
    /// Reads topics and groups into the directory. @errors failed, gate_refused
    /// @param free_pages_kept as JournalOptions
    static Result<std::unique_ptr<Ledger>> open(Database& database, Directory& directory, std::int64_t free_pages_kept);

    Result<void> create_topic(std::string_view name, int partitions);
    Result<std::vector<ports::Receipt>> publish(std::string_view topic, const std::vector<Event>& events);
    /// Makes the group where it is new.
    Result<void> found_group(const Directory::GroupName& name, ports::SubscribeOptions::Start start);
    Result<void> commit(const MemberName& member, const ports::Commit& step);
    Result<ports::Rejected> reject(const MemberName& member, const ports::DeadLetter& letter, int attempts_max);
    Result<void> start_over(const Directory::GroupName& name);
    Result<std::int64_t> retain(std::string_view topic, const ports::RetentionRule& rule);

    /// After the transaction is durable: what it appended may be read.
    void show();
    Database& database() { return database_; }

  private:
    struct Partitions {
        TopicEntry entry;
        std::vector<Appender> appenders;
    };
    Ledger(Database& database, Directory& directory, std::int64_t free_pages_kept);
    Result<void> load();
    Result<void> open_topic(const TopicEntry& topic);
    Result<void> add_group(GroupView& group, std::int64_t topic, std::string_view name);
    /// Checks and takes the offsets in memory; the group's id. @errors as Subscription::commit
    Result<std::int64_t> take(const MemberName& member, const ports::Commit& step);
    void store_offset(std::int64_t group, ports::Position position, std::int64_t attempts);

    Database& database_;
    Directory& directory_;
    const std::int64_t free_pages_kept_;
    std::map<std::string, Partitions, std::less<>> topics_;
    std::set<std::string> grown_;  ///< topics to show
    Statement set_offset_, set_state_, clear_state_, set_snapshot_, mark_snapshot_, add_dead_;
};

}  // namespace aitrading::engines::journal

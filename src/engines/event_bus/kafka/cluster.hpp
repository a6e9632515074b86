#pragma once

#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <unordered_map>

#include "engines/event_bus/kafka/admin.hpp"
#include "engines/event_bus/kafka/kafka_bus.hpp"
#include "engines/event_bus/kafka/log_reader.hpp"
#include "engines/event_bus/kafka/transactor.hpp"

namespace aitrading::engines::kafka {

using GroupName = std::pair<std::string, std::string>;  ///< topic, group

struct HashUuid {
    std::size_t operator()(const Uuid& id) const {
        std::size_t random = 0;  // the last bytes of a version 7 are
        std::memcpy(&random, id.bytes.data() + 8, sizeof random);
        return random;
    }
};

/// The ids that a topic had last, with their places.
struct KnownIds {
    std::unordered_map<Uuid, ports::Position, HashUuid> places;
    std::deque<Uuid> order;
    void add(const Uuid& id, ports::Position at, std::int64_t most);
};

/// What a group keeps beside its offsets, as records of one compacted topic (the book): state, snapshot, attempts, dead letters.
struct GroupView {
    struct Entry {
        std::string value;
        std::int64_t written = 0;  ///< offset of its record: the order of writing
    };
    std::map<std::string, Entry, std::less<>> entries;  ///< by kind (one letter) and key
    std::int64_t position = -1;                         ///< next offset of the book to be read

    std::optional<ports::Snapshot> snapshot(int partitions) const;
};

/// What all parts of one bus share: connections, and what was acknowledged, so that whoever was told can also read it: a
/// transaction is decided before its events can be read.
class Cluster {
  public:
    static Result<std::unique_ptr<Cluster>> open(const KafkaOptions& options);

    const Connection& to() const { return to_; }
    const KafkaOptions& options() const { return options_; }
    Admin& admin() { return *admin_; }

    Result<void> create_topic(std::string_view name, int partitions);
    /// Partitions of a topic. @errors not_found
    Result<int> partitions(std::string_view topic);
    Result<std::vector<std::string>> topics();

    /// One past the last readable offset of each partition, after everything that was acknowledged here can be read.
    Result<Offsets> ends(const std::string& log, int partitions, LogReader& reader);
    Result<Offsets> ends(const std::string& log, int partitions);
    Result<Offsets> firsts(const std::string& log, int partitions);
    /// Reads with a reader that all share.
    Result<void> read(const std::string& log, const Offsets& from, const Offsets& ends, const std::function<bool(const rd_kafka_message_t&)>& take);
    void acknowledged(const std::string& log, int partition, std::int64_t offset);

    /// Committed offsets of a group as the port counts. @errors not_found (no such group), failed
    Result<Offsets> committed(const GroupName& name);
    /// Brings a view up to what is committed. @errors failed
    Result<void> catch_up(const GroupName& name, GroupView& view);
    /// The groups that a topic has. @errors failed
    Result<std::vector<std::string>> groups(std::string_view topic);
    static std::string book_key(const GroupName& name, std::string_view entry);
    int book_partition(const GroupName& name) const;
    /// As somebody who is no member: sets offsets and drops entries, in one step. @errors usage (it has members), failed
    Result<void> write_as_outsider(const GroupName& name, const Offsets& offsets, const std::vector<std::string>& drop, bool found);

    /// Ids of a topic for whoever holds `ids_mutex`; read from the log where they are not known. @errors failed
    Result<KnownIds*> ids(std::string_view topic);
    void forget_ids(std::string_view topic) { ids_.erase(std::string(topic)); }
    std::mutex ids_mutex;  ///< held for a whole transaction that stores events

    int next_number() { return ++numbers_; }
    std::atomic<bool> cut{false};  ///< nothing is finished any more

  private:
    explicit Cluster(const KafkaOptions& options) : options_(options), to_{options.brokers, options.prefix, options.patience} {}
    Settings topic_settings() const;

    KafkaOptions options_;
    Connection to_;
    std::unique_ptr<Admin> admin_;
    std::mutex mutex_;  ///< of topics_ and acknowledged_
    std::map<std::string, int, std::less<>> topics_;
    std::map<std::string, Offsets> acknowledged_;  ///< next offset of logs
    std::mutex reader_mutex_;
    std::unique_ptr<LogReader> reader_;
    std::map<std::string, KnownIds> ids_;
    std::atomic<int> numbers_{0};
};

/// A random word for names that must not meet.
std::string random_word();

}  // namespace aitrading::engines::kafka

#include "engines/event_bus/kafka/cluster.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "base/bytes.hpp"

namespace aitrading::engines::kafka {
namespace {

constexpr int book_partitions = 4;
constexpr char separator = '\n';  // no name has one

}  // namespace

std::string random_word() {
    std::random_device random;
    const auto half = [&] { return (static_cast<std::uint64_t>(random()) << 32) | random(); };
    UuidMaker maker(half());
    return maker.next({0}).text().substr(19);
}

void KnownIds::add(const Uuid& id, ports::Position at, std::int64_t most) {
    if (!places.emplace(id, at).second) return;
    order.push_back(id);
    while (static_cast<std::int64_t>(order.size()) > most) {
        places.erase(order.front());
        order.pop_front();
    }
}

Result<std::unique_ptr<Cluster>> Cluster::open(const KafkaOptions& options) {
    std::unique_ptr<Cluster> out(new Cluster(options));
    TRY(out->admin_, Admin::open(out->to_));
    TRY(out->reader_, LogReader::open(out->to_));
    TRY(const auto there, out->admin_->topics(out->to_.book()));
    Settings settings = out->topic_settings();
    settings.emplace_back("cleanup.policy", "compact");
    if (!there.contains(out->to_.book())) TRY_VOID(out->admin_->create_topic(out->to_.book(), book_partitions, options.replicas, settings));
    return out;
}

Settings Cluster::topic_settings() const {
    // An event has 1 MiB of data at most, a snapshot may be larger. Retention is the port's, not the broker's clock's.
    Settings out{{"max.message.bytes", "67108864"}, {"retention.ms", "-1"}, {"retention.bytes", "-1"}};
    if (options_.synced) out.emplace_back("flush.messages", "1");
    return out;
}

Result<void> Cluster::create_topic(std::string_view name, int partitions_wanted) {
    auto there = partitions(name);
    if (!there && there.error().code == ErrorCode::not_found) {
        TRY_VOID(admin_->create_topic(to_.topic(name), partitions_wanted, options_.replicas, topic_settings()));
        there = partitions(name);
    }
    if (!there) return std::unexpected(there.error());
    if (*there == partitions_wanted) return {};
    return fail(ErrorCode::usage, "topic '" + std::string(name) + "' has " + std::to_string(*there) + " partitions, for ever: another number would reorder subjects");
}

Result<int> Cluster::partitions(std::string_view topic) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = topics_.find(topic); found != topics_.end()) return found->second;
    }
    TRY(const auto all, admin_->topics(to_.topic(topic)));
    const auto found = all.find(to_.topic(topic));
    if (found == all.end()) return fail(ErrorCode::not_found, "the bus has no topic '" + std::string(topic) + "'; create it first");
    const std::lock_guard lock(mutex_);
    topics_[std::string(topic)] = found->second;
    return found->second;
}

Result<std::vector<std::string>> Cluster::topics() {
    const std::string prefix = to_.topic("");
    TRY(const auto all, admin_->topics(prefix));
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const auto& [name, count] : all) names.push_back(name.substr(prefix.size()));
    return names;
}

Result<Offsets> Cluster::ends(const std::string& log, int partitions, LogReader& reader) {
    const auto deadline = std::chrono::steady_clock::now() + to_.patience;
    for (;;) {
        TRY(Offsets out, reader.ends(log, partitions));
        bool behind = false;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [partition, next] : acknowledged_[log]) behind = behind || out[partition] < next;
        }
        if (!behind) return out;
        if (std::chrono::steady_clock::now() > deadline) return fail(ErrorCode::failed, "kafka: what was acknowledged in " + log + " cannot be read yet", true);
        std::this_thread::sleep_for(Millis(1));
    }
}

Result<Offsets> Cluster::ends(const std::string& log, int partitions) {
    const std::lock_guard lock(reader_mutex_);
    return ends(log, partitions, *reader_);
}

Result<Offsets> Cluster::firsts(const std::string& log, int partitions) {
    const std::lock_guard lock(reader_mutex_);
    return reader_->firsts(log, partitions);
}

Result<void> Cluster::read(const std::string& log, const Offsets& from, const Offsets& ends, const std::function<bool(const rd_kafka_message_t&)>& take) {
    const std::lock_guard lock(reader_mutex_);
    return reader_->read(log, from, ends, take);
}

void Cluster::acknowledged(const std::string& log, int partition, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    std::int64_t& next = acknowledged_[log][partition];
    next = std::max(next, offset + 1);
}

Result<Offsets> Cluster::committed(const GroupName& name) {
    TRY(const int count, partitions(name.first));
    TRY(Offsets out, admin_->committed(to_.group(name.first, name.second), to_.topic(name.first), count));
    if (!out.empty()) return out;
    return fail(ErrorCode::not_found, "topic '" + name.first + "' has no group '" + name.second + "'");
}

std::string Cluster::book_key(const GroupName& name, std::string_view entry) { return name.first + separator + name.second + separator + std::string(entry); }

std::optional<ports::Snapshot> GroupView::snapshot(int partitions) const {
    const auto found = entries.find("s");
    if (found == entries.end()) return std::nullopt;
    ByteReader in(found->second.value);
    ports::Snapshot out{in.get_text(), {}};
    for (int i = 0; i < partitions; ++i) {
        const auto partition = in.get<int>();
        out.positions.push_back({partition, in.get<std::int64_t>()});
    }
    return out;
}

int Cluster::book_partition(const GroupName& name) const { return partition_of(name.first + separator + name.second, book_partitions); }

Result<void> Cluster::catch_up(const GroupName& name, GroupView& view) {
    const int partition = book_partition(name);
    TRY(const Offsets all, ends(to_.book(), book_partitions));
    const Offsets end{{partition, all.at(partition)}};
    if (view.position < 0) {
        TRY(const Offsets first, firsts(to_.book(), book_partitions));
        view.position = first.at(partition);
    }
    const std::string mine = book_key(name, "");
    TRY_VOID(read(to_.book(), {{partition, view.position}}, end, [&](const rd_kafka_message_t& message) {
        const std::string_view key(static_cast<const char*>(message.key), message.key_len);
        if (!key.starts_with(mine)) return true;
        const std::string entry(key.substr(mine.size()));
        if (message.payload == nullptr) view.entries.erase(entry);
        else view.entries[entry] = {std::string(static_cast<const char*>(message.payload) + 1, message.len - 1), message.offset};
        return true;
    }));
    view.position = end.at(partition);
    return {};
}

Result<std::vector<std::string>> Cluster::groups(std::string_view topic) {
    TRY(const Offsets end, ends(to_.book(), book_partitions));
    TRY(const Offsets first, firsts(to_.book(), book_partitions));
    std::set<std::string> names;
    TRY_VOID(read(to_.book(), first, end, [&](const rd_kafka_message_t& message) {
        const std::string_view key(static_cast<const char*>(message.key), message.key_len);
        const auto one = key.find(separator), two = key.find(separator, one + 1);
        if (key.substr(0, one) == topic) names.insert(std::string(key.substr(one + 1, two - one - 1)));
        return true;
    }));
    return std::vector<std::string>(names.begin(), names.end());
}

Result<void> Cluster::write_as_outsider(const GroupName& name, const Offsets& offsets, const std::vector<std::string>& drop, bool found) {
    // The broker takes offsets of an outsider also while members are there, whose next commit would go over them.
    TRY(const int members, admin_->members(to_.group(name.first, name.second)));
    if (members > 0) return fail(ErrorCode::usage, "group '" + name.second + "' has " + std::to_string(members) + " members: stop them first");
    TRY(const auto writer, Transactor::open(to_, to_.prefix + ".outsider." + random_word()));
    std::vector<std::int64_t> places(drop.size() + 1, -1);
    TRY_VOID(writer->begin());
    const auto written = [&]() -> Result<void> {
        for (std::size_t i = 0; i < drop.size(); ++i) TRY_VOID(writer->add(to_.book(), book_partition(name), book_key(name, drop[i]), std::nullopt, &places[i]));
        if (found) TRY_VOID(writer->add(to_.book(), book_partition(name), book_key(name, "g"), "", &places.back()));
        auto* group = rd_kafka_consumer_group_metadata_new(to_.group(name.first, name.second).c_str());
        auto sent = writer->add_offsets(to_.topic(name.first), offsets, group);
        rd_kafka_consumer_group_metadata_destroy(group);
        return sent;
    }();
    if (!written) {
        writer->abort();
        return written;
    }
    TRY_VOID(writer->commit());
    for (const std::int64_t place : places)
        if (place >= 0) acknowledged(to_.book(), book_partition(name), place);
    return {};
}

Result<KnownIds*> Cluster::ids(std::string_view topic) {
    if (const auto found = ids_.find(std::string(topic)); found != ids_.end()) return &found->second;
    TRY(const int count, partitions(topic));
    const std::string log = to_.topic(topic);
    TRY(const Offsets end, ends(log, count));
    TRY(Offsets from, firsts(log, count));
    for (auto& [partition, offset] : from) offset = std::max(offset, end.at(partition) - options_.ids_remembered);
    KnownIds known;
    TRY_VOID(read(log, from, end, [&](const rd_kafka_message_t& message) {
        const auto event = event_of(message);
        if (!event) return true;  // whoever reads it says so
        known.add(event->id, {message.partition, message.offset + 1}, options_.ids_remembered);
        return true;
    }));
    return &(ids_[std::string(topic)] = std::move(known));
}

}  // namespace aitrading::engines::kafka

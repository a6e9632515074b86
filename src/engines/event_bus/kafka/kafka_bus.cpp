#include "engines/event_bus/kafka/kafka_bus.hpp"

#include <algorithm>

#include "engines/event_bus/kafka/publisher.hpp"
#include "engines/event_bus/kafka/subscription.hpp"

namespace aitrading::engines {
namespace kafka {

std::string pack_letter(const ports::DeadLetter& letter);
ports::DeadLetter unpack_letter(std::string_view bytes);

class KafkaBus final : public ports::EventBus {
  public:
    KafkaBus(std::unique_ptr<Cluster> cluster, std::unique_ptr<Publisher> publisher) : cluster_(std::move(cluster)), publisher_(std::move(publisher)) {}
    void cut() { cluster_->cut = true; }

    ports::BusPromises promises() const override {
        return {.offsets_without_gaps = false, .ids_remembered = cluster_->options().ids_remembered, .retention_reads_all = true, .changes_of_members_at_once = false};
    }

    Result<void> create_topic(std::string_view name, ports::TopicOptions options) override {
        TRY_VOID(ports::check_bus_name("topic", name));
        if (options.partitions < 1 || options.partitions > ports::partitions_max)
            return fail(ErrorCode::usage, "a topic has 1 to " + std::to_string(ports::partitions_max) + " partitions");
        return cluster_->create_topic(name, options.partitions);
    }
    Result<std::vector<std::string>> topics() override { return cluster_->topics(); }

    Result<void> publish(std::string_view topic, std::vector<Event> events, ports::Acknowledge done, std::chrono::milliseconds wait_for_room) override {
        return publisher_->submit(topic, std::move(events), std::move(done), wait_for_room);
    }

    Result<std::unique_ptr<ports::Subscription>> subscribe(std::string_view topic, std::string_view group, ports::SubscribeOptions options) override {
        TRY_VOID(ports::check_bus_name("group", group));
        if (options.attempts_max < 1) return fail(ErrorCode::usage, "attempts_max is at least 1");
        TRY([[maybe_unused]] const int partitions, cluster_->partitions(topic));
        TRY(auto member, KafkaSubscription::join(*cluster_, {std::string(topic), std::string(group)}, options));
        return member;
    }

    Result<std::vector<ports::Delivery>> read(std::string_view topic, ports::Position from, const ports::PollLimits& limits) override {
        TRY_VOID(ports::check_poll(limits));
        if (from.offset < 1) return fail(ErrorCode::usage, "offsets begin at 1");
        TRY(const int partitions, cluster_->partitions(topic));
        const int p = from.partition;
        if (p < 0 || p >= partitions) return fail(ErrorCode::not_found, "topic '" + std::string(topic) + "' has no partition " + std::to_string(p));
        const std::string log = cluster_->to().topic(topic);
        TRY(const Offsets firsts, cluster_->firsts(log, partitions));
        if (from.offset <= firsts.at(p))
            return fail(ErrorCode::not_found, "topic '" + std::string(topic) + "', partition " + std::to_string(p) + ": offset " + std::to_string(from.offset) +
                                                  " was removed; the first that is left is " + std::to_string(firsts.at(p) + 1));
        TRY(const Offsets ends, cluster_->ends(log, partitions));
        std::vector<ports::Delivery> out;
        std::size_t bytes = 0;
        Result<void> sound;
        TRY_VOID(cluster_->read(log, {{p, from.offset - 1}}, {{p, ends.at(p)}}, [&](const rd_kafka_message_t& message) {
            auto event = event_of(message);
            if (!event) {
                sound = std::unexpected(event.error());
                return false;
            }
            bytes += size_bytes(*event);
            if (!out.empty() && bytes > limits.bytes_max) return false;
            out.push_back({std::move(*event), {p, message.offset + 1}, 1});
            return static_cast<int>(out.size()) < limits.events_max;
        }));
        TRY_VOID(std::move(sound));
        return out;
    }

    Result<std::vector<std::int64_t>> ends(std::string_view topic) override {
        TRY(const int partitions, cluster_->partitions(topic));
        TRY(const Offsets ends, cluster_->ends(cluster_->to().topic(topic), partitions));
        return in_order(ends);
    }
    Result<std::vector<std::int64_t>> firsts(std::string_view topic) override {
        TRY(const int partitions, cluster_->partitions(topic));
        TRY(const Offsets firsts, cluster_->firsts(cluster_->to().topic(topic), partitions));
        std::vector<std::int64_t> out = in_order(firsts);
        for (std::int64_t& first : out) ++first;  // the port counts from 1
        return out;
    }
    Result<std::vector<std::string>> groups(std::string_view topic) override {
        TRY([[maybe_unused]] const int partitions, cluster_->partitions(topic));
        TRY(std::vector<std::string> names, cluster_->groups(topic));
        std::ranges::sort(names);
        return names;
    }
    Result<std::vector<std::int64_t>> committed(std::string_view topic, std::string_view group) override {
        TRY(const Offsets offsets, cluster_->committed({std::string(topic), std::string(group)}));
        return in_order(offsets);
    }

    Result<void> start_over(std::string_view topic, std::string_view group) override {
        const GroupName name{topic, group};
        TRY([[maybe_unused]] const Offsets known, cluster_->committed(name));
        TRY(const int partitions, cluster_->partitions(topic));
        GroupView view;
        TRY_VOID(cluster_->catch_up(name, view));
        std::vector<std::string> drop;
        for (const auto& [entry, value] : view.entries)
            if (entry != "g") drop.push_back(entry);
        TRY(const Offsets firsts, cluster_->firsts(cluster_->to().topic(topic), partitions));
        return cluster_->write_as_outsider(name, firsts, drop, false);
    }

    Result<std::vector<ports::DeadLetter>> dead_letters(std::string_view topic, std::string_view group) override {
        const GroupName name{topic, group};
        TRY([[maybe_unused]] const Offsets known, cluster_->committed(name));
        GroupView view;
        TRY_VOID(cluster_->catch_up(name, view));
        std::vector<std::pair<std::int64_t, ports::DeadLetter>> found;
        for (const auto& [entry, value] : view.entries)
            if (entry.starts_with('d')) found.emplace_back(value.written, unpack_letter(value.value));
        std::ranges::sort(found, {}, [](const auto& letter) { return letter.first; });
        std::vector<ports::DeadLetter> out;
        out.reserve(found.size());
        for (auto& [written, letter] : found) out.push_back(std::move(letter));
        return out;
    }

    Result<std::int64_t> retain(std::string_view topic, const ports::RetentionRule& rule) override;
    Result<void> health() override { return publisher_->health(); }

  private:
    static std::vector<std::int64_t> in_order(const Offsets& offsets) {
        std::vector<std::int64_t> out;
        out.reserve(offsets.size());
        for (const auto& [partition, offset] : offsets) out.push_back(offset);
        return out;
    }
    struct Removal {
        std::int64_t count = 0, before = 0;
    };
    Result<Removal> removal(const std::string& log, int partition, std::int64_t first, std::int64_t end, std::int64_t bound, const ports::RetentionRule& rule);

    std::unique_ptr<Cluster> cluster_;
    std::unique_ptr<Publisher> publisher_;
};

Result<KafkaBus::Removal> KafkaBus::removal(const std::string& log, int partition, std::int64_t first, std::int64_t end, std::int64_t bound,
                                            const ports::RetentionRule& rule) {
    // Events are counted by reading them: offsets are shared with the marks of transactions and do not tell.
    std::int64_t events = 0, young_from = -1;
    std::vector<std::int64_t> committed;  // offsets, of what may go
    TRY_VOID(cluster_->read(log, {{partition, first}}, {{partition, end}}, [&](const rd_kafka_message_t& message) {
        ++events;
        if (message.offset >= bound) return rule.events_max.has_value();  // what follows only counts
        const auto event = event_of(message);
        if (young_from < 0 && rule.newer_than && event && event->time >= *rule.newer_than) young_from = static_cast<std::int64_t>(committed.size());
        committed.push_back(message.offset);
        return true;
    }));
    std::int64_t go = 0;
    const auto may = static_cast<std::int64_t>(committed.size());
    if (rule.newer_than) go = young_from < 0 ? may : young_from;
    if (rule.events_max) go = std::max(go, std::min(may, events - *rule.events_max));
    go = std::min(go, rule.removed_max);
    if (go <= 0) return Removal{};
    return Removal{go, committed[static_cast<std::size_t>(go - 1)] + 1};
}

Result<std::int64_t> KafkaBus::retain(std::string_view topic, const ports::RetentionRule& rule) {
    TRY(const int partitions, cluster_->partitions(topic));
    const std::string log = cluster_->to().topic(topic);
    TRY(const Offsets firsts, cluster_->firsts(log, partitions));
    TRY(const Offsets ends, cluster_->ends(log, partitions));
    Offsets bounds = ends;
    TRY(const auto groups, cluster_->groups(topic));
    for (const std::string& group : groups) {
        TRY(const Offsets committed, cluster_->committed({std::string(topic), group}));
        for (const auto& [partition, offset] : committed) bounds[partition] = std::min(bounds[partition], offset);
        GroupView kept;
        TRY_VOID(cluster_->catch_up({std::string(topic), group}, kept));
        if (const auto snapshot = kept.snapshot(partitions))
            for (const ports::Position& p : snapshot->positions) bounds[p.partition] = std::min(bounds[p.partition], p.offset);
    }
    Offsets before;
    std::int64_t gone = 0;
    for (int p = 0; p < partitions; ++p) {
        // Offsets count at least the events: what is not too much by them needs no reading.
        if (!rule.newer_than && rule.events_max && ends.at(p) - firsts.at(p) <= *rule.events_max) continue;
        TRY(const Removal some, removal(log, p, firsts.at(p), ends.at(p), bounds.at(p), rule));
        if (some.count > 0) before[p] = some.before;
        gone += some.count;
    }
    if (!before.empty()) TRY_VOID(cluster_->admin().remove_before(log, before));
    return gone;
}

}  // namespace kafka

Result<std::unique_ptr<ports::EventBus>> open_kafka_bus(const KafkaOptions& options) {
    TRY_VOID(ports::check_bus_name("prefix", options.prefix));
    TRY_VOID(ports::check_bus_name("writer", options.writer));
    TRY(auto cluster, kafka::Cluster::open(options));
    TRY(auto publisher, kafka::Publisher::open(*cluster));
    return std::make_unique<kafka::KafkaBus>(std::move(cluster), std::move(publisher));
}

void cut_kafka_bus(std::unique_ptr<ports::EventBus> bus) {
    if (auto* kafka_bus = dynamic_cast<kafka::KafkaBus*>(bus.get())) kafka_bus->cut();
}

}  // namespace aitrading::engines

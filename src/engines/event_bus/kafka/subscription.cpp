#include "engines/event_bus/kafka/subscription.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace aitrading::engines::kafka {
namespace {

using Clock = std::chrono::steady_clock;

Error changed() { return {ErrorCode::failed, "members of the group came or went since the poll: nothing was done, poll again", true}; }

std::unexpected<Error> usage_at(ports::Position p, std::string_view what) {
    return fail(ErrorCode::usage, "partition " + std::to_string(p.partition) + ", offset " + std::to_string(p.offset) + ": " + std::string(what));
}

std::string attempts_entry(int partition) { return "a" + std::to_string(partition); }

}  // namespace

std::string pack_letter(const ports::DeadLetter& letter) {
    ByteWriter out;
    out.put(letter.position.partition);
    out.put(letter.position.offset);
    out.put(letter.attempts);
    out.put(letter.time.value);
    for (const std::string* text : {&letter.reason, &letter.event.type, &letter.event.source, &letter.event.subject, &letter.event.tenant, &letter.event.data})
        out.put_text(*text);
    out.put_text(letter.event.id.text());
    out.put(letter.event.time.value);
    out.put_text(letter.event.trace ? letter.event.trace->traceparent() : "");
    return out.bytes();
}

ports::DeadLetter unpack_letter(std::string_view bytes) {
    ByteReader in(bytes);
    ports::DeadLetter out;
    out.position.partition = in.get<int>();
    out.position.offset = in.get<std::int64_t>();
    out.attempts = in.get<int>();
    out.time.value = in.get<std::int64_t>();
    for (std::string* text : {&out.reason, &out.event.type, &out.event.source, &out.event.subject, &out.event.tenant, &out.event.data}) *text = in.get_text();
    if (const auto id = parse_uuid(in.get_text())) out.event.id = *id;
    out.event.time.value = in.get<std::int64_t>();
    if (const auto trace = parse_traceparent(in.get_text())) out.event.trace = *trace;
    return out;
}

KafkaSubscription::KafkaSubscription(Cluster& cluster, GroupName name, ports::SubscribeOptions options)
    : cluster_(cluster), name_(std::move(name)), options_(options), log_(cluster.to().topic(name_.first)) {}

Result<std::unique_ptr<KafkaSubscription>> KafkaSubscription::join(Cluster& cluster, GroupName name, ports::SubscribeOptions options) {
    std::unique_ptr<KafkaSubscription> out(new KafkaSubscription(cluster, std::move(name), options));
    TRY(out->partitions_, cluster.partitions(out->name_.first));
    if (const auto there = cluster.committed(out->name_); !there) {
        if (there.error().code != ErrorCode::not_found) return std::unexpected(there.error());
        // Where it begins is written down at once: whenever somebody comes, it is the same.
        const bool first = options.start == ports::SubscribeOptions::Start::earliest;
        TRY(const Offsets start, first ? cluster.firsts(out->log_, out->partitions_) : cluster.ends(out->log_, out->partitions_));
        const auto founded = cluster.write_as_outsider(out->name_, start, {}, true);
        if (!founded && !cluster.committed(out->name_)) return std::unexpected(founded.error());  // else somebody was faster
    }
    TRY(out->reader_, LogReader::open(cluster.to()));
    TRY(out->member_, GroupMember::join(cluster.to(), cluster.to().group(out->name_.first, out->name_.second), out->log_));
    return out;
}

KafkaSubscription::~KafkaSubscription() {
    if (!cluster_.cut) return;
    if (member_ != nullptr) member_->cut();
    if (writer_ != nullptr) writer_->cut();
}

Result<void> KafkaSubscription::take_share(Millis wait) {
    const GroupMember::Share share = member_->share(wait);
    if (!share.settled) return {};
    if (share.generation != generation_) {
        committed_.clear();
        for (const int p : share.partitions) committed_[p] = 0;
        generation_ = share.generation;
        seek_ = true;
    }
    return seek_ ? seek_committed() : Result<void>{};
}

Result<void> KafkaSubscription::seek_committed() {
    TRY(const Offsets all, cluster_.committed(name_));
    TRY(const Offsets firsts, cluster_.firsts(log_, partitions_));
    TRY_VOID(cluster_.catch_up(name_, view_));  // attempts
    Offsets from;
    for (auto& [partition, offset] : committed_) {
        const auto found = all.find(partition);
        offset = found == all.end() ? 0 : found->second;
        from[partition] = std::max(offset, firsts.at(partition));
    }
    polled_ = committed_;
    TRY_VOID(reader_->seek(log_, from));
    seek_ = false;
    return {};
}

int KafkaSubscription::attempts(int partition) const {
    const auto found = view_.entries.find(attempts_entry(partition));
    if (found == view_.entries.end()) return 0;
    ByteReader in(found->second.value);
    const auto committed = in.get<std::int64_t>();
    const auto count = in.get<int>();
    return committed == committed_.at(partition) ? count : 0;
}

Result<void> KafkaSubscription::take(Message message, const ports::PollLimits& limits, Deliveries& out) {
    TRY(Event event, event_of(*message));
    const std::size_t bytes = size_bytes(event);
    if (!out.events.empty() && out.bytes + bytes > limits.bytes_max) {
        reader_->put_back(std::move(message));
        out.full = true;
        return {};
    }
    const int p = message->partition;
    const bool first_open = polled_[p] == committed_[p];
    out.bytes += bytes;
    out.events.push_back({std::move(event), {p, message->offset + 1}, first_open ? attempts(p) + 1 : 1});
    polled_[p] = message->offset + 1;
    out.full = static_cast<int>(out.events.size()) >= limits.events_max || out.bytes >= limits.bytes_max;
    return {};
}

Result<void> KafkaSubscription::gather(const ports::PollLimits& limits, Deliveries& out) {
    const auto deadline = Clock::now() + limits.wait, patience = Clock::now() + cluster_.to().patience;
    std::optional<Offsets> ends;  // as of this poll; asked for once it seems that nothing more is there
    while (!out.full) {
        TRY(Message message, reader_->next(Millis(ends ? 5 : 0)));
        if (message != nullptr) {
            TRY_VOID(take(std::move(message), limits, out));
            continue;
        }
        if (!ends) {
            TRY(ends, cluster_.ends(log_, partitions_, *reader_));
            continue;
        }
        if (!reader_->reached(*ends)) {
            if (Clock::now() > patience) return fail(ErrorCode::failed, "kafka: " + log_ + " does not come; is the broker there?", true);
            continue;
        }
        if (!out.events.empty() || Clock::now() >= deadline || !member_->share(Millis(0)).settled) return {};
        if (member_->share(Millis(0)).generation != generation_) return {};
        const auto left = std::chrono::ceil<Millis>(deadline - Clock::now());
        TRY(Message late, reader_->next(std::min(left, Millis(100))));
        if (late == nullptr) continue;
        TRY_VOID(take(std::move(late), limits, out));
        while (!out.full) {
            TRY(Message more, reader_->next(Millis(0)));
            if (more == nullptr) return {};
            TRY_VOID(take(std::move(more), limits, out));
        }
    }
    return {};
}

Result<std::vector<ports::Delivery>> KafkaSubscription::poll(const ports::PollLimits& limits) {
    TRY_VOID(ports::check_poll(limits));
    // A group that shares anew is waited for: what was there for this member would else seem to be gone.
    TRY_VOID(take_share(std::max(limits.wait, Millis(10'000))));
    Deliveries out;
    TRY_VOID(gather(limits, out));
    return std::move(out.events);
}

Result<void> KafkaSubscription::check_polled(const std::vector<ports::Position>& positions) const {
    std::set<int> named;
    for (const ports::Position& p : positions) {
        if (p.partition < 0 || p.partition >= partitions_) return usage_at(p, "the topic has no such partition");
        if (!named.insert(p.partition).second) return usage_at(p, "the partition is named twice");
        const auto polled = polled_.find(p.partition);
        if (polled == polled_.end() || p.offset > polled->second) return usage_at(p, "was not polled since the last rewind");
        if (p.offset <= committed_.at(p.partition)) return usage_at(p, "is committed already");
    }
    return {};
}

Result<void> KafkaSubscription::check_share() {
    const GroupMember::Share share = member_->share(Millis(0));
    if (share.settled && share.generation == generation_) return {};
    return std::unexpected(changed());
}

Result<void> KafkaSubscription::commit(const ports::Commit& step) {
    const auto held = member_->hold();
    TRY_VOID(check_share());
    TRY_VOID(check_polled(step.up_to));
    Writes writes;
    for (const auto& produced : step.produced) {
        TRY_VOID(check_event(produced.event));
        TRY_VOID(cluster_.partitions(produced.topic));
    }
    writes.produced = step.produced;
    for (const auto& [key, value] : step.state) writes.entries.emplace_back("k" + key, value);
    if (step.snapshot) {
        Offsets at;
        TRY(at, cluster_.committed(name_));
        for (const ports::Position& p : step.up_to) at[p.partition] = p.offset;
        ByteWriter bytes;
        bytes.put_text(*step.snapshot);
        for (const auto& [partition, offset] : at) {
            bytes.put(partition);
            bytes.put(offset);
        }
        writes.entries.emplace_back("s", bytes.bytes());
    }
    return write(step.up_to, writes);
}

Result<void> KafkaSubscription::leave_out_known(Writes& writes) {
    std::set<std::pair<std::string, Uuid>> fresh;
    std::vector<ports::Commit::Produced> left;
    for (auto& produced : writes.produced) {
        TRY(const KnownIds* known, cluster_.ids(produced.topic));
        if (!known->places.contains(produced.event.id) && fresh.emplace(produced.topic, produced.event.id).second) left.push_back(std::move(produced));
    }
    writes.produced = std::move(left);
    return {};
}

Result<void> KafkaSubscription::fill(const std::vector<ports::Position>& up_to, Writes& writes) {
    writes.entry_places.assign(writes.entries.size(), -1);
    writes.produced_places.assign(writes.produced.size(), -1);
    for (std::size_t i = 0; i < writes.entries.size(); ++i) {
        const auto& [entry, value] = writes.entries[i];
        TRY_VOID(writer_->add(cluster_.to().book(), cluster_.book_partition(name_), Cluster::book_key(name_, entry), value, &writes.entry_places[i]));
    }
    for (std::size_t i = 0; i < writes.produced.size(); ++i) {
        const auto& [topic, event] = writes.produced[i];
        TRY(const int count, cluster_.partitions(topic));
        TRY_VOID(writer_->add(cluster_.to().topic(topic), partition_of(event.subject, count), event, &writes.produced_places[i]));
    }
    // Also without new offsets: it is the offsets that the group's generation fences.
    Offsets offsets = up_to.empty() ? committed_ : Offsets{};
    for (const ports::Position& p : up_to) offsets[p.partition] = p.offset;
    if (offsets.empty()) return {};
    auto* group = member_->metadata();
    auto sent = writer_->add_offsets(log_, offsets, group);
    rd_kafka_consumer_group_metadata_destroy(group);
    return sent;
}

Result<void> KafkaSubscription::write(const std::vector<ports::Position>& up_to, Writes& writes) {
    if (up_to.empty() && writes.entries.empty() && writes.produced.empty()) return {};
    if (writer_ == nullptr || writer_->broken()) {
        TRY(writer_, Transactor::open(cluster_.to(), cluster_.to().prefix + ".member." + random_word()));
    }
    std::unique_lock ids(cluster_.ids_mutex, std::defer_lock);
    if (!writes.produced.empty()) {
        ids.lock();
        TRY_VOID(leave_out_known(writes));
    }
    TRY_VOID(writer_->begin());
    auto done = fill(up_to, writes);
    if (done) done = writer_->commit();
    else writer_->abort();
    if (!done) {
        seek_ = true;  // what came of it the cluster knows
        for (const auto& produced : writes.produced) cluster_.forget_ids(produced.topic);
        return std::unexpected(Error{ErrorCode::failed, done.error().text + "; poll again", true});
    }
    remember(writes);
    for (const ports::Position& p : up_to) committed_[p.partition] = p.offset;
    return {};
}

void KafkaSubscription::remember(const Writes& writes) {
    for (const std::int64_t place : writes.entry_places)
        if (place >= 0) cluster_.acknowledged(cluster_.to().book(), cluster_.book_partition(name_), place);
    for (std::size_t i = 0; i < writes.produced.size(); ++i) {
        const auto& [topic, event] = writes.produced[i];
        const auto count = cluster_.partitions(topic);
        auto known = cluster_.ids(topic);
        if (!count || !known || writes.produced_places[i] < 0) continue;
        const int partition = partition_of(event.subject, *count);
        (*known)->add(event.id, {partition, writes.produced_places[i] + 1}, cluster_.options().ids_remembered);
        cluster_.acknowledged(cluster_.to().topic(topic), partition, writes.produced_places[i]);
    }
}

Result<ports::Rejected> KafkaSubscription::reject(ports::Position position, std::string_view reason, UnixNanos now) {
    const auto held = member_->hold();
    TRY_VOID(check_share());
    TRY_VOID(check_polled({position}));
    // The first event behind what is committed, wherever it lies: marks of transactions take offsets too.
    std::optional<ports::DeadLetter> letter;
    const int p = position.partition;
    TRY_VOID(cluster_.read(log_, {{p, committed_.at(p)}}, {{p, position.offset}}, [&](const rd_kafka_message_t& message) {
        if (auto event = event_of(message)) letter = ports::DeadLetter{std::move(*event), {p, message.offset + 1}, 0, std::string(reason), now};
        return false;
    }));
    if (!letter || letter->position != position) return usage_at(position, "what lies before it must be committed first");
    letter->attempts = attempts(p) + 1;
    Writes writes;
    const bool dead = letter->attempts >= options_.attempts_max;
    if (dead) {
        writes.entries.emplace_back("d" + std::to_string(p) + ":" + std::to_string(position.offset), pack_letter(*letter));
    } else {
        ByteWriter count;
        count.put(committed_.at(p));
        count.put(letter->attempts);
        writes.entries.emplace_back(attempts_entry(p), count.bytes());
    }
    TRY_VOID(write(dead ? std::vector{position} : std::vector<ports::Position>{}, writes));
    seek_ = true;
    return dead ? ports::Rejected::dead : ports::Rejected::again;
}

void KafkaSubscription::rewind() {
    seek_ = true;
    polled_ = committed_;
}

Result<std::optional<std::string>> KafkaSubscription::state(std::string_view key) {
    TRY_VOID(cluster_.catch_up(name_, view_));
    const auto found = view_.entries.find("k" + std::string(key));
    if (found == view_.entries.end()) return std::nullopt;
    return found->second.value;
}

Result<std::optional<ports::Snapshot>> KafkaSubscription::snapshot() {
    TRY_VOID(cluster_.catch_up(name_, view_));
    return view_.snapshot(partitions_);
}

}  // namespace aitrading::engines::kafka

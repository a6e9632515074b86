#include <algorithm>
#include <atomic>
#include <set>

#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

std::string events_come_back_as_they_were_published(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::vector<Event> sent = counter.some(40);
    sent[3].data = std::string("\0\xff bytes \n", 10);
    sent[4].data.clear();
    sent[5].subject = "s0/\xc3\xa4 with spaces";
    const auto receipts = b.bus->publish_and_wait("t", sent);
    AIT_OK(receipts);
    AIT_EXPECT(receipts->size() == sent.size(), "a receipt for each event");
    const auto all = all_of(*b.bus, "t");
    AIT_OK(all);
    AIT_EXPECT(all->size() == sent.size(), "every event is there once");
    for (std::size_t i = 0; i < sent.size(); ++i) {
        AIT_EXPECT(!(*receipts)[i].duplicate, "nothing was there before");
        const auto found = std::ranges::find((*all), (*receipts)[i].position, &Delivery::position);
        AIT_EXPECT(found != all->end(), "each receipt names a position that can be read");
        AIT_EXPECT(found->event == sent[i], "the event at a receipt's position is the one published");
        AIT_EXPECT(found->position.partition == partition_of(sent[i].subject, 4), "a subject lies in its partition");
    }
    return {};
}

std::string a_subject_keeps_its_order_and_offsets_rise(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    for (int i = 0; i < 30; ++i) AIT_OK(b.bus->publish_and_wait("t", counter.some(7, 3)));
    const auto all = all_of(*b.bus, "t");
    AIT_OK(all);
    AIT_EXPECT(all->size() == 210, "every event is there once");
    AIT_EXPECT(disorder(*all).empty(), disorder(*all));
    std::vector<std::int64_t> next(4, 1);
    for (const Delivery& d : *all) {
        std::int64_t& due = next[static_cast<std::size_t>(d.position.partition)];
        AIT_EXPECT(d.position.offset >= due, "offsets rise");
        AIT_EXPECT(d.position.offset == due || !b.bus->promises().offsets_without_gaps, "offsets count 1, 2, 3");
        due = d.position.offset + 1;
    }
    return {};
}

std::string an_id_has_one_effect(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    const std::vector<Event> sent = counter.some(10);
    const auto first = b.bus->publish_and_wait("t", sent);
    AIT_OK(first);
    for (int round = 0; round < 2; ++round) {
        std::vector<Event> again = sent;
        again.push_back(sent.front());
        const auto second = b.bus->publish_and_wait("t", again);
        AIT_OK(second);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            AIT_EXPECT((*second)[i].duplicate, "a repeated id is called a duplicate");
            AIT_EXPECT((*second)[i].position == (*first)[i].position, "a duplicate's receipt names the first one's place");
        }
        AIT_EXPECT(all_of(*b.bus, "t").value().size() == sent.size(), "a repeated id is stored once");
        b.reopen();
        AIT_EXPECT(b.broken.empty(), b.broken);
    }
    std::vector<Event> twins{counter.next("s0"), counter.next("s0")};
    twins[1] = twins[0];
    const auto both = b.bus->publish_and_wait("t", twins);
    AIT_OK(both);
    AIT_EXPECT(!(*both)[0].duplicate && (*both)[1].duplicate, "twins of one publication count once");
    return {};
}

std::string wrong_publications_are_refused_as_a_whole(const MakeGround& make) {
    Bench b(make, {.pending_events_max = 100, .pending_bytes_max = 100'000});
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::vector<Event> events = counter.some(3);
    events[2].subject.clear();
    AIT_EXPECT(code_of(b.bus->publish_and_wait("t", events)) == ErrorCode::bad_input, "an event without a subject");
    AIT_EXPECT(code_of(b.bus->publish_and_wait("nowhere", counter.some(1))) == ErrorCode::not_found, "an unknown topic");
    AIT_EXPECT(code_of(b.bus->publish_and_wait("t", counter.some(101))) == ErrorCode::usage, "more events than the bus holds");
    std::vector<Event> large = counter.some(1);
    large[0].data.resize(100'000);
    AIT_EXPECT(code_of(b.bus->publish_and_wait("t", large)) == ErrorCode::usage, "more bytes than the bus holds");
    AIT_EXPECT(code_of(b.bus->create_topic("Wrong Name", {})) == ErrorCode::usage, "a topic's wrong name");
    AIT_EXPECT(code_of(b.bus->create_topic("many", {65})) == ErrorCode::usage, "too many partitions");
    AIT_EXPECT(code_of(b.bus->create_topic("t", {8})) == ErrorCode::usage, "another number of partitions");
    AIT_OK(b.bus->create_topic("t", {4}));
    AIT_EXPECT(all_of(*b.bus, "t").value().empty(), "nothing of a refused publication is stored");
    AIT_OK(b.bus->publish_and_wait("t", {}));
    AIT_OK(b.bus->health());
    return {};
}

std::string what_is_pending_stays_within_its_bound(const MakeGround& make) {
    constexpr int bound = 50;
    Bench b(make, {.pending_events_max = bound});
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::atomic<int> acknowledged{0}, failed{0};
    int accepted = 0, most = 0;
    for (int i = 0; i < 3'000; ++i) {
        std::vector<Event> one{counter.next("s" + std::to_string(i % 5))};
        const auto taken = b.bus->publish("t", std::move(one), [&](const auto& receipts) {
            if (!receipts) ++failed;
            ++acknowledged;
        }, std::chrono::seconds(30));
        AIT_OK(taken);
        most = std::max(most, ++accepted - acknowledged.load());
    }
    // Whatever is published last waits for room behind the others, and is acknowledged after them.
    AIT_OK(b.bus->publish_and_wait("t", {counter.next("s0")}));
    AIT_EXPECT(most <= bound, "accepted without acknowledgement: " + std::to_string(most) + " of at most " + std::to_string(bound));
    AIT_EXPECT(acknowledged == accepted && failed == 0, "each publication is acknowledged once, in order");
    AIT_EXPECT(disorder(all_of(*b.bus, "t").value()).empty(), "waiting for room keeps the order");
    return {};
}

}  // namespace

std::vector<Check> publishing_checks() {
    return {{"events_come_back_as_they_were_published", events_come_back_as_they_were_published},
            {"a_subject_keeps_its_order_and_offsets_rise", a_subject_keeps_its_order_and_offsets_rise},
            {"an_id_has_one_effect", an_id_has_one_effect},
            {"wrong_publications_are_refused_as_a_whole", wrong_publications_are_refused_as_a_whole},
            {"what_is_pending_stays_within_its_bound", what_is_pending_stays_within_its_bound}};
}

std::vector<Check> checks() {
    std::vector<Check> all;
    for (const auto& part : {publishing_checks(), group_checks(), keeping_checks(), concurrency_checks()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace aitrading::ports::conformance

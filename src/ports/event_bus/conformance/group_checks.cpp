#include <algorithm>
#include <set>

#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

std::string a_group_gets_each_event_once_and_goes_on_where_it_committed(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(100)));
    std::vector<Delivery> seen;
    for (int round = 0; round < 3; ++round) {
        auto member = b.bus->subscribe("t", "g", {});
        AIT_OK(member);
        for (int polls = 0; polls < 4; ++polls) {
            const auto some = (*member)->poll({.events_max = 10});
            AIT_OK(some);
            AIT_EXPECT(some->size() <= 10, "a poll keeps to its bound");
            AIT_OK((*member)->commit({.up_to = last_of(*some)}));
            seen.insert(seen.end(), some->begin(), some->end());
        }
        AIT_OK((*member)->poll({.events_max = 7}));  // polled, not committed: comes again
        member->reset();
        b.reopen();
        AIT_EXPECT(b.broken.empty(), b.broken);
    }
    AIT_EXPECT(seen.size() == 100, "each event came once to be committed");
    AIT_EXPECT(disorder(seen).empty(), disorder(seen));
    const auto committed = caught_up(*b.bus, "t", "g");
    AIT_OK(committed);
    AIT_EXPECT(*committed, "everything is committed");
    AIT_EXPECT(drain(**b.bus->subscribe("t", "g", {})).value().empty(), "nothing comes after a commit of everything");
    return {};
}

std::string polls_keep_their_bounds(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::vector<Event> events = counter.some(60);
    for (Event& event : events) event.data.append(1'000, 'x');
    AIT_OK(b.bus->publish_and_wait("t", events));
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    for (const int bound : {1, 3, 8}) {
        const auto some = (*member)->poll({.events_max = bound});
        AIT_OK(some);
        AIT_EXPECT(static_cast<int>(some->size()) == bound, "what is there comes, within the bound");
    }
    const auto few = (*member)->poll({.events_max = 1'000, .bytes_max = 5'000});
    AIT_OK(few);
    AIT_EXPECT(!few->empty() && few->size() <= 5, "a poll keeps to its bound of bytes");
    const auto one = (*member)->poll({.events_max = 1'000, .bytes_max = 10});
    AIT_OK(one);
    AIT_EXPECT(one->size() == 1, "one event always passes");
    AIT_EXPECT(code_of((*member)->poll({.events_max = 0})) == ErrorCode::usage, "a poll of nothing");
    const auto some = b.bus->read("t", {partition_of("s0", 4), 1}, {.events_max = 2});
    AIT_OK(some);
    AIT_EXPECT(some->size() == 2, "a read keeps to its bound");
    return {};
}

std::string members_share_partitions_and_take_over(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(200, 40)));
    auto first = b.bus->subscribe("t", "g", {});
    AIT_OK(first);
    const auto early = (*first)->poll({.events_max = 200});
    AIT_OK(early);
    AIT_EXPECT((*first)->alone(), "the only member has every partition");
    auto second = b.bus->subscribe("t", "g", {});
    AIT_OK(second);
    const auto late = (*first)->commit({.up_to = last_of(*early)});
    AIT_EXPECT(!late && late.error().retry_helps, "a commit across a change of members is refused");
    std::vector<Delivery> one = drain(**first).value(), two = drain(**second).value();
    AIT_EXPECT(!one.empty() && !two.empty() && one.size() + two.size() == 200, "members share the events");
    AIT_EXPECT(!(*first)->alone() && !(*second)->alone(), "and know that they do");
    std::set<int> partitions;
    for (const Delivery& d : one) partitions.insert(d.position.partition);
    for (const Delivery& d : two) AIT_EXPECT(!partitions.contains(d.position.partition), "a partition has one member");
    AIT_OK((*first)->commit({.up_to = last_of(one)}));
    second->reset();  // leaves without a commit
    const bool at_once = b.bus->promises().changes_of_members_at_once;
    const std::vector<Delivery> rest = (at_once ? drain(**first) : drain_at_least(**first, two.size())).value();
    AIT_EXPECT(rest.size() == two.size(), "what a member left uncommitted goes to the others");
    AIT_EXPECT((*first)->alone(), "and the last one knows that too");
    auto other = b.bus->subscribe("t", "other", {});
    AIT_OK(other);
    AIT_EXPECT(drain(**other).value().size() == 200, "groups do not share");
    return {};
}

std::string commits_only_go_forward_over_what_was_polled(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(10, 1)));
    const int p = partition_of("s0", 4);
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto five = (*member)->poll({.events_max = 5});
    AIT_OK(five);
    AIT_EXPECT(five->size() == 5, "what is there comes");
    const auto at = [&](std::size_t i) { return (*five)[i].position; };
    AIT_EXPECT(code_of((*member)->commit({.up_to = {{p, at(4).offset + 1}}})) == ErrorCode::usage, "not polled yet");
    AIT_EXPECT(code_of((*member)->commit({.up_to = {at(2), at(3)}})) == ErrorCode::usage, "a partition named twice");
    AIT_OK((*member)->commit({.up_to = {at(3)}}));
    AIT_EXPECT(code_of((*member)->commit({.up_to = {at(3)}})) == ErrorCode::usage, "committed already");
    AIT_EXPECT(code_of((*member)->commit({.up_to = {{9, 1}}})) == ErrorCode::usage, "no such partition");
    (*member)->rewind();
    AIT_EXPECT(code_of((*member)->commit({.up_to = {at(4)}})) == ErrorCode::usage, "not polled since the rewind");
    const auto rest = (*member)->poll({});
    AIT_OK(rest);
    AIT_EXPECT(rest->size() == 6 && rest->front().position == at(4), "a rewind goes back to what is committed");
    return {};
}

std::string effect_and_offset_are_one_step(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_OK(b.bus->create_topic("out", {}));
    Counter counter, produced;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(20, 1)));
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto some = (*member)->poll({.events_max = 5});
    AIT_OK(some);
    Commit step{.up_to = last_of(*some), .state = {{"count", "5"}, {"gone", "x"}}, .produced = {{"out", produced.next("o")}}};
    AIT_OK((*member)->commit(step));
    AIT_EXPECT(!(*member)->commit(step), "the same step twice is refused");
    const auto more = (*member)->poll({.events_max = 5});
    AIT_OK(more);
    step = {.up_to = last_of(*more), .state = {{"count", "10"}, {"gone", std::nullopt}}, .produced = {{"nowhere", produced.next("o")}}};
    AIT_EXPECT(code_of((*member)->commit(step)) == ErrorCode::not_found, "an unknown topic");
    AIT_EXPECT((*member)->state("count").value() == "5", "a refused step leaves the state as it was");
    const Position fifth = some->back().position;
    AIT_EXPECT(b.bus->committed("t", "g").value()[static_cast<std::size_t>(fifth.partition)] == fifth.offset, "and the offset");
    AIT_EXPECT(all_of(*b.bus, "out").value().size() == 1, "and what it produces");
    step.produced[0].topic = "out";
    AIT_OK((*member)->commit(step));
    member->reset();
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    AIT_EXPECT((*member)->state("count").value() == "10", "state survives with its offset");
    AIT_EXPECT(!(*member)->state("gone").value(), "a removed key is gone");
    AIT_EXPECT(drain(**member).value().size() == 10, "after the committed offset it goes on");
    const auto out = all_of(*b.bus, "out");
    AIT_OK(out);
    AIT_EXPECT(out->size() == 2 && disorder(*out).empty(), "produced events are there once");
    return {};
}

std::string what_is_rejected_comes_again_and_dies_at_last(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(6, 1)));
    const SubscribeOptions options{.attempts_max = 3};
    auto member = b.bus->subscribe("t", "g", options);
    AIT_OK(member);
    const auto all = (*member)->poll({});
    AIT_OK(all);
    AIT_EXPECT(all->size() == 6, "what is there comes");
    const Position second = (*all)[1].position, third = (*all)[2].position;
    AIT_EXPECT(code_of((*member)->reject(second, "no", {1})) == ErrorCode::usage, "what lies before must be committed first");
    AIT_OK((*member)->commit({.up_to = {(*all)[0].position}}));
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const auto answer = (*member)->reject(second, "bad " + std::to_string(attempt), {attempt});
        AIT_OK(answer);
        AIT_EXPECT(*answer == (attempt == 3 ? Rejected::dead : Rejected::again), "it dies at the last attempt");
        const bool restarts = attempt == 1;
        if (restarts) {
            member->reset();
            b.cut();
            AIT_EXPECT(b.broken.empty(), b.broken);
            member = b.bus->subscribe("t", "g", options);
            AIT_OK(member);
        }
        const auto next = (*member)->poll({});
        AIT_OK(next);
        AIT_EXPECT(!next->empty() && next->front().position == (attempt == 3 ? third : second), "the first uncommitted comes next");
        AIT_EXPECT(next->front().attempt == (attempt == 3 ? 1 : attempt + 1), "attempts are counted, also over a restart");
        AIT_EXPECT(next->size() == (attempt == 3 ? 4U : 5U), "what follows comes with it");
    }
    AIT_OK((*member)->commit({.up_to = {(*all)[5].position}}));
    const auto dead = b.bus->dead_letters("t", "g");
    AIT_OK(dead);
    AIT_EXPECT(dead->size() == 1, "one dead letter");
    const DeadLetter& letter = dead->front();
    AIT_EXPECT(letter.event.data == "1" && letter.event.subject == "s0" && letter.position == second, "the event itself");
    AIT_EXPECT(letter.attempts == 3 && letter.reason == "bad 3" && letter.time == UnixNanos{3}, "how it died");
    return {};
}

std::string a_new_group_starts_where_it_says(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(10)));
    auto late = b.bus->subscribe("t", "late", {.start = SubscribeOptions::Start::latest});
    AIT_OK(late);
    AIT_EXPECT(drain(**late).value().empty(), "latest: nothing of what was there");
    AIT_OK(b.bus->publish_and_wait("t", counter.some(3)));
    const auto some = (*late)->poll({.wait = std::chrono::seconds(10)});
    AIT_OK(some);
    AIT_EXPECT(drain(**late).value().size() + some->size() == 3, "latest: what came since");
    late->reset();
    b.reopen();
    late = b.bus->subscribe("t", "late", {.start = SubscribeOptions::Start::latest});
    AIT_OK(late);
    AIT_EXPECT(drain(**late).value().size() == 3, "an old group goes on where it was");
    AIT_EXPECT(code_of(b.bus->subscribe("nowhere", "g", {})) == ErrorCode::not_found, "an unknown topic");
    AIT_EXPECT(code_of(b.bus->subscribe("t", "G!", {})) == ErrorCode::usage, "a wrong name");
    AIT_EXPECT(code_of(b.bus->subscribe("t", "g", {.attempts_max = 0})) == ErrorCode::usage, "no attempt");
    AIT_EXPECT(code_of(b.bus->committed("t", "unknown")) == ErrorCode::not_found, "an unknown group");
    return {};
}

}  // namespace

std::vector<Check> group_checks() {
    return {{"a_group_gets_each_event_once_and_goes_on_where_it_committed", a_group_gets_each_event_once_and_goes_on_where_it_committed},
            {"polls_keep_their_bounds", polls_keep_their_bounds},
            {"members_share_partitions_and_take_over", members_share_partitions_and_take_over},
            {"commits_only_go_forward_over_what_was_polled", commits_only_go_forward_over_what_was_polled},
            {"effect_and_offset_are_one_step", effect_and_offset_are_one_step},
            {"what_is_rejected_comes_again_and_dies_at_last", what_is_rejected_comes_again_and_dies_at_last},
            {"a_new_group_starts_where_it_says", a_new_group_starts_where_it_says}};
}

}  // namespace aitrading::ports::conformance

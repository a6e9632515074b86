#include <algorithm>

#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

std::string what_was_acknowledged_survives_a_restart(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::size_t published = 0;
    for (int round = 0; round < 4; ++round) {
        AIT_OK(b.bus->publish_and_wait("t", counter.some(25)));
        published += 25;
        b.reopen();
        AIT_EXPECT(b.broken.empty(), b.broken);
        const auto all = all_of(*b.bus, "t");
        AIT_OK(all);
        AIT_EXPECT(all->size() == published, "a restart loses nothing");
        AIT_EXPECT(disorder(*all).empty(), disorder(*all));
    }
    AIT_EXPECT(b.bus->topics().value() == std::vector<std::string>{"t"}, "topics are remembered");
    return {};
}

std::string what_was_acknowledged_survives_a_power_cut(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    std::size_t published = 0;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 5; ++i) AIT_OK(b.bus->publish_and_wait("t", counter.some(5)));
        published += 25;
        b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
        const auto all = all_of(*b.bus, "t");
        AIT_OK(all);
        AIT_EXPECT(all->size() == published, "a power cut loses nothing that was acknowledged");
        AIT_EXPECT(disorder(*all).empty(), disorder(*all));
    }
    return {};
}

std::string a_commit_survives_a_power_cut(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(30)));
    std::vector<Delivery> seen;
    for (int round = 0; round < 3; ++round) {
        auto member = b.bus->subscribe("t", "g", {});
        AIT_OK(member);
        const auto some = (*member)->poll({.events_max = 10});
        AIT_OK(some);
        AIT_OK((*member)->commit({.up_to = last_of(*some), .state = {{"n", std::to_string(round)}}}));
        seen.insert(seen.end(), some->begin(), some->end());
        member->reset();
        b.cut();
        AIT_EXPECT(b.broken.empty(), b.broken);
    }
    AIT_EXPECT(seen.size() == 30 && disorder(seen).empty(), "nothing comes again after its commit " + disorder(seen));
    AIT_EXPECT((*b.bus->subscribe("t", "g", {}))->state("n").value() == "2", "nor is its state lost");
    return {};
}

std::string a_snapshot_and_the_journal_give_the_state(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(30, 1)));
    const int p = partition_of("s0", 4);
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    AIT_EXPECT(!(*member)->snapshot().value(), "none at first");
    const auto all = (*member)->poll({});
    AIT_OK(all);
    AIT_EXPECT(all->size() == 30, "what is there comes");
    AIT_OK((*member)->commit({.up_to = {(*all)[9].position}, .snapshot = std::string("ten\0", 4)}));
    AIT_OK((*member)->commit({.up_to = {(*all)[16].position}}));
    member->reset();
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto snapshot = (*member)->snapshot();
    AIT_OK(snapshot);
    AIT_EXPECT(*snapshot && (*snapshot)->bytes == std::string("ten\0", 4), "the snapshot is kept");
    const auto at = std::ranges::find((*snapshot)->positions, p, &Position::partition);
    AIT_EXPECT((*snapshot)->positions.size() == 4 && *at == (*all)[9].position, "with the offsets that it belongs to");
    const auto replay = b.bus->read("t", {p, at->offset + 1}, {.events_max = 7});
    AIT_OK(replay);
    AIT_EXPECT(replay->size() == 7 && replay->back().position == (*all)[16].position, "and is caught up from the journal");
    return {};
}

std::string a_read_model_can_be_built_anew(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(12)));
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto first = drain(**member);
    AIT_OK(first);
    AIT_OK((*member)->commit({.up_to = last_of(*first), .state = {{"k", "v"}}, .snapshot = "s"}));
    AIT_EXPECT(code_of(b.bus->start_over("t", "g")) == ErrorCode::usage, "not while it has members");
    member->reset();
    AIT_OK(b.bus->start_over("t", "g"));
    AIT_EXPECT(code_of(b.bus->start_over("t", "unknown")) == ErrorCode::not_found, "an unknown group");
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    AIT_EXPECT(!(*member)->state("k").value() && !(*member)->snapshot().value(), "without what it knew");
    const auto second = drain(**member);
    AIT_OK(second);
    AIT_EXPECT(second->size() == 12 && disorder(*second).empty(), "everything comes again, in order");
    return {};
}

std::string replay_begins_anywhere(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(50, 1)));
    const int p = partition_of("s0", 4);
    const auto all = all_of(*b.bus, "t");
    AIT_OK(all);
    for (const std::size_t from : {0, 1, 24, 49}) {
        const auto some = b.bus->read("t", (*all)[from].position, {.events_max = 3});
        AIT_OK(some);
        AIT_EXPECT(some->size() == std::min<std::size_t>(3, 50 - from), "what is there");
        AIT_EXPECT(some->front().event.data == std::to_string(from), "from the point asked for");
    }
    AIT_EXPECT(b.bus->read("t", {p, all->back().position.offset + 1}, {}).value().empty(), "past the end nothing comes");
    AIT_EXPECT(code_of(b.bus->read("t", {4, 1}, {})) == ErrorCode::not_found, "no such partition");
    AIT_EXPECT(code_of(b.bus->read("t", {p, 0}, {})) == ErrorCode::usage, "offsets begin at 1");
    AIT_EXPECT(code_of(b.bus->read("nowhere", {0, 1}, {})) == ErrorCode::not_found, "no such topic");
    return {};
}

std::string topics_tell_their_groups(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.bus->groups("t").value().empty(), "none at first");
    for (const char* name : {"second", "first"}) AIT_OK(b.bus->subscribe("t", name, {}));
    const std::vector<std::string> wanted{"first", "second"};
    AIT_EXPECT(b.bus->groups("t").value() == wanted, "each once, in order of their names");
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.bus->groups("t").value() == wanted, "also after a restart");
    AIT_EXPECT(code_of(b.bus->groups("nowhere")) == ErrorCode::not_found, "of a topic that there is");
    AIT_EXPECT(code_of(b.bus->firsts("nowhere")) == ErrorCode::not_found, "the same of where it begins");
    return {};
}

std::string retention_removes_the_oldest_and_nothing_uncommitted(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    const std::vector<Event> sent = counter.some(30, 1);
    AIT_OK(b.bus->publish_and_wait("t", sent));
    const int p = partition_of("s0", 4);
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto all = (*member)->poll({});
    AIT_OK(all);
    AIT_EXPECT(all->size() == 30, "what is there comes");
    AIT_OK((*member)->commit({.up_to = {(*all)[11].position}}));
    AIT_EXPECT(b.bus->retain("t", {.events_max = 25}).value() == 5, "what is beyond the count goes");
    AIT_EXPECT(b.bus->retain("t", {.events_max = 25}).value() == 0, "once");
    AIT_EXPECT(code_of(b.bus->read("t", (*all)[4].position, {})) == ErrorCode::not_found, "what was removed is said to be");
    AIT_EXPECT(b.bus->firsts("t").value()[static_cast<std::size_t>(p)] == (*all)[5].position.offset, "and where the rest begins");
    AIT_EXPECT(b.bus->read("t", (*all)[5].position, {}).value().front().event == sent[5], "the rest stays at its offset");
    AIT_EXPECT(b.bus->retain("t", {.newer_than = sent[8].time}).value() == 3, "what is older than asked goes");
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0}).value() == 4, "nothing that a group has not committed");
    AIT_OK((*member)->commit({.up_to = {all->back().position}}));
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0}).value() == 18, "everything, if asked");
    AIT_EXPECT(b.bus->firsts("t").value()[static_cast<std::size_t>(p)] > all->back().position.offset, "then nothing is left");
    member->reset();
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    const std::int64_t last = all->back().position.offset;
    AIT_EXPECT(b.bus->ends("t").value()[static_cast<std::size_t>(p)] >= last, "offsets are not used again");
    const auto next = b.bus->publish_and_wait("t", counter.some(1, 1));
    AIT_OK(next);
    const Position after = next->front().position;
    AIT_EXPECT(after.partition == p && after.offset > last, "also not after a restart");
    AIT_EXPECT(after.offset == last + 1 || !b.bus->promises().offsets_without_gaps, "offsets count on");
    AIT_EXPECT(drain(**b.bus->subscribe("t", "fresh", {})).value().size() == 1, "a new group begins at what is left");
    return {};
}

std::string retention_leaves_what_a_snapshot_lacks(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Counter counter;
    AIT_OK(b.bus->publish_and_wait("t", counter.some(30, 1)));
    auto member = b.bus->subscribe("t", "g", {});
    AIT_OK(member);
    const auto all = (*member)->poll({});
    AIT_OK(all);
    AIT_EXPECT(all->size() == 30, "what is there comes");
    AIT_OK((*member)->commit({.up_to = {(*all)[9].position}, .snapshot = "the first ten"}));
    AIT_OK((*member)->commit({.up_to = {all->back().position}}));
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0, .removed_max = 4}).value() == 4, "no more at once than asked");
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0}).value() == 6, "what the snapshot holds goes, what came after it stays");
    member->reset();
    b.cut();
    AIT_EXPECT(b.broken.empty(), b.broken);
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0}).value() == 0, "also after a restart");
    auto again = b.bus->subscribe("t", "g", {});
    AIT_OK(again);
    const auto snapshot = (*again)->snapshot();
    AIT_OK(snapshot);
    AIT_EXPECT(snapshot->has_value() && (*snapshot)->bytes == "the first ten", "the snapshot is there");
    AIT_EXPECT(b.bus->read("t", (*all)[10].position, {}).value().size() == 20, "and all that belongs after it");
    AIT_EXPECT((*again)->poll({}).value().empty(), "all of it is committed");
    AIT_OK((*again)->commit({.snapshot = "all thirty"}));
    AIT_EXPECT(b.bus->retain("t", {.events_max = 0}).value() == 20, "until a later snapshot holds it");
    again->reset();
    AIT_OK(b.bus->start_over("t", "g"));
    AIT_OK(b.bus->publish_and_wait("t", counter.some(1, 1)));
    AIT_EXPECT(drain(**b.bus->subscribe("t", "g", {})).value().size() == 1, "a model built anew begins at what is left");
    return {};
}

}  // namespace

std::vector<Check> keeping_checks() {
    return {{"what_was_acknowledged_survives_a_restart", what_was_acknowledged_survives_a_restart},
            {"what_was_acknowledged_survives_a_power_cut", what_was_acknowledged_survives_a_power_cut},
            {"a_commit_survives_a_power_cut", a_commit_survives_a_power_cut},
            {"a_snapshot_and_the_journal_give_the_state", a_snapshot_and_the_journal_give_the_state},
            {"a_read_model_can_be_built_anew", a_read_model_can_be_built_anew},
            {"replay_begins_anywhere", replay_begins_anywhere},
            {"topics_tell_their_groups", topics_tell_their_groups},
            {"retention_removes_the_oldest_and_nothing_uncommitted", retention_removes_the_oldest_and_nothing_uncommitted},
            {"retention_leaves_what_a_snapshot_lacks", retention_leaves_what_a_snapshot_lacks}};
}

}  // namespace aitrading::ports::conformance

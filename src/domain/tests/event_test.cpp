#include "domain/event.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace aitrading {
namespace {

Event some_event() {
    Event event;
    event.id = UuidMaker(1).next({1'000'000'000});
    event.type = "trading.order_filled";
    event.source = "/trading-engine";
    event.subject = "EURUSD";
    event.time = {5};
    event.trace = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
    event.data = std::string("a\0b", 3);
    return event;
}

TEST(Event, a_whole_one_passes_and_each_broken_one_is_named) {
    EXPECT_TRUE(check_event(some_event()));
    const std::vector<std::pair<std::string, std::function<void(Event&)>>> faults{
        {"id", [](Event& e) { e.id = {}; }},
        {"type", [](Event& e) { e.type.clear(); }},
        {"source", [](Event& e) { e.source = std::string(257, 's'); }},
        {"subject", [](Event& e) { e.subject = "a\nb"; }},
        {"tenant", [](Event& e) { e.tenant = std::string("a\0", 2); }},
        {"data", [](Event& e) { e.data.resize(event_data_bytes_max + 1); }},
    };
    for (const auto& [name, spoil] : faults) {
        Event event = some_event();
        spoil(event);
        const auto checked = check_event(event);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, ErrorCode::bad_input);
        EXPECT_NE(checked.error().text.find("its " + name), std::string::npos) << checked.error().text;
    }
}

TEST(Event, its_derived_id_follows_from_what_it_says_and_nothing_else) {
    const Event said = some_event();
    const UnixNanos about{1'500'000'000'000'000'000};
    const Uuid cause{{7}}, id = derived_id(said, about, cause);
    EXPECT_EQ(id.version(), 7);
    EXPECT_EQ(id.time(), about);
    Event again = said;
    again.id = Uuid{{9}};
    again.time = {1};
    again.trace.reset();
    EXPECT_EQ(derived_id(again, about, cause), id);
    std::set<Uuid> ids{id, derived_id(said, about, {}), derived_id(said, {about.value + 1'000'000}, cause)};
    for (auto attribute : {&Event::type, &Event::source, &Event::subject, &Event::tenant, &Event::data}) {
        Event other = said;
        other.*attribute += "x";
        ids.insert(derived_id(other, about, cause));
    }
    Event moved = said;  // the same letters, parted elsewhere
    moved.type += moved.subject.front();
    moved.subject.erase(0, 1);
    ids.insert(derived_id(moved, about, cause));
    EXPECT_EQ(ids.size(), 9U);
}

TEST(Event, the_sum_changes_with_every_attribute) {
    const std::vector<std::function<void(Event&)>> changes{
        [](Event&) {},
        [](Event& e) { e.id.bytes[15] ^= 1; },
        [](Event& e) { e.type += "s"; },
        [](Event& e) { std::swap(e.source, e.subject); },
        [](Event& e) { e.tenant = "other"; },
        [](Event& e) { e.time.value += 1; },
        [](Event& e) { e.trace.reset(); },
        [](Event& e) { e.trace->flags = 0; },
        [](Event& e) { e.trace->parent[7] ^= 1; },
        [](Event& e) { e.data.back() = 'c'; },
        [](Event& e) { e.data.push_back('\0'); },
    };
    std::set<std::uint64_t> sums;
    for (const auto& change : changes) {
        Event event = some_event();
        change(event);
        EXPECT_TRUE(sums.insert(event_sum(event)).second);
        EXPECT_EQ(event_sum(event), event_sum(Event(event)));
    }
}

TEST(Event, partitions_are_in_range_stable_and_used_evenly) {
    std::vector<int> counts(8);
    for (int i = 0; i < 8'000; ++i) ++counts[static_cast<std::size_t>(partition_of("account-" + std::to_string(i), 8))];
    for (const int count : counts) EXPECT_NEAR(count, 1'000, 150);
    EXPECT_EQ(partition_of("anything", 1), 0);
    // Stored journals depend on these: a change here reorders subjects of what was written before it.
    EXPECT_EQ(partition_of("EURUSD", 4), 1);
    EXPECT_EQ(partition_of("account-000123", 16), 8);
}

}  // namespace
}  // namespace aitrading

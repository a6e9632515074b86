#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <set>

namespace aitrading {
namespace {

TEST(Uuid, reads_the_example_of_the_standard) {
    // RFC 9562, A.6: made at 2022-02-22 14:22:22 -05:00.
    const auto id = parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->version(), 7);
    EXPECT_EQ(id->time(), parse_iso8601("2022-02-22T19:22:22Z").value());
    EXPECT_EQ(id->text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    EXPECT_FALSE(id->is_nil());
    EXPECT_TRUE(parse_uuid("00000000-0000-0000-0000-000000000000")->is_nil());
}

TEST(Uuid, refuses_what_is_no_uuid) {
    for (const char* text : {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                             "017f22e2079b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                             "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"})
        EXPECT_EQ(parse_uuid(text).error().code, ErrorCode::bad_input) << text;
}

TEST(DerivedUuid, follows_from_time_and_name_alone) {
    const UnixNanos time = parse_iso8601("2017-03-01T10:00:00.5Z").value();
    const Uuid id = derived_uuid(time, "EURUSD H1");
    EXPECT_EQ(id, derived_uuid({time.value + 999}, "EURUSD H1")) << "to the millisecond";
    EXPECT_EQ(id.version(), 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_EQ(id.time(), time);
    // Of Python's hashlib: the last 12 bits of the hash's first eight bytes, the last 62 of its next eight.
    EXPECT_EQ(id.text(), "015a894f-eaf4-7d35-94e5-ceb462c3f863");
    EXPECT_EQ(derived_uuid({-5}, "x").time(), UnixNanos{0});
    std::set<Uuid> seen;
    for (int i = 0; i < 10'000; ++i) seen.insert(derived_uuid(time, std::to_string(i)));
    EXPECT_EQ(seen.size(), 10'000U);
    EXPECT_LT(derived_uuid({time.value - 1'000'000}, "z"), id);
}

TEST(UuidMaker, carries_time_version_and_variant_and_reads_back) {
    UuidMaker maker(7);
    const UnixNanos now = parse_iso8601("2026-11-27T13:00:00.123456Z").value();
    const Uuid id = maker.next(now);
    EXPECT_EQ(id.version(), 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_EQ(id.time(), parse_iso8601("2026-11-27T13:00:00.123Z").value());
    EXPECT_EQ(parse_uuid(id.text()).value(), id);
}

TEST(UuidMaker, rises_within_a_millisecond_and_while_the_clock_steps_back) {
    UuidMaker maker(11);
    SplitMix64 random(3);
    UnixNanos now{1'700'000'000'000'000'000};
    Uuid last;
    for (int i = 0; i < 200'000; ++i) {
        if (random.next_below(100) == 0) now.value += static_cast<std::int64_t>(random.next_below(5'000'000)) - 2'000'000;
        const Uuid id = maker.next(now);
        ASSERT_LT(last, id) << i;
        ASSERT_LT(last.text(), id.text()) << i;
        ASSERT_EQ(id.version(), 7);
        ASSERT_EQ(id.bytes[8] >> 6, 2);
        last = id;
    }
}

TEST(UuidMaker, same_seed_same_ids_other_seed_other_ids) {
    UuidMaker a(1), b(1), c(2);
    std::set<Uuid> seen;
    for (int i = 0; i < 1'000; ++i) {
        const UnixNanos now{i * 300'000LL};
        const Uuid id = a.next(now);
        EXPECT_EQ(id, b.next(now));
        EXPECT_TRUE(seen.insert(id).second);
        EXPECT_TRUE(seen.insert(c.next(now)).second);
    }
    EXPECT_EQ(UuidMaker(1).next({-5}).time().value, 0);
}

}  // namespace
}  // namespace aitrading

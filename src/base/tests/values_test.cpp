#include <gtest/gtest.h>

#include "base/fixed.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

namespace aitrading {
namespace {

TEST(SplitMix64, gives_the_published_stream) {
    // specs, vector prng-splitmix64 (the 64-bit outputs are the ones on Rosetta Code).
    SplitMix64 random(1234567);
    for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                         4593380528125082431ULL, 16408922859458223821ULL})
        EXPECT_EQ(random.next(), expected);
    SplitMix64 normals(1234567);
    for (const double expected : {0.428487900735, 0.00768569851505, -1.85868449999, -0.211466303369})
        EXPECT_NEAR(normals.next_normal(), expected, 1e-11);
}

TEST(Fixed, holds_decimals_exactly) {
    EXPECT_EQ(Price::from_double(1.12345).raw, 1'123'450'000);
    EXPECT_EQ(Price{1'123'450'000}.to_double(), 1.12345);
    EXPECT_EQ(to_decimal(Price{1'123'455'000}, 5), "1.12346");
    EXPECT_EQ(to_decimal(Money{-1'500'000}, 2), "-1.50");
    EXPECT_EQ(to_decimal(Money{-1}, 2), "0.00") << "no negative zero";
}

TEST(Fixed, values_a_position_without_rounding_drift) {
    EXPECT_EQ(value_of(Price{1'123'450'000}, Quantity{100'000'000'000}).raw, 112'345'000'000);
    EXPECT_EQ(value_of(Price{-500}, Quantity{1'000'000}).raw, -1) << "half away from zero";
}

TEST(Fingerprint, tells_apart_what_differs) {
    Fingerprint a, b, c;
    a.add(std::string_view("ab"));
    a.add(std::string_view("c"));
    b.add(std::string_view("a"));
    b.add(std::string_view("bc"));
    c.add(std::string_view("ab"));
    c.add(std::string_view("c"));
    EXPECT_NE(a.value(), b.value());
    EXPECT_EQ(a.hex(), c.hex());
}

}  // namespace
}  // namespace aitrading

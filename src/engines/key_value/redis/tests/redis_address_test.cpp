#include <gtest/gtest.h>

#include "engines/key_value/redis/address.hpp"

namespace aitrading::engines::redis {
namespace {

TEST(RedisAddress, is_read_with_all_its_parts) {
    const Address full = parse_address("redis://user:p%40s%3As@cache.local:7000/3").value();
    EXPECT_EQ(full.host, "cache.local");
    EXPECT_EQ(full.port, 7000);
    EXPECT_EQ(full.database, 3);
    EXPECT_EQ(full.user, "user");
    EXPECT_EQ(full.password, "p@s:s");
    EXPECT_EQ(full.shown(), "redis cache.local:7000/3");
    const Address least = parse_address("redis://localhost").value();
    EXPECT_EQ(least.port, 6379);
    EXPECT_TRUE(least.user.empty() && least.password.empty());
    EXPECT_EQ(parse_address("redis://:secret@localhost/").value().password, "secret");
}

TEST(RedisAddress, a_wrong_one_is_refused_without_its_secret) {
    for (const char* text : {"", "localhost", "http://localhost", "redis://", "redis://:secret@", "redis://h:port", "redis://h:70000", "redis://h/one",
                             "redis://h:1:2", "redis://secret@h", "redis://:secret%4@h", "redis://:secret%zz@h", "redis://h/-1", "rediss://:secret@h"}) {
        const auto address = parse_address(text);
        ASSERT_FALSE(address) << text;
        EXPECT_EQ(address.error().code, ErrorCode::usage);
        EXPECT_EQ(address.error().text.find("secret"), std::string::npos) << address.error().text;
    }
}

}  // namespace
}  // namespace aitrading::engines::redis

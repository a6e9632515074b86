#include "domain/tenant.hpp"

#include <gtest/gtest.h>

namespace aitrading {
namespace {

TEST(Tenant, has_a_name_that_is_nothing_else_in_a_path_a_key_or_a_column) {
    for (const char* name : {"default", "a", "Acme-2.eu_1", "new", "x.newer"}) EXPECT_TRUE(check_tenant(name)) << name;
    EXPECT_TRUE(check_tenant(std::string(100, 'a')));
    for (const char* name : {"", ".", "..", ".hidden", "a/b", "a b", "a\n", "\xC3\xA4"}) EXPECT_EQ(check_tenant(name).error().code, ErrorCode::usage) << name;
    EXPECT_FALSE(check_tenant(std::string(101, 'a')));
}

TEST(Tenant, is_not_called_as_what_is_being_written) {
    for (const char* name : {"acme.new", "acme.unfinished", ".new", ".unfinished"}) EXPECT_EQ(check_tenant(name).error().code, ErrorCode::usage) << name;
}

}  // namespace
}  // namespace aitrading

#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aitrading {
namespace {

std::string encoded(unsigned c) {
    const auto byte = [](unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 63))};
    if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
    return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 63)), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
}

TEST(Utf8, takes_every_character_and_no_surrogate) {
    for (unsigned c = 0; c < 0x120000; ++c) {
        const bool right = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        ASSERT_EQ(is_utf8(encoded(c)), right) << c;
        ASSERT_EQ(is_utf8(encoded(c).substr(0, encoded(c).size() - 1)), c < 0x80) << c;
    }
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("a\xC3\xA4z"));
}

TEST(Utf8, refuses_overlong_forms_and_loose_bytes) {
    for (const char* wrong : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\x80", "a\xBF", "\xFF", "\xFE", "\xC3(", "\xE2\x82(", "\xF5\x80\x80\x80"})
        EXPECT_FALSE(is_utf8(wrong)) << wrong;
}

TEST(Utf8, tells_how_far_it_is) {
    EXPECT_EQ(utf8_prefix("abcdefgh\xC3\xA4z\xFFmore"), 11U);
    EXPECT_EQ(utf8_prefix("\xE2\x82"), 0U);
    EXPECT_EQ(utf8_prefix("a\xE2\x82\xAC"), 4U);
}

}  // namespace
}  // namespace aitrading

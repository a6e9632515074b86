#include "ports/text_index/text_query.hpp"

#include <gtest/gtest.h>

namespace aitrading::ports {
namespace {

TEST(TextQuery, words_phrases_prefixes_and_exclusions) {
    const std::vector<TextTerm> expected{{"gold", false, false}, {"rate cut", false, false}, {"infl", true, false}, {"crypto", false, true},
                                         {"old news", false, true}, {"EUR USD", false, false}, {"a b", true, false}};
    EXPECT_EQ(parse_text_query("gold \"rate cut\" infl* -crypto -\"old news\" EUR/USD \"a b\"*").value(), expected);
}

TEST(TextQuery, nothing_is_an_error_of_syntax) {
    EXPECT_EQ(parse_text_query("\"unfinished").value(), (std::vector<TextTerm>{{"unfinished", false, false}}));
    EXPECT_EQ(parse_text_query("title:word AND (x").value().size(), 3u);
    for (const char* nothing : {"", "  ", "-word", "* - \" (", "\"\""}) EXPECT_EQ(parse_text_query(nothing).error().code, ErrorCode::usage) << nothing;
    EXPECT_EQ(parse_text_query(std::string(text_query_bytes_max + 1, 'x')).error().code, ErrorCode::usage);
    std::string many;
    for (std::size_t i = 0; i <= text_terms_max; ++i) many += "w" + std::to_string(i) + " ";
    EXPECT_EQ(parse_text_query(many).error().code, ErrorCode::usage);
    EXPECT_EQ(parse_text_query("\xFFword").error().code, ErrorCode::usage);
}

TEST(TextQuery, knows_utf8) {
    for (const char* good : {"", "a", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) EXPECT_TRUE(is_utf8(good));
    for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xE2(\xA1"}) EXPECT_FALSE(is_utf8(bad));
}

}  // namespace
}  // namespace aitrading::ports

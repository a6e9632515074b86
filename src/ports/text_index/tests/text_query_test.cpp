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

}  // namespace
}  // namespace aitrading::ports

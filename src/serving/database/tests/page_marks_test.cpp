#include "serving/database/page_marks.hpp"

#include <gtest/gtest.h>

namespace aitrading::serving {
namespace {

TEST(page_marks, come_back_as_they_went) {
    for (const std::string& place : {std::string(), std::string("row 17"), std::string("\0\xff\n", 3), std::string(1'500, 'x')}) {
        EXPECT_EQ(read_mark(make_mark(42, place), 42).value(), place);
        EXPECT_EQ(read_text_mark(make_text_mark(42, place), 42).value(), place);
    }
    EXPECT_EQ(unpack_tick_place(pack(TickPlace{-5, 3})).value(), (TickPlace{-5, 3}));
}

TEST(page_marks, of_another_question_are_refused) {
    const auto other = read_mark(make_mark(42, "place"), 43);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_input);
    EXPECT_FALSE(read_text_mark(make_text_mark(42, "place"), 43));
}

TEST(page_marks, changed_in_any_bit_or_cut_are_refused) {
    const std::string mark = make_mark(42, "a place of some length");
    for (std::size_t bit = 0; bit < mark.size() * 8; ++bit) {
        std::string changed = mark;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(read_mark(changed, 42)) << bit;
    }
    for (std::size_t bytes = 0; bytes < mark.size(); ++bytes) EXPECT_FALSE(read_mark(mark.substr(0, bytes), 42)) << bytes;
    EXPECT_FALSE(read_mark(mark + "x", 42));
    const std::string text = make_text_mark(42, "place");
    EXPECT_FALSE(read_text_mark(text.substr(1), 42));
    EXPECT_FALSE(read_text_mark("G" + text.substr(1), 42));
    EXPECT_FALSE(read_mark(std::string(1'000'000, 'x'), 42));
}

TEST(page_marks, tick_places_are_checked) {
    EXPECT_FALSE(unpack_tick_place(""));
    EXPECT_FALSE(unpack_tick_place(std::string(17, 'x')));
    EXPECT_FALSE(unpack_tick_place(pack(TickPlace{0, -1})));
}

}  // namespace
}  // namespace aitrading::serving

#include "domain/trace_context.hpp"

#include <gtest/gtest.h>

namespace aitrading {
namespace {

TEST(TraceContext, reads_and_writes_the_examples_of_the_standard) {
    for (const char* text : {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"}) {
        const auto context = parse_traceparent(text);
        ASSERT_TRUE(context) << text;
        EXPECT_EQ(context->traceparent(), text);
    }
    const auto context = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
    EXPECT_EQ(context.trace[0], 0x0a);
    EXPECT_EQ(context.parent[7], 0x31);
    EXPECT_EQ(context.flags, TraceContext::sampled);
}

TEST(TraceContext, a_higher_version_counts_by_its_first_four_parts) {
    const std::string parts = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    EXPECT_EQ(parse_traceparent("cc" + parts)->traceparent(), "00" + parts);
    EXPECT_EQ(parse_traceparent("01" + parts + "-what-comes-later")->traceparent(), "00" + parts);
    EXPECT_FALSE(parse_traceparent("01" + parts + "x"));
    EXPECT_FALSE(parse_traceparent("00" + parts + "-more"));
    EXPECT_FALSE(parse_traceparent("ff" + parts));
}

TEST(TraceContext, flags_without_a_meaning_are_not_passed_on) {
    const auto context = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff");
    EXPECT_EQ(context->traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03");
}

TEST(TraceContext, refuses_what_the_standard_calls_invalid) {
    for (const char* text : {"", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                             "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-011",
                             "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
                             "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                             "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
        EXPECT_EQ(parse_traceparent(text).error().code, ErrorCode::bad_input) << text;
}

}  // namespace
}  // namespace aitrading

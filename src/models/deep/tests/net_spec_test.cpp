#include "models/deep/net_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aitrading::models {
namespace {

using testing::HasSubstr;

NetSpec spec_of(NetKind kind) {
    NetSpec spec;
    spec.kind = kind;
    spec.inputs = 40;
    return spec;
}

std::size_t size_of(const NetSpec& spec, std::string_view name) {
    for (const TensorShape& tensor : tensors_of(spec))
        if (tensor.name == name) return tensor.size();
    return 0;
}

TEST(NetSpec, names_kinds_both_ways) {
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn})
        EXPECT_EQ(*parse_net_kind(name(kind)), kind);
    const auto wrong = parse_net_kind("gru");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::usage);
    EXPECT_THAT(wrong.error().text, HasSubstr("lstm, transformer, cnn"));
}

TEST(NetSpec, lists_the_tensors_of_each_kind) {
    // Written out by hand from the doc comment.
    const std::size_t lstm = 80 + (256 * 40 + 256 * 64 + 256) + (256 * 64 + 256 * 64 + 256) + 64 * 64 + 64 +
                             64 * 128 + 64 + 3 * 64 + 3;
    EXPECT_EQ(parameters_of(spec_of(NetKind::lstm)), lstm);
    const std::size_t block = 128 + 3 * 4096 + 4 * 64 + 4096 + 64 + 128 + 2 * 64 * 256 + 256 + 64;
    const std::size_t ends = 80 + 64 * 40 + 64 + 128 + 3 * 64 + 3;
    EXPECT_EQ(parameters_of(spec_of(NetKind::transformer)), ends + 2 * block);
    EXPECT_EQ(parameters_of(spec_of(NetKind::cnn)), ends + 5 * (128 + 3 * 4096 + 64 + 4096 + 64));
    EXPECT_EQ(tensors_of(spec_of(NetKind::cnn)).front(), (TensorShape{"input.mean", {40}}));
    EXPECT_EQ(tensors_of(spec_of(NetKind::cnn)).back(), (TensorShape{"head.bias", {3}}));
    EXPECT_EQ(size_of(spec_of(NetKind::transformer), "block.1.age_bias"), 4 * 64);
    EXPECT_EQ(size_of(spec_of(NetKind::cnn), "block.4.conv.weight"), 64 * 64 * 3);
}

TEST(NetSpec, knows_how_far_back_a_net_sees) {
    EXPECT_EQ(receptive_field(spec_of(NetKind::lstm)), 0);
    EXPECT_EQ(receptive_field(spec_of(NetKind::transformer)), 127);
    EXPECT_EQ(receptive_field(spec_of(NetKind::cnn)), 63);
}

TEST(NetSpec, compares_only_what_its_kind_uses) {
    NetSpec a = spec_of(NetKind::lstm), b = a;
    b.kernel = 7;
    EXPECT_EQ(a, b);
    b.window = 32;
    EXPECT_NE(a, b);
    EXPECT_EQ(describe(a), "kind=lstm inputs=40 outputs=3 width=64 layers=2 window=64");
    EXPECT_EQ(describe(spec_of(NetKind::cnn)),
              "kind=cnn inputs=40 outputs=3 width=64 kernel=3 dilations=1,2,4,8,16");
}

TEST(NetSpec, refuses_shapes_that_it_cannot_serve) {
    struct Case {
        NetKind kind;
        std::uint32_t NetSpec::* field;
        std::uint32_t value;
        const char* text;
    };
    const Case cases[] = {
        {NetKind::lstm, &NetSpec::inputs, 0, "inputs is 0"},
        {NetKind::lstm, &NetSpec::inputs, 1025, "inputs is 1025"},
        {NetKind::lstm, &NetSpec::outputs, 4, "outputs is 4"},
        {NetKind::lstm, &NetSpec::width, 60, "a multiple of 8"},
        {NetKind::lstm, &NetSpec::layers, 9, "layers is 9"},
        {NetKind::lstm, &NetSpec::window, 0, "window is 0"},
        {NetKind::transformer, &NetSpec::heads, 3, "3 heads do not divide"},
        {NetKind::transformer, &NetSpec::heads, 16, "16 heads do not divide"},
        {NetKind::transformer, &NetSpec::feed_forward, 12, "feed_forward is 12"},
        {NetKind::cnn, &NetSpec::kernel, 9, "kernel is 9"},
    };
    for (const Case& c : cases) {
        NetSpec spec = spec_of(c.kind);
        EXPECT_TRUE(check_spec(spec));
        spec.*c.field = c.value;
        const auto refused = check_spec(spec);
        ASSERT_FALSE(refused) << c.text;
        EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
        EXPECT_THAT(refused.error().text, HasSubstr(c.text));
    }
    NetSpec cnn = spec_of(NetKind::cnn);
    cnn.dilations.clear();
    EXPECT_FALSE(check_spec(cnn));
    cnn.dilations = {1, 2000};
    EXPECT_FALSE(check_spec(cnn));
    EXPECT_FALSE(check_spec(spec_of(static_cast<NetKind>(7))));
}

}  // namespace
}  // namespace aitrading::models

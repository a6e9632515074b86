#include "models/deep/net_weights.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/hash.hpp"
#include "models/deep/service/weight_file.hpp"
#include "models/deep/tests/random_net.hpp"

namespace aitrading::models {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string encoded(const NetSpec& spec) {
    return *encode_weights(random_weights(spec, 1));
}

/// The bytes with their size and fingerprint made to fit again: damage that only a reader of the contents can
/// see.
std::string resealed(std::string bytes) {
    const std::uint64_t size = bytes.size();
    std::memcpy(bytes.data() + 16, &size, sizeof size);
    Fingerprint print;
    print.add_bytes(bytes.data(), bytes.size() - 8);
    const std::uint64_t sum = print.value();
    std::memcpy(bytes.data() + bytes.size() - 8, &sum, sizeof sum);
    return bytes;
}

std::string refusal(std::string_view bytes) {
    const auto weights = decode_weights(bytes, "net.bin");
    if (weights) return "accepted";
    EXPECT_EQ(weights.error().code, ErrorCode::bad_input);
    EXPECT_THAT(weights.error().text, HasSubstr("net.bin: "));
    EXPECT_THAT(weights.error().text, HasSubstr("; "));  // what to do
    return weights.error().text;
}

TEST(NetWeights, come_back_as_they_were_written) {
    for (const NetSpec& spec : small_specs()) {
        const NetWeights weights = random_weights(spec, 3);
        const std::string bytes = *encode_weights(weights);
        const NetWeights again = *decode_weights(bytes, "net.bin");
        EXPECT_EQ(again.spec, weights.spec);
        EXPECT_EQ(again.features, weights.features);
        EXPECT_EQ(again.manifest_hash, weights.manifest_hash);
        EXPECT_EQ(again.made_by, weights.made_by);
        EXPECT_EQ(again.values, weights.values);
        EXPECT_EQ(*encode_weights(again), bytes);
        EXPECT_EQ(again.tensor("head.bias").size(), spec.outputs);
        EXPECT_EQ(again.tensor("head.bias").back(), weights.values.back());
    }
}

TEST(NetWeights, every_flipped_bit_and_every_cut_is_refused) {
    NetSpec spec = small_specs().front();
    spec.inputs = 2;
    spec.layers = 1;
    const std::string bytes = encoded(spec);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
            ASSERT_FALSE(decode_weights(damaged, "net.bin")) << "byte " << i << " bit " << bit;
        }
        ASSERT_FALSE(decode_weights(std::string_view(bytes).substr(0, i), "net.bin")) << "cut at " << i;
    }
    EXPECT_THAT(refusal(bytes + '\0'), HasSubstr("cut short or damaged"));
}

TEST(NetWeights, say_what_is_wrong_with_a_file) {
    const std::string bytes = encoded(small_specs().front());
    EXPECT_THAT(refusal("PK\3\4 something else"), HasSubstr("not a weight file"));
    EXPECT_THAT(refusal(""), HasSubstr("not a weight file"));
    EXPECT_THAT(refusal(std::string_view(bytes).substr(0, 20)), HasSubstr("cut short"));
    EXPECT_THAT(refusal(std::string_view(bytes).substr(0, 200)), HasSubstr("cut short"));
    std::string newer = bytes;
    newer[8] = 2;
    EXPECT_THAT(refusal(resealed(newer)), HasSubstr("format 2 is newer than the 1"));
    std::string flipped = bytes;
    flipped[flipped.size() / 2] ^= 1;
    EXPECT_THAT(refusal(flipped), HasSubstr("checksum"));
    std::string kind = bytes;
    kind[24] = 9;
    EXPECT_THAT(refusal(resealed(kind)), HasSubstr("kind 9"));
    std::string width = bytes;
    width[33] = 16;  // the third field behind the kind: width
    EXPECT_THAT(refusal(resealed(width)),
                HasSubstr("of shape [32, 5] stands where its spec has lstm.0.weight_ih of "
                          "shape [64, 5]"));
    EXPECT_THAT(refusal(resealed(bytes + std::string(64, '\0'))), HasSubstr("behind the last tensor"));
    std::uint32_t first = 0;
    std::memcpy(&first, bytes.data() + 12, sizeof first);
    std::string behind = bytes;
    behind[first - 1] = 1;
    EXPECT_THAT(refusal(resealed(behind)), HasSubstr("behind its table"));
    std::string padding = bytes;
    padding[padding.size() - 9] = 1;
    EXPECT_THAT(refusal(resealed(padding)), HasSubstr("head.bias does not end"));
}

TEST(NetWeights, numbers_that_no_net_can_have_are_refused) {
    const NetWeights good = random_weights(small_specs().front(), 1);
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                infinite = std::numeric_limits<float>::infinity();
    struct Case {
        const char* tensor;
        float value;
        const char* text;
    };
    const Case cases[] = {{"head.weight", nan, "tensor head.weight, element 1, is nan; it must be finite"},
                          {"input.mean", infinite, "must be finite"},
                          {"input.scale", 0, "a scale must be positive"},
                          {"input.scale", -1, "a scale must be positive"},
                          {"lstm.1.weight_hh", 1001, "beyond 1000"}};
    for (const Case& c : cases) {
        NetWeights bad = good;
        bad.tensor(c.tensor)[1] = c.value;
        const auto refused = encode_weights(bad);
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().text, HasSubstr(c.text));
    }
    std::string bytes = *encode_weights(good);
    std::memcpy(bytes.data() + bytes.size() - 8 - 64, &nan, sizeof nan);  // head.bias, the last tensor
    EXPECT_THAT(refusal(resealed(bytes)), HasSubstr("tensor head.bias, element 0, is nan"));
}

TEST(NetWeights, names_and_counts_must_fit) {
    NetWeights weights = random_weights(small_specs().front(), 1);
    weights.features[1] = weights.features[0];
    EXPECT_THAT(check_weights(weights).error().text, HasSubstr("twice"));
    weights.features[1] = "";
    EXPECT_THAT(check_weights(weights).error().text, HasSubstr("no name"));
    weights.features.pop_back();
    EXPECT_THAT(check_weights(weights).error().text, HasSubstr("4 feature names for 5 inputs"));
    weights = random_weights(small_specs().front(), 1);
    weights.values.pop_back();
    EXPECT_THAT(check_weights(weights).error().text, HasSubstr("but a net of kind=lstm inputs=5"));
}

TEST(NetWeights, serve_only_the_features_they_were_trained_on) {
    const NetWeights weights = random_weights(small_specs().front(), 1);
    EXPECT_TRUE(check_features(weights, weights.features, weights.manifest_hash));
    EXPECT_THAT(check_features(weights, weights.features, "other").error().text, HasSubstr("manifest"));
    auto names = weights.features;
    std::swap(names[1], names[2]);
    EXPECT_THAT(check_features(weights, names, weights.manifest_hash).error().text,
                HasSubstr("feature 2 of the net is x1, of the series x2"));
    names.pop_back();
    EXPECT_THAT(check_features(weights, names, weights.manifest_hash).error().text, HasSubstr("5 features"));
}

class WeightFileTest : public testing::Test {
  protected:
    WeightFileTest() { fs::create_directories(home_); }
    ~WeightFileTest() override { fs::remove_all(home_); }
    fs::path home_ = fs::path(testing::TempDir()) / ("weight_file." + std::to_string(::getpid()));
};

TEST_F(WeightFileTest, keeps_the_previous_version_when_weights_are_refused) {
    const fs::path path = home_ / "net.bin";
    NetWeights weights = random_weights(small_specs()[1], 5);
    ASSERT_TRUE(save_weights(path, weights));
    const auto values = weights.values;
    weights.values[20] = std::numeric_limits<float>::infinity();
    const auto refused = save_weights(path, weights);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("net.bin: not written"));
    EXPECT_EQ(load_weights(path)->values, values);
    EXPECT_EQ(std::distance(fs::directory_iterator(home_), fs::directory_iterator()), 1);
}

TEST_F(WeightFileTest, a_net_outlives_the_file_it_came_from) {
    const fs::path path = home_ / "net.bin";
    const NetWeights weights = random_weights(small_specs()[2], 5);
    ASSERT_TRUE(save_weights(path, weights));
    const NetWeights loaded = *load_weights(path);
    std::ofstream(path, std::ios::trunc) << "gone";
    EXPECT_EQ(loaded.values, weights.values);
    EXPECT_THAT(load_weights(path).error().text, HasSubstr("not a weight file"));
}

TEST_F(WeightFileTest, names_the_path_that_it_cannot_read) {
    EXPECT_EQ(load_weights(home_ / "none.bin").error().code, ErrorCode::not_found);
    EXPECT_EQ(load_weights(home_).error().code, ErrorCode::bad_input);
    std::ofstream(home_ / "empty.bin").flush();
    EXPECT_THAT(load_weights(home_ / "empty.bin").error().text, HasSubstr("empty.bin: not a weight file"));
    EXPECT_FALSE(save_weights(home_ / "no" / "such" / "folder.bin", blank_weights(small_specs()[0])));
}

}  // namespace
}  // namespace aitrading::models

#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "models/deep/causal_net.hpp"
#include "models/deep/service/weight_file.hpp"

// Nets, series and outputs made with PyTorch in float64 (tools/golden/deep/make.py), which also packs the
// weight files.

namespace aitrading::models {
namespace {

const std::string kFolder = std::string(AIT_ROOM_DIR) + "/tests/golden/";

/// Features, then outputs, of each bar.
std::vector<std::vector<double>> read_rows(const std::string& kind) {
    std::ifstream file(kFolder + kind + ".csv");
    std::vector<std::vector<double>> rows;
    for (std::string line, cell; std::getline(file, line);) {
        auto& row = rows.emplace_back();
        std::istringstream cells(line);
        while (std::getline(cells, cell, ',')) {
            double value = 0;
            std::from_chars(cell.data(), cell.data() + cell.size(), value);
            row.push_back(value);
        }
    }
    return rows;
}

class GoldenNet : public testing::TestWithParam<const char*> {};

TEST_P(GoldenNet, gives_what_pytorch_gives) {
    const std::string kind = GetParam();
    const auto weights = load_weights(kFolder + kind + ".net");
    ASSERT_TRUE(weights) << weights.error().text;
    EXPECT_EQ(name(weights->spec.kind), kind);
    EXPECT_EQ(weights->features[4], "feature 4");
    EXPECT_EQ(weights->manifest_hash, "fedcba9876543210");
    const CausalNet net = *CausalNet::build(*weights);
    const std::size_t inputs = net.spec().inputs;
    const auto rows = read_rows(kind);
    ASSERT_EQ(rows.size(), 150U);
    NetState state = net.start();
    std::vector<float> out(net.spec().outputs);
    double worst = 0;
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), inputs + out.size());
        net.step(state, std::span(row).first(inputs), out);
        for (std::size_t i = 0; i < out.size(); ++i)
            worst = std::max(worst, std::fabs(static_cast<double>(out[i]) - row[inputs + i]));
    }
    EXPECT_LT(worst, 1e-5);
}

TEST_P(GoldenNet, its_file_is_what_we_would_write) {
    const std::string path = kFolder + GetParam() + ".net";
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    EXPECT_EQ(*encode_weights(*load_weights(path)), bytes.str());
}

INSTANTIATE_TEST_SUITE_P(Kinds, GoldenNet, testing::Values("lstm", "transformer", "cnn"));

}  // namespace
}  // namespace aitrading::models

// Serving without libtorch against libtorch itself, both linked here.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "models/deep/causal_net.hpp"
#include "models/deep/tests/random_net.hpp"
#include "models/deep/torch/net_trainer.hpp"
#include "small_jobs.hpp"

namespace aitrading::models {
namespace {

/// Greatest difference of the two over random rows, some with holes and outliers. Values are floats, which both read alike.
double difference(const NetWeights& weights, std::size_t rows, std::int64_t torch_chunk) {
    const std::size_t columns = weights.spec.inputs;
    SplitMix64 random(17);
    std::vector<float> values(rows * columns);
    for (float& v : values) {
        v = static_cast<float>(random.next_normal() * (random.next_uniform() < 0.01 ? 1e4 : 2));
        if (random.next_uniform() < 0.02) v = std::nanf("");
    }
    const std::vector<double> wide(values.begin(), values.end());
    const auto net = CausalNet::build(weights);
    EXPECT_TRUE(net);
    NetState state = net->start();
    std::vector<float> served(rows * weights.spec.outputs);
    net->run(state, {wide.data(), rows, columns, columns}, served);
    const std::vector<float> torch = torch_outputs(weights.spec, weights.values, values, torch_chunk);
    EXPECT_EQ(torch.size(), served.size());
    double most = 0;
    for (std::size_t i = 0; i < served.size(); ++i) most = std::max(most, static_cast<double>(std::abs(served[i] - torch[i])));
    return most;
}

TEST(Parity, served_nets_of_random_weights_equal_libtorch) {
    for (const NetSpec& spec : small_specs())
        for (const std::uint64_t seed : {1, 2, 3}) EXPECT_LT(difference(random_weights(spec, seed), 500, 64), 1e-5) << describe(spec);
}

TEST(Parity, nets_of_full_size_equal_libtorch) {
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        NetSpec spec;
        spec.kind = kind;
        spec.inputs = 54;
        EXPECT_LT(difference(random_weights(spec, 5), 400, 400), 1e-5) << describe(spec);
    }
}

TEST(Parity, trained_nets_equal_libtorch) {
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        TrainingJob job = small_job(kind);
        const auto net = train_net(job, {}, "cpu", {});
        ASSERT_TRUE(net);
        const auto file = weight_file(job, net->weights);
        ASSERT_TRUE(file);
        const auto weights = decode_weights(*file, "net");
        ASSERT_TRUE(weights);
        EXPECT_LT(difference(*weights, 500, 64), 1e-5) << describe(job.spec);
    }
}

}  // namespace
}  // namespace aitrading::models

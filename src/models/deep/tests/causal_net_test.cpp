#include "models/deep/causal_net.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/deep/tests/random_net.hpp"
#include "models/deep/tests/reference_net.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

/// Rows of a series, row-major.
struct Rows {
    std::size_t columns = 0;
    std::vector<double> values;
    MatrixView view() const { return {values.data(), values.size() / columns, columns, columns}; }
    std::vector<std::vector<double>> list() const {
        std::vector<std::vector<double>> out;
        for (std::size_t i = 0; i < view().rows; ++i)
            out.emplace_back(view().row(i).begin(), view().row(i).end());
        return out;
    }
};

Rows random_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    SplitMix64 random(seed);
    Rows out{columns, std::vector<double>(rows * columns)};
    for (double& v : out.values) v = 1.5 * random.next_normal();
    return out;
}

/// Everything that a stream is asked for: the small nets, the nets at their defaults, and odd sizes.
std::vector<NetSpec> specs() {
    std::vector<NetSpec> out = small_specs();
    for (const NetKind kind : {NetKind::lstm, NetKind::transformer, NetKind::cnn}) {
        NetSpec spec;
        spec.kind = kind;
        spec.inputs = 40;
        out.push_back(spec);
        spec.inputs = 3;
        spec.width = 24;
        spec.heads = 3;
        spec.layers = 3;
        spec.window = 13;
        spec.feed_forward = 8;
        spec.kernel = 2;
        spec.dilations = {5, 70, 1};
        spec.outputs = 2;
        out.push_back(spec);
    }
    return out;
}

std::vector<float> streamed(const CausalNet& net, NetState& state, MatrixView rows) {
    const std::size_t outputs = net.spec().outputs;
    std::vector<float> out(rows.rows * outputs);
    for (std::size_t i = 0; i < rows.rows; ++i)
        net.step(state, rows.row(i), std::span(out).subspan(i * outputs, outputs));
    return out;
}

std::vector<float> streamed(const CausalNet& net, MatrixView rows) {
    NetState state = net.start();
    return streamed(net, state, rows);
}

std::vector<float> batched(const CausalNet& net, MatrixView rows) {
    NetState state = net.start();
    std::vector<float> out(rows.rows * net.spec().outputs);
    net.run(state, rows, out);
    return out;
}

TEST(CausalNet, equals_the_formulae_in_double) {
    for (const NetSpec& spec : specs()) {
        for (const std::uint64_t seed : {1, 2}) {
            const NetWeights weights = random_weights(spec, seed);
            const Rows rows = random_rows(200, spec.inputs, seed + 10);
            const auto expected = reference_outputs(weights, rows.list());
            for (const NetKernels* kernels : usable_kernels()) {
                const CausalNet net = *CausalNet::build(weights, *kernels);
                const auto out = streamed(net, rows.view());
                double worst = 0, spread = 0;
                for (std::size_t i = 0; i < out.size(); ++i) {
                    const double exact = expected[i / spec.outputs][i % spec.outputs];
                    worst = std::max(worst, std::fabs(static_cast<double>(out[i]) - exact));
                    spread = std::max(spread, std::fabs(exact));
                }
                EXPECT_LT(worst, 1e-5) << describe(spec) << " " << kernels->name;
                EXPECT_GT(spread, 0.1) << describe(spec);
            }
        }
    }
}

TEST(CausalNet, gives_the_same_bits_however_a_series_is_cut_and_whatever_the_machine) {
    for (const NetSpec& spec : specs()) {
        const NetWeights weights = random_weights(spec, 5);
        const Rows rows = random_rows(300, spec.inputs, 6);
        std::vector<std::vector<float>> all;
        for (const NetKernels* kernels : usable_kernels()) {
            const CausalNet net = *CausalNet::build(weights, *kernels);
            all.push_back(streamed(net, rows.view()));
            all.push_back(batched(net, rows.view()));
            NetState state = net.start();
            SplitMix64 random(7);
            std::vector<float> pieces;
            for (std::size_t from = 0; from < 300;) {
                const std::size_t to = std::min<std::size_t>(300, from + random.next_below(90));
                std::vector<float> piece((to - from) * spec.outputs);
                net.run(state, rows.view().slice(from, to), piece);
                pieces.insert(pieces.end(), piece.begin(), piece.end());
                from = to;
            }
            EXPECT_EQ(state.bars(), 300);
            all.push_back(pieces);
        }
        for (const auto& out : all) EXPECT_EQ(out, all.front()) << describe(spec);
    }
}

TEST(CausalNet, the_future_changes_nothing) {
    for (const NetSpec& spec : specs()) {
        const CausalNet net = *CausalNet::build(random_weights(spec, 8));
        const Rows rows = random_rows(220, spec.inputs, 9);
        const auto whole = batched(net, rows.view());
        SplitMix64 random(10);
        for (int trial = 0; trial < 5; ++trial) {
            const std::size_t cut = 1 + random.next_below(219);
            Rows other = rows;
            for (std::size_t i = cut * spec.inputs; i < other.values.size(); ++i)
                other.values[i] = 100 * random.next_normal();
            const auto changed = batched(net, other.view());
            const auto same = static_cast<std::ptrdiff_t>(cut * spec.outputs);
            EXPECT_TRUE(std::equal(whole.begin(), whole.begin() + same, changed.begin())) << describe(spec);
            EXPECT_NE(whole, changed);
            const auto short_of_it = batched(net, rows.view().slice(0, cut));
            EXPECT_TRUE(std::equal(short_of_it.begin(), short_of_it.end(), whole.begin())) << describe(spec);
        }
    }
}

TEST(CausalNet, sees_as_far_back_as_its_spec_says) {
    for (const NetSpec& spec : specs()) {
        const std::size_t reach = receptive_field(spec);
        if (reach == 0) continue;
        const CausalNet net = *CausalNet::build(random_weights(spec, 11));
        const std::size_t last = reach + 20;
        const Rows rows = random_rows(last + 1, spec.inputs, 12);
        const auto final_of = [&](const Rows& r) { return streamed(net, r.view()).back(); };
        Rows inside = rows, outside = rows;
        inside.values[(last + 1 - reach) * spec.inputs] += 3;
        outside.values[(last - reach) * spec.inputs] += 3;
        EXPECT_EQ(final_of(outside), final_of(rows)) << describe(spec);
        EXPECT_NE(final_of(inside), final_of(rows)) << describe(spec);
    }
}

TEST(CausalNet, a_restart_changes_nothing) {
    for (const NetSpec& spec : specs()) {
        const NetWeights weights = random_weights(spec, 13);
        const CausalNet net = *CausalNet::build(weights);
        const Rows rows = random_rows(260, spec.inputs, 14);
        NetState straight = net.start(), stopped = net.start();
        auto expected = streamed(net, straight, rows.view());
        for (const auto& [from, to] : {std::pair{0, 64}, std::pair{64, 101}, std::pair{101, 260}}) {
            const auto part = streamed(net, stopped, rows.view().slice(from, to));
            EXPECT_TRUE(std::equal(part.begin(), part.end(),
                                   expected.begin() + static_cast<std::ptrdiff_t>(from * spec.outputs)));
            const CausalNet fresh = *CausalNet::build(weights);
            stopped = *fresh.restore(net.save(stopped));
        }
        EXPECT_EQ(stopped.bars(), 260);
        EXPECT_EQ(net.save(stopped), net.save(straight)) << describe(spec);
        stopped = net.start();
        EXPECT_EQ(streamed(net, stopped, rows.view()), expected);  // a reset stream is a new one
    }
}

TEST(CausalNet, refuses_states_that_are_not_its_own) {
    const NetSpec spec = small_specs()[0];
    const CausalNet net = *CausalNet::build(random_weights(spec, 1));
    const std::string bytes = net.save(net.start());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] ^= 4;
        ASSERT_FALSE(net.restore(damaged)) << i;
        ASSERT_FALSE(net.restore(std::string_view(bytes).substr(0, i)));
    }
    const CausalNet other = *CausalNet::build(random_weights(spec, 2));
    EXPECT_THAT(other.restore(bytes).error().text, HasSubstr("with other weights"));
    const CausalNet kind = *CausalNet::build(random_weights(small_specs()[2], 1));
    EXPECT_THAT(kind.restore(bytes).error().text, HasSubstr("state of another net (kind=lstm"));
}

TEST(CausalNet, reads_what_is_not_a_number_as_the_mean) {
    for (const NetSpec& spec : small_specs()) {
        const NetWeights weights = random_weights(spec, 15);
        const CausalNet net = *CausalNet::build(weights);
        const Rows rows = random_rows(30, spec.inputs, 16);
        const double mean = static_cast<double>(weights.tensor("input.mean")[2]);
        Rows filled = rows;
        filled.values[7 * spec.inputs + 2] = mean;
        const auto expected = streamed(net, filled.view());
        for (const double odd :
             {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
              -std::numeric_limits<double>::infinity()}) {
            Rows broken = rows;
            broken.values[7 * spec.inputs + 2] = odd;
            EXPECT_EQ(streamed(net, broken.view()), expected);
        }
        Rows huge = rows, limit = rows;
        huge.values[7 * spec.inputs + 2] = -1e308;
        limit.values[7 * spec.inputs + 2] = mean - 11 * static_cast<double>(weights.tensor("input.scale")[2]);
        EXPECT_EQ(streamed(net, huge.view()), streamed(net, limit.view()));
    }
}

TEST(CausalNet, stays_finite_whatever_comes) {
    for (const NetSpec& spec : specs()) {
        SplitMix64 random(17);
        NetWeights weights = blank_weights(spec);
        for (float& w : weights.values) w = random.next_below(2) == 0 ? kWeightMax : -kWeightMax;
        for (float& s : weights.tensor("input.scale")) s = std::numeric_limits<float>::min();
        const CausalNet net = *CausalNet::build(weights);
        Rows rows = random_rows(200, spec.inputs, 18);
        for (double& v : rows.values) v *= random.next_below(2) == 0 ? 1e300 : 1e-300;
        for (const float v : batched(net, rows.view())) ASSERT_TRUE(std::isfinite(v)) << describe(spec);
    }
}

TEST(CausalNet, refuses_weights_that_do_not_fit) {
    NetWeights weights = random_weights(small_specs()[1], 1);
    weights.values.back() = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(CausalNet::build(weights).error().text, HasSubstr("head.bias"));
}

TEST(CausalNet, turns_a_logit_into_a_probability) {
    EXPECT_EQ(probability_of_logit(0), 0.5);
    EXPECT_NEAR(probability_of_logit(2), 0.8807970779778823, 1e-15);
}

}  // namespace
}  // namespace aitrading::models

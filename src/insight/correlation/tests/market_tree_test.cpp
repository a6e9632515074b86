#include "insight/correlation/market_tree.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/tests/golden.hpp"
#include "insight/correlation/factors.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

constexpr std::size_t series = 9;

TEST(Factors, are_those_of_scikit_learn) {
    const auto g = golden("structure");
    const std::vector<double> x = flat(g["x"]), variance = flat(g["variance"]), components = flat(g["components"]), scores = flat(g["scores"]);
    const Factors factors = factors_of(flat(g["correlation"]), series, x.size() / series).value();
    EXPECT_NEAR(factors.noise_edge, std::pow(1 + std::sqrt(9.0 / 400), 2), 1e-12);
    EXPECT_EQ(factors.above_noise, static_cast<std::size_t>(std::ranges::count_if(variance, [&](double v) { return v > factors.noise_edge; })));
    const MatrixView view{x.data(), x.size() / series, series, series};
    const std::vector<double> got = factor_scores(factors, view, flat(g["mean"]), flat(g["deviation"]), 3);
    for (std::size_t f = 0; f < series; ++f) {
        EXPECT_NEAR(factors.variance[f], variance[f], 1e-9);
        // The sign of a component is a matter of taste: here the greatest entry is above zero.
        const auto row = std::span(factors.loadings).subspan(f * series, series);
        const double sign = *std::ranges::max_element(row, {}, [](double v) { return std::abs(v); }) *
                                    components[f * series + static_cast<std::size_t>(std::ranges::max_element(row, {}, [](double v) { return std::abs(v); }) - row.begin())] >
                                0
                                ? 1
                                : -1;
        for (std::size_t j = 0; j < series; ++j)
            EXPECT_NEAR(row[j], sign * components[f * series + j] * std::sqrt(variance[f]), 1e-8) << f << " " << j;
        if (f >= 3) continue;
        for (std::size_t i = 0; i < view.rows; ++i) ASSERT_NEAR(got[i * 3 + f], sign * scores[i * 3 + f], 1e-8);
    }
    EXPECT_NEAR(factors.share(0), variance[0] / 9, 1e-9);
}

TEST(Factors, refuse_what_is_not_known) {
    EXPECT_EQ(factors_of(std::vector<double>{1, NAN, NAN, 1}, 2, 10).error().code, ErrorCode::bad_input);
    EXPECT_EQ(factors_of(std::vector<double>{1}, 1, 10).error().code, ErrorCode::bad_input);
}

TEST(MarketTree, clusters_are_those_of_scipy) {
    const auto g = golden("structure");
    const auto distance = correlation_distance(flat(g["correlation"]), series).value();
    const std::vector<Merge> merges = average_linkage(distance, series);
    ASSERT_EQ(merges.size(), series - 1);
    for (std::size_t k = 0; k < merges.size(); ++k) {
        const auto expected = flat(g["linkage"][k]);
        EXPECT_EQ(static_cast<double>(merges[k].first), expected[0]);
        EXPECT_EQ(static_cast<double>(merges[k].second), expected[1]);
        EXPECT_NEAR(merges[k].distance, expected[2], 1e-10);
        EXPECT_EQ(static_cast<double>(merges[k].members), expected[3]);
    }
    std::vector<double> leaves;
    for (const std::size_t leaf : leaf_order(merges)) leaves.push_back(static_cast<double>(leaf));
    EXPECT_EQ(leaves, flat(g["leaves"]));
    for (const auto& [limit, labels] : g["cuts"].items()) {
        const auto mine = clusters_at(merges, std::stod(limit));
        std::map<int, std::size_t> seen;
        for (std::size_t j = 0; j < series; ++j) {
            const auto [found, fresh] = seen.emplace(labels[j].get<int>(), mine[j]);
            EXPECT_EQ(found->second, mine[j]) << limit << " " << j;
        }
        EXPECT_EQ(seen.size(), 1 + *std::ranges::max_element(mine)) << limit;
    }
}

TEST(MarketTree, spans_as_scipy_does) {
    const auto g = golden("structure");
    const auto distance = correlation_distance(flat(g["correlation"]), series).value();
    const auto edges = spanning_tree(distance, series);
    ASSERT_EQ(edges.size(), series - 1);
    for (std::size_t k = 0; k < edges.size(); ++k) {
        EXPECT_NEAR(edges[k].distance, g["tree"][k][0].get<double>(), 1e-10);
        EXPECT_EQ(edges[k].first, g["tree"][k][1].get<std::size_t>());
        EXPECT_EQ(edges[k].second, g["tree"][k][2].get<std::size_t>());
        EXPECT_NEAR(edges[k].distance, std::sqrt(2 * (1 - edges[k].correlation)), 1e-10);
    }
}

TEST(MarketTree, of_one_or_two_series_and_of_unknown_pairs) {
    EXPECT_TRUE(spanning_tree(std::vector<double>{0}, 1).empty());
    EXPECT_THAT(leaf_order({}), testing::ElementsAre(0));
    const auto two = correlation_distance(std::vector<double>{1, -1, -1, 1}, 2).value();
    EXPECT_EQ(two[1], 2);
    EXPECT_EQ(average_linkage(two, 2)[0].members, 2u);
    EXPECT_THAT(clusters_at(average_linkage(two, 2), 1.9), testing::ElementsAre(0, 1));
    EXPECT_EQ(correlation_distance(std::vector<double>{1, NAN, NAN, 1}, 2).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::insight

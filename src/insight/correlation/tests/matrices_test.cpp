#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/correlation/denoising.hpp"
#include "insight/correlation/ewma_correlation.hpp"
#include "insight/correlation/shrinkage.hpp"
#include "insight/correlation/symmetric_eigen.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

struct Rows {
    std::vector<double> values;
    std::size_t rows, columns;
    MatrixView view() const { return {values.data(), rows, columns, columns}; }
};

Rows rows_of(const nlohmann::json& x) { return {flat(x), x.size(), x[0].size()}; }

void expect_near(std::span<const double> got, const std::vector<double>& want, double tolerance) {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(got[k], want[k], tolerance) << k;
}

TEST(shrinkage, is_the_covariance_vector) {
    const auto v = golden("vectors")["covariance"];
    const Rows x = rows_of(v["input"]["X"]);
    const ShrunkCovariance lw = *ledoit_wolf(x.view());
    EXPECT_NEAR(lw.shrinkage, v["expected"]["lw_shrinkage"].get<double>(), 1e-11);
    expect_near(lw.covariance, flat(v["expected"]["lw_cov"]), 1e-11);
    EXPECT_NEAR(oracle_approximating(x.view())->shrinkage, v["expected"]["oas_shrinkage"].get<double>(), 1e-11);
    EXPECT_NEAR((*sample_correlation(x.view()))[1], v["expected"]["pearson"].get<double>(), 1e-11);
}

TEST(shrinkage, agrees_with_scikit_learn) {
    const auto g = golden("shrinkage");
    const Rows x = rows_of(g["x"]);
    const ShrunkCovariance lw = *ledoit_wolf(x.view()), oas = *oracle_approximating(x.view());
    EXPECT_NEAR(lw.shrinkage, g["lw_shrinkage"].get<double>(), 1e-12);
    EXPECT_NEAR(oas.shrinkage, g["oas_shrinkage"].get<double>(), 1e-12);
    expect_near(lw.covariance, flat(g["lw_cov"]), 1e-11);
    expect_near(oas.covariance, flat(g["oas_cov"]), 1e-11);
}

TEST(shrinkage, names_what_it_cannot_use) {
    Rows x{{1, 2, 2, 2, NAN, 2, 4, 2, 5, 2}, 5, 2};
    EXPECT_NE(ledoit_wolf(x.view()).error().text.find("row 2, column 0"), std::string::npos);
    const CompleteRows complete = complete_rows(x.view());
    EXPECT_EQ(complete.left_out, 1U);
    EXPECT_TRUE(ledoit_wolf(complete.view()));
    EXPECT_NE(sample_correlation(complete.view()).error().text.find("column 1"), std::string::npos);
    EXPECT_EQ(oracle_approximating(x.view().slice(0, 1)).error().code, ErrorCode::bad_input);
}

TEST(denoising, knows_the_edges_of_noise) {
    const auto v = golden("vectors")["marchenko-pastur"]["expected"];
    EXPECT_NEAR(noise_edges(100, 400).low, v["lambda_minus"].get<double>(), 1e-12);
    EXPECT_NEAR(noise_edges(100, 400).high, v["lambda_plus"].get<double>(), 1e-12);
}

TEST(denoising, agrees_with_numpy) {
    const auto g = golden("shrinkage");
    const Rows x = rows_of(g["x"]);
    const DenoisedCorrelation out = *denoised(*sample_correlation(x.view()), x.columns, x.rows);
    EXPECT_EQ(out.signals, g["signals"].get<std::size_t>());
    EXPECT_NEAR(out.edge, g["edge"].get<double>(), 1e-12);
    expect_near(out.correlation, flat(g["denoised"]), 1e-11);
    EXPECT_EQ(denoised(out.correlation, x.columns, 0).error().code, ErrorCode::usage);
}

TEST(denoising, finds_no_signal_in_noise) {
    SplitMix64 random(2);
    Rows x{std::vector<double>(400 * 100), 400, 100};
    for (double& value : x.values) value = random.next_normal();
    const DenoisedCorrelation out = *denoised(*sample_correlation(x.view()), 100, 400);
    EXPECT_LE(out.signals, 1U);
    double largest = 0;
    for (std::size_t i = 0; i < 100; ++i)
        for (std::size_t j = 0; j < i; ++j) largest = std::max(largest, std::abs(out.correlation[i * 100 + j]));
    EXPECT_LT(largest, 0.05);  // the sample's reaches .2
}

TEST(nearest_correlation, is_highams_published_example) {  // Higham 2002, section 4: distance .5278
    const NearestCorrelation out = *nearest_correlation(std::vector<double>{1, 1, 0, 1, 1, 1, 0, 1, 1}, 3);
    EXPECT_TRUE(out.converged);
    EXPECT_NEAR(out.correlation[1], 0.7607, 5e-5);
    EXPECT_NEAR(out.correlation[2], 0.1573, 5e-5);
    EXPECT_NEAR(out.distance, 0.5278, 5e-5);
}

TEST(nearest_correlation, agrees_with_the_dual_problem) {
    const auto g = golden("nearest");
    const std::size_t size = g["g"].size();
    const NearestCorrelation out = *nearest_correlation(flat(g["g"]), size);
    EXPECT_TRUE(out.converged);
    EXPECT_LT(out.least_eigenvalue, -0.05);
    expect_near(out.correlation, flat(g["nearest"]), 1e-6);
    EXPECT_GT(symmetric_eigen(out.correlation, size)->values.back(), -1e-12);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(out.correlation[i * size + i], 1);
}

TEST(nearest_correlation, leaves_a_good_matrix_alone_and_names_a_missing_pair) {
    const std::vector<double> good{1, 0.5, 0.5, 1};
    const NearestCorrelation out = *nearest_correlation(good, 2);
    EXPECT_EQ(out.correlation, good);
    EXPECT_EQ(out.iterations, 0);
    EXPECT_NE(nearest_correlation(std::vector<double>{1, NAN, NAN, 1}, 2).error().text.find("columns 1 and 0"), std::string::npos);
    EXPECT_FALSE(nearest_correlation(std::vector<double>{1, 1, 0, 1, 1, 1, 0, 1, 1}, 3, {.iterations_max = 2})->converged);
}

TEST(ewma, is_the_covariance_vector) {
    const auto v = golden("vectors")["covariance"];
    const Rows x = rows_of(v["input"]["X"]);
    EwmaCorrelation ewma = *EwmaCorrelation::of(x.columns, {.lambda = 0.94, .rows_min = 2});
    for (std::size_t t = 0; t < x.rows; ++t) ewma.update(x.view().row(t));
    EXPECT_NEAR(ewma.pairs()[0], v["expected"]["ewma_corr01"].get<double>(), 1e-11);
    EXPECT_NEAR(ewma.pairs()[0] * std::sqrt(ewma.variance(0) * ewma.variance(1)), v["expected"]["ewma_cov01"].get<double>(), 1e-11);
}

TEST(ewma, says_why_a_pair_is_not_available) {
    EwmaCorrelation ewma = *EwmaCorrelation::of(3, {.lambda = 0.9, .rows_min = 10, .stale_after = 20});
    SplitMix64 random(3);
    const auto run = [&](int rows, bool stopped, bool quiet) {
        for (int t = 0; t < rows; ++t)
            ewma.update(std::vector{random.next_normal(), stopped ? NAN : random.next_normal(), quiet ? 0.0 : random.next_normal()});
    };
    run(9, false, false);
    EXPECT_EQ(ewma.why(0, 1), Missing::too_few);
    run(1, false, false);
    EXPECT_EQ(ewma.why(0, 1), Missing::none);
    run(19, true, true);
    EXPECT_EQ(ewma.why(0, 1), Missing::none);
    run(1, true, true);
    EXPECT_EQ(ewma.why(0, 1), Missing::stale);
    EXPECT_EQ(ewma.why(0, 2), Missing::constant);
    EXPECT_TRUE(std::isnan(ewma.pairs()[0]));
    std::vector<double> matrix(9);
    ewma.matrix(matrix);
    EXPECT_EQ(matrix[0], 1);
    EXPECT_TRUE(std::isnan(matrix[4]));
    EXPECT_TRUE(std::isnan(matrix[8]));
    run(1, false, false);
    EXPECT_EQ(ewma.why(0, 1), Missing::none);
    EXPECT_EQ(EwmaCorrelation::of(2, {.lambda = 1}).error().code, ErrorCode::usage);
}

TEST(ewma, never_leaves_one_with_missing_values_and_does_not_change_when_the_future_is_cut) {
    SplitMix64 random(4);
    Rows x{std::vector<double>(300 * 4), 300, 4};
    for (double& value : x.values) value = random.next_uniform() < 0.3 ? NAN : std::pow(random.next_normal(), 3.0);
    EwmaCorrelation full = *EwmaCorrelation::of(4, {.lambda = 0.8, .rows_min = 3});
    std::vector<std::vector<double>> path;
    for (std::size_t t = 0; t < x.rows; ++t) {
        const auto pairs = full.update(x.view().row(t));
        path.emplace_back(pairs.begin(), pairs.end());
        for (const double value : pairs) EXPECT_FALSE(std::abs(value) > 1);
    }
    for (const std::size_t cut : {5U, 77U, 201U}) {
        EwmaCorrelation part = *EwmaCorrelation::of(4, {.lambda = 0.8, .rows_min = 3});
        for (std::size_t t = 0; t < cut; ++t) part.update(x.view().row(t));
        for (std::size_t k = 0; k < 6; ++k)
            EXPECT_TRUE(part.pairs()[k] == path[cut - 1][k] || (std::isnan(part.pairs()[k]) && std::isnan(path[cut - 1][k])));
    }
}

}  // namespace
}  // namespace aitrading::insight

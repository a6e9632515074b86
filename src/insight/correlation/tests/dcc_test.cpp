#include "insight/correlation/dcc.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/tests/golden.hpp"
#include "insight/correlation/nelder_mead.hpp"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

struct Data {
    std::vector<double> values;
    std::size_t rows, columns;
    MatrixView view() const { return {values.data(), rows, columns, columns}; }
    std::vector<double> column(std::size_t j) const {
        std::vector<double> out(rows);
        for (std::size_t t = 0; t < rows; ++t) out[t] = values[t * columns + j];
        return out;
    }
};

Data data_of(const nlohmann::json& x) { return {flat(x), x.size(), x[0].size()}; }

TEST(nelder_mead, finds_the_bottom_of_rosenbrocks_valley) {
    const Minimum found = nelder_mead(
        [](std::span<const double> x) { return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2); }, std::vector{-1.2, 1.0});
    EXPECT_TRUE(found.converged);
    EXPECT_NEAR(found.at[0], 1, 1e-4);
    EXPECT_NEAR(found.at[1], 1, 1e-4);
}

TEST(garch, agrees_with_arch) {
    const auto g = golden("dcc");
    const Data x = data_of(g["x"]);
    for (std::size_t j = 0; j < x.columns; ++j) {
        const GarchFit fit = *fit_garch(x.column(j));
        const auto& want = g["margins"][j];
        EXPECT_TRUE(fit.converged);
        EXPECT_FALSE(fit.at_boundary);
        EXPECT_NEAR(fit.log_likelihood, want["log_likelihood"].get<double>(), 1e-4) << j;
        EXPECT_GT(fit.log_likelihood, want["log_likelihood"].get<double>() - 1e-6) << j;  // no worse a maximum
        EXPECT_NEAR(fit.law.mean, want["mu"].get<double>(), 2e-4);
        EXPECT_NEAR(fit.law.omega, want["omega"].get<double>(), 1e-3 * want["omega"].get<double>());
        EXPECT_NEAR(fit.law.alpha, want["alpha"].get<double>(), 2e-4);
        EXPECT_NEAR(fit.law.beta, want["beta"].get<double>(), 5e-4);
        EXPECT_NEAR(fit.next_variance, want["next_variance"].get<double>(), 1e-3);
    }
}

TEST(garch, does_not_depend_on_the_unit_and_names_what_it_refuses) {
    std::vector<double> x = data_of(golden("dcc")["x"]).column(0);
    const GarchFit one = *fit_garch(x);
    for (double& value : x) value *= 1e-4;
    const GarchFit small = *fit_garch(x);
    EXPECT_NEAR(small.law.alpha, one.law.alpha, 1e-6);
    EXPECT_NEAR(small.next_variance / 1e-8, one.next_variance, 1e-5);
    x[7] = NAN;
    EXPECT_NE(fit_garch(x).error().text.find("row 7"), std::string::npos);
    EXPECT_EQ(fit_garch(std::vector<double>(200, 0.1)).error().text, "the series does not move: no variance to model");
    EXPECT_EQ(fit_garch(std::span(x).first(50)).error().code, ErrorCode::bad_input);
    SplitMix64 random(1);
    std::vector<double> noise(1000);
    for (double& value : noise) value = random.next_normal();
    EXPECT_TRUE(fit_garch(noise)->at_boundary || fit_garch(noise)->law.alpha < 0.05);
}

TEST(dcc, recursion_is_the_vector) {
    const auto v = golden("vectors")["dcc-recursion"];
    DccRecursion recursion = *DccRecursion::of(std::vector<double>{1, 0.4, 0.4, 1}, 2, 0.05, 0.93);
    for (std::size_t t = 0; t < v["input"]["e"].size(); ++t) {
        recursion.update(flat(v["input"]["e"][t]));
        EXPECT_NEAR(recursion.pairs()[0], v["expected"]["rho_next"][t].get<double>(), 1e-12);
    }
}

TEST(dcc, a_missing_shock_counts_as_what_was_expected) {
    DccRecursion known = *DccRecursion::of(std::vector<double>{1, 0.4, 0.4, 1}, 2, 0.05, 0.93), gap = known;
    known.update(std::vector{2.0, 2.0});
    gap.update(std::vector{2.0, 2.0});
    const double rho = known.pairs()[0], q00 = 0.02 + 0.05 * 4 + 0.93, q01 = 0.02 * 0.4 + 0.05 * 4 + 0.93 * 0.4;
    EXPECT_NEAR(rho, q01 / q00, 1e-15);
    gap.update(std::vector{NAN, 1.5});  // e0 e0 -> 1, e0 e1 -> rho, e1 e1 is known
    const double n00 = 0.02 + 0.05 + 0.93 * q00, n11 = 0.02 + 0.05 * 2.25 + 0.93 * q00, n01 = 0.02 * 0.4 + 0.05 * rho + 0.93 * q01;
    EXPECT_NEAR(gap.pairs()[0], n01 / std::sqrt(n00 * n11), 1e-15);
}

TEST(dcc, likelihood_and_maximum_agree_with_scipy) {
    const auto g = golden("dcc");
    const Data x = data_of(g["x"]);
    const DccFit fit = *fit_dcc(x.view());
    EXPECT_TRUE(fit.converged);
    EXPECT_FALSE(fit.at_boundary);
    EXPECT_EQ(fit.rows, x.rows);
    EXPECT_NEAR(fit.law.a, g["a"].get<double>(), 3e-4);
    EXPECT_NEAR(fit.law.b, g["b"].get<double>(), 6e-4);
    EXPECT_NEAR(fit.correlation_log_likelihood, g["correlation_log_likelihood"].get<double>(), 0.05);
    std::vector<double> e(x.rows * x.columns);
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t j = 0; j < x.columns; ++j) e[t * x.columns + j] = fit.margins[j].standardised[t];
    const double at = dcc_log_likelihood({e.data(), x.rows, x.columns, x.columns}, fit.law.target, 0.05, 0.9);
    EXPECT_NEAR(at, g["log_likelihood_at_0.05_0.9"].get<double>(), 0.05);
    DccFilter filter = *DccFilter::of(fit.law);
    for (std::size_t t = 0; t < x.rows; ++t) filter.update(x.view().row(t));
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_NEAR(filter.variance(i), fit.margins[i].next_variance, 1e-9);
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_NEAR(filter.pairs()[pair_index(i, j)], g["next_correlation"][i][j].get<double>(), 1e-3);
    }
}

TEST(dcc, a_missing_value_tells_nothing_and_a_cut_future_changes_nothing) {
    const Data x = data_of(golden("dcc")["x"]);
    const DccFit fit = *fit_dcc(x.view().slice(0, 600));
    DccFilter full = *DccFilter::of(fit.law), gap = *DccFilter::of(fit.law), part = *DccFilter::of(fit.law);
    std::vector<double> row;
    for (std::size_t t = 0; t < 400; ++t) {
        full.update(x.view().row(t));
        if (t < 250) part.update(x.view().row(t));
        if (t == 249) row.assign(full.pairs().begin(), full.pairs().end());
        gap.update(t < 250 ? std::vector<double>(x.view().row(t).begin(), x.view().row(t).end()) : std::vector<double>(4, NAN));
    }
    EXPECT_TRUE(std::ranges::equal(part.pairs(), row));
    for (std::size_t i = 0; i < 4; ++i) {  // without news variance returns to its mean
        const GarchLaw& m = fit.law.margins[i];
        const double rest = m.omega / (1 - m.alpha - m.beta);
        EXPECT_LT(std::abs(gap.variance(i) - rest), std::abs(part.variance(i) - rest));
        for (std::size_t j = 0; j < i; ++j) EXPECT_LE(std::abs(gap.pairs()[pair_index(i, j)]), 1);
    }
}

TEST(dcc, finds_no_movement_where_there_is_none) {
    SplitMix64 random(5);
    Data x{{}, 1500, 3};
    for (std::size_t t = 0; t < x.rows; ++t) {
        const double shared = random.next_normal();
        for (int i = 0; i < 3; ++i) x.values.push_back(shared + random.next_normal());
    }
    const DccFit fit = *fit_dcc(x.view());
    EXPECT_TRUE(fit.at_boundary || fit.law.a < 0.02);
    std::vector<double> e(x.rows * 3);
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t j = 0; j < 3; ++j) e[3 * t + j] = fit.margins[j].standardised[t];
    const double still = dcc_log_likelihood({e.data(), x.rows, 3, 3}, fit.law.target, 0, 0);
    EXPECT_GE(fit.correlation_log_likelihood, still - 1e-6);  // constant correlation is one of its laws
    EXPECT_LT(fit.correlation_log_likelihood, still + 4);
}

TEST(dcc, names_what_it_refuses) {
    Data x = data_of(golden("dcc")["x"]);
    x.values[4 * 10 + 2] = NAN;
    EXPECT_EQ(fit_dcc(x.view())->left_out, 1U);
    for (std::size_t t = 0; t < x.rows; ++t) x.values[4 * t + 3] = x.values[4 * t];
    EXPECT_NE(fit_dcc(x.view()).error().text.find("column 3 is made up"), std::string::npos);
    for (std::size_t t = 0; t < x.rows; ++t) x.values[4 * t + 1] = 0.1;
    EXPECT_NE(fit_dcc(x.view()).error().text.find("column 1: the series does not move"), std::string::npos);
    EXPECT_EQ(DccRecursion::of(std::vector<double>{1, 0, 0, 1}, 2, 0.5, 0.5).error().code, ErrorCode::usage);
    EXPECT_EQ(DccFilter::of({{{}, {}}, {1, 0, 0, 1}, 0, 0}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::insight

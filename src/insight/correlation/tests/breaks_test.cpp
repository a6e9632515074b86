#include "insight/correlation/breaks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/tests/golden.hpp"

namespace aitrading::insight {
namespace {

using testing_golden::flat;
using testing_golden::golden;

struct Pair {
    std::vector<double> x, y;
};

/// Rows of correlation `rho`, and `late` from row `at` on; each shock from `draw`.
Pair pair(std::size_t rows, double rho, double late, std::size_t at, const std::function<double()>& draw) {
    Pair out;
    for (std::size_t t = 0; t < rows; ++t) {
        const double r = t < at ? rho : late, a = draw(), b = draw();
        out.x.push_back(a);
        out.y.push_back(r * a + std::sqrt(1 - r * r) * b);
    }
    return out;
}

FisherTest halves(const Pair& p, std::size_t at) {
    const std::span<const double> x(p.x), y(p.y);
    return *fisher_two_windows(x.first(at), y.first(at), x.subspan(at), y.subspan(at));
}

/// Share of 4,000 seeds at which `p` is below .05.
double rejected(const std::function<double(std::uint64_t)>& p) {
    constexpr int runs = 4000;
    int count = 0;
    for (int seed = 1; seed <= runs; ++seed) count += p(static_cast<std::uint64_t>(seed)) < 0.05 ? 1 : 0;
    return 100.0 * count / runs;
}

double student(SplitMix64& random) {  // 6 degrees of freedom
    const double product = (1 - random.next_uniform()) * (1 - random.next_uniform()) * (1 - random.next_uniform());
    return random.next_normal() / std::sqrt(-2 * std::log(product) / 6);
}

TEST(breaks, agree_with_numpy) {
    const auto g = golden("breaks");  // named: a range over a part of a temporary would outlive it
    int cases = 0;
    for (const auto& c : g["cases"]) {
        ++cases;
        const Pair p{flat(c["x"]), flat(c["y"])};
        const FisherTest f = halves(p, 180);
        EXPECT_NEAR(f.before, c["fisher"]["r1"].get<double>(), 1e-12);
        EXPECT_NEAR(f.z, c["fisher"]["z"].get<double>(), 1e-10);
        EXPECT_NEAR(f.p, c["fisher"]["p"].get<double>(), 1e-10);
        const CusumTest s = *cusum_of_correlation(p.x, p.y);
        EXPECT_NEAR(s.statistic, c["cusum"]["statistic"].get<double>(), 1e-6);
        EXPECT_NEAR(s.p, c["cusum"]["p"].get<double>(), 1e-6);
        EXPECT_EQ(s.at, c["cusum"]["at"].get<std::size_t>());
    }
    EXPECT_EQ(cases, 2);
}

TEST(breaks, forbes_rigobon_is_the_vector) {
    const auto v = golden("vectors")["forbes-rigobon"];
    EXPECT_NEAR(forbes_rigobon(0.6, 2), v["expected"]["adjusted"].get<double>(), 1e-12);
    EXPECT_EQ(forbes_rigobon(0.6, 0), 0.6);
}

TEST(breaks, bridge_tail_is_kolmogorovs) {  // the published 10, 5 and 1 % points
    EXPECT_NEAR(bridge_tail(1.2238), 0.10, 1e-4);
    EXPECT_NEAR(bridge_tail(1.3581), 0.05, 1e-4);
    EXPECT_NEAR(bridge_tail(1.6276), 0.01, 1e-4);
    EXPECT_EQ(bridge_tail(0), 1);
}

TEST(breaks, fisher_rejects_five_percent_of_true_nulls) {  // gate: 5 +- 1.5 %
    for (const double rho : {0.0, 0.7}) {
        const double rate = rejected([rho](std::uint64_t seed) {
            SplitMix64 random(seed);
            return halves(pair(240, rho, rho, 240, [&] { return random.next_normal(); }), 120).p;
        });
        EXPECT_NEAR(rate, 5, 1.5) << "rho " << rho;
    }
}

TEST(breaks, the_robust_test_keeps_its_level_where_tails_are_heavy) {
    const auto rate = [](bool robust) {
        return rejected([robust](std::uint64_t seed) {
            SplitMix64 random(seed);
            const FisherTest f = halves(pair(600, 0.6, 0.6, 600, [&] { return student(random); }), 300);
            return robust ? f.p_robust : f.p;
        });
    };
    EXPECT_GT(rate(false), 8);  // Fisher's own deviation is wrong here
    EXPECT_NEAR(rate(true), 5, 1.5);
}

TEST(breaks, cusum_rejects_five_percent_of_true_nulls) {  // gate: 5 +- 1.5 %
    for (const bool heavy : {false, true}) {
        const double rate = rejected([heavy](std::uint64_t seed) {
            SplitMix64 random(seed);
            const Pair p = pair(500, 0.5, 0.5, 500, [&] { return heavy ? student(random) : random.next_normal(); });
            return cusum_of_correlation(p.x, p.y)->p;
        });
        EXPECT_NEAR(rate, 5, 1.5) << (heavy ? "Student-t(6)" : "normal");
    }
}

TEST(breaks, cusum_finds_a_break_and_its_place) {
    std::vector<double> distance;
    const double power = rejected([&](std::uint64_t seed) {
        SplitMix64 random(seed);
        const Pair p = pair(500, 0.7, 0.2, 300, [&] { return random.next_normal(); });
        const CusumTest test = *cusum_of_correlation(p.x, p.y);
        if (test.p < 0.05) distance.push_back(std::abs(static_cast<double>(test.row) - 300));
        return test.p;
    });
    EXPECT_GT(power, 95);
    std::ranges::sort(distance);
    EXPECT_LT(distance[distance.size() / 2], 25);
}

TEST(breaks, most_breaks_by_storms_are_no_breaks) {
    // y = b x + noise throughout; the variance of x triples. Raw correlation rises, the corrected test keeps its level.
    int raw = 0, corrected = 0;
    constexpr int runs = 2000;
    for (int seed = 1; seed <= runs; ++seed) {
        SplitMix64 random(static_cast<std::uint64_t>(seed));
        Pair p;
        for (int t = 0; t < 400; ++t) {
            const double x = (t < 200 ? 1 : std::sqrt(3.0)) * random.next_normal();
            p.x.push_back(x);
            p.y.push_back(0.43 * x + random.next_normal());
        }
        const std::span<const double> x(p.x), y(p.y);
        const ContagionTest test = *contagion(x.first(200), y.first(200), x.subspan(200), y.subspan(200));
        raw += test.raw.p < 0.05 ? 1 : 0;
        corrected += test.corrected.p < 0.05 ? 1 : 0;
    }
    EXPECT_GT(100.0 * raw / runs, 50);
    EXPECT_LT(100.0 * corrected / runs, 6.5);
}

TEST(breaks, say_what_they_cannot_judge) {
    SplitMix64 random(1);
    Pair p = pair(100, 0.5, 0.5, 100, [&] { return random.next_normal(); });
    const std::vector<double> still(100, 0.1);
    EXPECT_NE(cusum_of_correlation(p.x, still).error().text.find("second series does not move"), std::string::npos);
    EXPECT_NE(fisher_two_windows(still, p.y, p.x, p.y).error().text.find("first series does not move in the first window"), std::string::npos);
    EXPECT_EQ(cusum_of_correlation(std::span(p.x).first(20), std::span(p.y).first(20)).error().code, ErrorCode::bad_input);
    const CusumTest whole = *cusum_of_correlation(p.x, p.y);
    std::vector<double> x = p.x, y = p.y;
    x.insert(x.begin() + 10, 5, NAN);
    y.insert(y.begin() + 10, 5, 1.0);
    const CusumTest gaps = *cusum_of_correlation(x, y);
    EXPECT_EQ(gaps.statistic, whole.statistic);
    EXPECT_EQ(gaps.row, whole.at + (whole.at >= 10 ? 5 : 0));
    EXPECT_EQ(cusum_of_correlation(p.x, p.x)->p, 1);  // a perfect relation does not break
    EXPECT_EQ(halves({p.x, p.x}, 50).p_robust, 1);
}

}  // namespace
}  // namespace aitrading::insight

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include <gtest/gtest.h>

#include "insight/features/feature_set.hpp"
#include "models/ensemble/interval_stream.hpp"
#include "models/ensemble/rule_regimes.hpp"
#include "models/evaluation/labels.hpp"
#include "real_hours.hpp"

namespace aitrading::models {
namespace {

using testing_hours::read_hours;
using testing_hours::shared_file;

class RealHours : public testing::TestWithParam<const char*> {};

/// Coverage of the intervals on real hours, without any model: p says 1/2 everywhere.
TEST_P(RealHours, lie_in_their_intervals_nine_times_of_ten) {
    const auto path = shared_file("dukascopy/EURUSD_H1_to_2019-05.csv.gz");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data: set AITRADING_SHARED";
    const BarColumns bars = read_hours(path, "2018-02-01");
    ASSERT_GT(bars.size(), 30'000U);
    const auto features = insight::compute_features(bars);
    const auto labels = make_labels(GetParam(), bars);
    ASSERT_TRUE(features && labels) << labels.error().text;
    std::vector<std::uint32_t> earlier(8000);
    std::iota(earlier.begin(), earlier.end(), 0U);
    const IntervalColumns columns = IntervalColumns::choose(*features, *labels, earlier);
    IntervalStream stream({.directional = labels->directional});
    double n = 0, inside = 0;
    std::array<double, 5> part_n{}, part_inside{};
    for (std::size_t e = 0; e < labels->size(); ++e) {
        const TargetInterval at = stream.predict(labels->row[e], 0.5, columns.at(features->row(labels->row[e])));
        stream.label(labels->row[e], labels->end[e], labels->target[e]);
        if (e < earlier.size()) continue;
        const double hit = at.low <= labels->target[e] && labels->target[e] <= at.high ? 1 : 0;
        const std::size_t part = (e - earlier.size()) * 5 / (labels->size() - earlier.size());
        n += 1, inside += hit;
        part_n[part] += 1, part_inside[part] += hit;
    }
    ASSERT_GT(n, 5000);
    std::printf("%s: coverage %.4f of %.0f\n", GetParam(), inside / n, n);
    EXPECT_NEAR(inside / n, 0.90, 0.02);
    // A fifth holds forty spans of 120 hours that do not overlap: a share of so few strays further.
    const double band = labels->horizon_bars > 24 ? 0.08 : 0.05;
    for (std::size_t k = 0; k < part_n.size(); ++k)
        EXPECT_NEAR(part_inside[k] / part_n[k], 0.90, band) << "part " << k;
}
/// Coverage by method, overall and by the rules' regime, of rows from the 8,000th on.
struct Regimes {
    const char* name;
    IntervalOptions options;
};
TEST_P(RealHours, lie_in_their_intervals_in_each_regime) {
    const auto path = shared_file("dukascopy/EURUSD_H1_to_2019-05.csv.gz");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data: set AITRADING_SHARED";
    const BarColumns bars = read_hours(path, "2018-02-01");
    const auto features = insight::compute_features(bars);
    const auto labels = make_labels(GetParam(), bars);
    const auto regimes = rule_regimes(bars, RuleRegimeOptions::of(bars), {});
    ASSERT_TRUE(features && labels && regimes);
    std::vector<std::uint32_t> earlier(8000);
    std::iota(earlier.begin(), earlier.end(), 0U);
    const IntervalColumns columns = IntervalColumns::choose(*features, *labels, earlier);
    using enum IntervalMethod;
    for (Regimes way : {Regimes{"aci", {}}, {"pid", {.method = pid}}, {"aci by regime", {.regimes = 13}}, {"pid by regime", {.method = pid, .regimes = 13}}}) {
        way.options.directional = labels->directional;
        IntervalStream stream(way.options);
        std::array<double, 13> n{}, inside{};
        double all = 0, covered = 0, width = 0, own = 0;
        for (std::size_t e = 0; e < labels->size(); ++e) {
            const int regime = regimes->regime[labels->row[e]];
            const TargetInterval at = stream.predict(labels->row[e], 0.5, columns.at(features->row(labels->row[e])), regime);
            stream.label(labels->row[e], labels->end[e], labels->target[e]);
            if (e < earlier.size()) continue;
            const double hit = at.low <= labels->target[e] && labels->target[e] <= at.high ? 1 : 0;
            all += 1, covered += hit, width += at.high - at.low, own += at.pooled ? 0 : 1;
            n[static_cast<std::size_t>(regime)] += 1, inside[static_cast<std::size_t>(regime)] += hit;
        }
        double least = 1, most = 0;
        for (std::size_t r = 1; r < n.size(); ++r)
            if (n[r] >= 500) least = std::min(least, inside[r] / n[r]), most = std::max(most, inside[r] / n[r]);
        std::printf("%s %s: coverage %.4f of %.0f, by regime %.3f to %.3f, mean width %.4f, own width at %.1f %%\n", GetParam(), way.name,
                    covered / all, all, least, most, width / all, 100 * own / all);
        EXPECT_NEAR(covered / all, 0.90, 0.02) << way.name;
        if (way.options.regimes > 0) {
            EXPECT_GE(least, 0.85) << way.name;
            EXPECT_LE(most, 0.95) << way.name;
        }
    }
}
INSTANTIATE_TEST_SUITE_P(labels, RealHours,
                         testing::Values("next_bar", "triple_barrier(2,2,24)", "large_move",
                                         "volatility(120)"));

}  // namespace
}  // namespace aitrading::models

#include "insight/regimes/bocpd.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/tests/golden.hpp"

namespace aitrading::insight {
namespace {

const std::vector<double> nile{
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740};

TEST(bocpd, finds_the_break_of_the_nile) {  // vector nile
    double mean = 0, square = 0;
    for (const double x : nile) mean += x / 100;
    for (const double x : nile) square += (x - mean) * (x - mean) / 100;
    Bocpd detector = *Bocpd::of({.expected_duration = 100});
    std::vector<std::size_t> length;
    for (const double x : nile) detector.update((x - mean) / std::sqrt(square)), length.push_back(detector.run_length());
    const std::size_t expected[][2] = {{10, 11}, {27, 28}, {28, 29}, {30, 31}, {32, 5}, {35, 8}, {40, 13}, {60, 33}, {99, 72}};
    for (const auto& [at, run] : expected) EXPECT_EQ(length[at], run) << at;
    EXPECT_NEAR(detector.log_evidence(), -126.624181191, 1e-6);
}

TEST(bocpd, agrees_with_all_run_lengths_kept) {
    const auto g = testing_golden::golden("bocpd");
    Bocpd detector = *Bocpd::of({.expected_duration = 1 / g["hazard"].get<double>(), .runs_max = 600});
    for (std::size_t t = 0; t < g["x"].size(); ++t) {
        detector.update(g["x"][t]);
        EXPECT_EQ(detector.run_length(), g["map_run_length"][t].get<std::size_t>()) << t;
        EXPECT_NEAR(detector.short_run_probability(), g["short_run"][t].get<double>(), 1e-8) << t;
    }
    EXPECT_NEAR(detector.log_evidence(), g["log_evidence"].get<double>(), 1e-7);
}

TEST(bocpd, loses_next_to_nothing_by_keeping_few_runs) {
    const auto g = testing_golden::golden("bocpd");
    Bocpd detector = *Bocpd::of({.expected_duration = 100, .runs_max = 60});
    for (const double x : testing_golden::flat(g["x"])) detector.update(x);
    EXPECT_EQ(detector.kept(), 60U);
    EXPECT_NEAR(detector.log_evidence(), g["log_evidence"].get<double>(), 0.05);
}

TEST(bocpd, tells_a_shift_of_three_deviations_within_five_values) {
    std::vector<double> delays;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SplitMix64 random(seed);
        Bocpd detector = *Bocpd::of({.expected_duration = 200});
        for (int t = 0; t < 150; ++t) detector.update(random.next_normal());
        int delay = 0;
        do {
            ++delay;
            detector.update(3 + random.next_normal());
        } while (detector.run_length() > 20 && delay < 50);
        delays.push_back(delay);
    }
    std::ranges::nth_element(delays, delays.begin() + 100);
    EXPECT_LE(delays[100], 5);
}

TEST(bocpd, goes_on_past_runs_longer_than_its_table_and_past_gaps) {
    SplitMix64 random(3);
    Bocpd detector = *Bocpd::of({.expected_duration = 1e6, .runs_max = 50});
    for (int t = 0; t < 6000; ++t) detector.update(0.1 * random.next_normal());
    EXPECT_EQ(detector.run_length(), 6000U);
    const double evidence = detector.log_evidence();
    detector.update(NAN);
    detector.update(INFINITY);
    EXPECT_EQ(detector.log_evidence(), evidence);
    for (int t = 0; t < 10; ++t) detector.update(1e6);  // far out: finite, and told
    EXPECT_TRUE(std::isfinite(detector.log_evidence()));
    EXPECT_LT(detector.run_length(), 12U);
}

TEST(bocpd, changes_nothing_before_a_cut) {
    SplitMix64 random(9);
    std::vector<double> x;
    x.reserve(900);
    for (int t = 0; t < 900; ++t) x.push_back((t / 130 % 3) * 2.0 + (1 + t / 200 % 2) * random.next_normal());
    struct Told {
        std::size_t length;
        double short_run, evidence;
    };
    const auto told = [](std::span<const double> values) {
        Bocpd detector = *Bocpd::of({.expected_duration = 100, .runs_max = 120});
        std::vector<Told> out;
        for (const double v : values) detector.update(v), out.push_back({detector.run_length(), detector.short_run_probability(), detector.log_evidence()});
        return out;
    };
    const auto whole = told(x);
    for (const std::size_t cut : {1U, 60U, 133U, 640U, 899U}) {
        auto other = x;
        for (std::size_t t = cut; t < other.size(); ++t) other[t] = 40 - other[t];  // another future
        const auto changed = told(other), part = told(std::span(x).first(cut));
        for (std::size_t t = 0; t < cut; ++t)
            for (const Told& again : {part[t], changed[t]}) {
                ASSERT_EQ(again.length, whole[t].length) << t;
                ASSERT_EQ(again.short_run, whole[t].short_run) << t;
                ASSERT_EQ(again.evidence, whole[t].evidence) << t;
            }
    }
}

TEST(bocpd, refuses_parameters_out_of_range) {
    EXPECT_EQ(Bocpd::of({.expected_duration = 1}).error().code, ErrorCode::usage);
    EXPECT_FALSE(Bocpd::of({.kappa = 0}));
    EXPECT_FALSE(Bocpd::of({.runs_max = 1}));
}

}  // namespace
}  // namespace aitrading::insight

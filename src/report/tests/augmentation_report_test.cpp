#include "report/augmentation_report.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace aitrading::report {
namespace {

using testing::HasSubstr;
using testing::Not;

AugmentationReport sample() {
    AugmentationReport out;
    out.series = "EURUSD H1";
    for (const char* name : {"real, learnt", "real, later", "gan", "block_bootstrap"}) {
        DrawnBars b;
        b.name = name;
        b.real = std::string(name).starts_with("real");
        b.kurtosis = 12;
        b.kurtosis_of_96 = std::nan("");
        for (int k = 1; k <= 100; ++k) b.acf.push_back(0.01 / k), b.acf_abs.push_back(0.3 / std::sqrt(k));
        b.deviation = {std::nan(""), 8.5};
        b.passed = b.name == "gan";
        out.bars.push_back(b);
    }
    out.wasserstein_target = 0.05;
    out.acf_gap_target = 0.02;
    out.regimes = {"unknown", "quiet <b>"};
    out.regime_bars = {0, 900};
    out.trial = {{"none", 0.6912, 0.52}, {"gan", 0.6915, 0.519}, {"block_bootstrap", 0.6913, 0.521}};
    out.verdict = "GAN augmentation did not help";
    return out;
}

TEST(AugmentationReport, says_what_came_out_and_escapes_names) {
    const std::string page = render_augmentation_report(sample());
    EXPECT_THAT(page, HasSubstr("Bars from the GAN do not help"));
    EXPECT_THAT(page, HasSubstr("GAN augmentation did not help."));
    EXPECT_THAT(page, HasSubstr("0.69150"));
    EXPECT_THAT(page, HasSubstr("quiet &lt;b&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("<b>")));
    EXPECT_THAT(page, Not(HasSubstr("nan")));
    EXPECT_EQ(page, render_augmentation_report(sample()));
}

TEST(AugmentationReport, without_a_trial_it_speaks_of_likeness_and_without_facts_of_the_trial) {
    AugmentationReport facts = sample();
    facts.trial.clear();
    EXPECT_THAT(render_augmentation_report(facts), HasSubstr("Bars from the GAN are as near as was asked"));
    AugmentationReport trial = sample();
    trial.bars.clear();
    trial.accepted = true;
    const std::string page = render_augmentation_report(trial);
    EXPECT_THAT(page, HasSubstr("Bars from the GAN help"));
    EXPECT_THAT(page, Not(HasSubstr("Stylised facts")));
}

TEST(Curves, are_drawn_for_a_phone_and_over_missing_values) {
    CurveChart chart{{"a", "b"}, {{0.3, std::nan(""), 0.1}, {}}, {Ink::text, Ink::blue}, "Autocorrelation", "Lag"};
    for (const bool narrow : {false, true}) {
        const std::string svg = draw_curves(chart, {narrow ? 360.0 : 1100.0, narrow, 13}).finish("x", "t", "d");
        EXPECT_THAT(svg, HasSubstr("<svg"));
        EXPECT_THAT(svg, Not(HasSubstr("nan")));
    }
}

}  // namespace
}  // namespace aitrading::report

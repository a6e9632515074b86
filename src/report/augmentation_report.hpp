#pragma once

#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/frame.hpp"

namespace aitrading::report {

/// Real bars, or bars that a source drew, with what was measured of them. NaN where not measured.
struct DrawnBars {
    std::string name;
    bool real = false;
    double kurtosis = 0, kurtosis_of_24 = 0, kurtosis_of_96 = 0, hill = 0, leverage = 0, volume_volatility = 0, gain_loss = 0;
    std::vector<double> acf, acf_abs;            ///< lags 1, 2, …
    double wasserstein = 0, acf_gap = 0, acf_abs_gap = 0;
    double nearest = 1, copies = 0, told_apart = 0, predictive = 0;
    std::vector<double> deviation;               ///< [regimes] of the return, in basis points
    bool passed = false;
};

/// One way to augment a training.
struct AugmentationRow {
    std::string name;
    double log_loss = 0, accuracy = 0;
};

/// All that `augment` may show. The first of `bars` is the series as learnt, the second its later part, then the sources.
struct AugmentationReport {
    std::string series;
    std::vector<DrawnBars> bars;
    double wasserstein_target = 0, acf_gap_target = 0;
    std::size_t gap_lags = 50;
    std::vector<std::string> regimes;            ///< names beside `deviation`; may be empty
    std::vector<std::size_t> regime_bars;
    std::vector<AugmentationRow> trial;          ///< may be empty
    std::string verdict;                         ///< of the trial
    bool accepted = false;
    std::vector<std::string> protocol;
    Provenance provenance;
};

/// The whole page. Self-contained HTML, deterministic. @pre bars holds at least two entries or trial one
std::string render_augmentation_report(const AugmentationReport& report);

/// Lines over whole numbers 1, 2, …, named at their right end.
struct CurveChart {
    std::vector<std::string> names;
    std::vector<std::vector<double>> values;     ///< one for each name
    std::vector<Ink> inks;
    std::string unit, below;                     ///< of the values; under the lower axis
};
Canvas draw_curves(const CurveChart& chart, const Layout& layout);

}  // namespace aitrading::report

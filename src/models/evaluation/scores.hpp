#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "domain/model.hpp"

namespace aitrading::models {

/// Counts of calls against what came; a bar is called 1 where p > 1/2.
struct Confusion {
    std::int64_t true_positive = 0, true_negative = 0, false_positive = 0, false_negative = 0;
    std::int64_t n() const { return true_positive + true_negative + false_positive + false_negative; }
    std::int64_t correct() const { return true_positive + true_negative; }
    double accuracy() const;
    /// Share of the greater class.
    double majority_rate() const;
    /// Mean of the recalls; the recall there is where one class is missing.
    double balanced_accuracy() const;
    /// Matthews correlation; 0 where a row or column is empty.
    double mcc() const;
};
Confusion confusion(std::span<const float> y, std::span<const double> p);

/// Area under the ROC curve, ties counted half; 0.5 with one class only. O(n log n)
double roc_auc(std::span<const float> y, std::span<const double> p);
double brier_score(std::span<const float> y, std::span<const double> p);
/// p is kept 1e-15 away from 0 and 1.
double log_loss(std::span<const float> y, std::span<const double> p);

/// Equal-width bins on [0,1], closed below; 1 belongs to the last. Empty bins have count 0 and zero means.
std::vector<ReliabilityBin> reliability_bins(std::span<const float> y, std::span<const double> p, int bins);
/// Expected calibration error: mean over the bars of |observed - predicted| of their bin.
double calibration_error(const std::vector<ReliabilityBin>& bins);

/// Murphy's parts of the Brier score over bin means.
struct Murphy {
    double reliability = 0, resolution = 0, uncertainty = 0;
};
Murphy murphy(const std::vector<ReliabilityBin>& bins);

/// The 95th percentile of the ECE that perfectly calibrated predictions `p` would show by chance. With `row`
/// and `end` the drawn labels share noise over the bars their spans share (Gaussian copula); empty spans:
/// independent draws.
double calibration_noise_p95(std::span<const double> p, std::span<const std::uint32_t> row,
                             std::span<const std::uint32_t> end, int bins, int simulations,
                             std::uint64_t seed);

/// Area under the risk-coverage curve (mean over i of the error among the i most confident; equal confidence
/// in random order) and its excess over a perfect ranking.
struct RiskCoverage {
    double aurc = 0, e_aurc = 0;
};
RiskCoverage risk_coverage(std::span<const float> y, std::span<const double> p);

/// Pesaran & Timmermann (1992): statistic, standard normal when signs are called by chance. Unknown where all
/// calls or all outcomes are alike.
Figure pesaran_timmermann(const Confusion& c);

}  // namespace aitrading::models

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/model.hpp"

namespace aitrading::models {

/// Standard normal distribution function and its inverse (to 1e-15; ±infinity at 1 and 0).
double normal_cdf(double z);
double normal_quantile(double probability);

double mean(std::span<const double> x);
/// With n - 1. 0 for fewer than two values.
double standard_deviation(std::span<const double> x);
/// Third and fourth standardised moments (population); the fourth is 3 for a normal. 0 and 3 without
/// variance.
double skewness(std::span<const double> x);
double kurtosis(std::span<const double> x);
/// Linear interpolation between order statistics (type 7). @pre x not empty, 0 <= q <= 1
double quantile(std::vector<double> x, double q);

struct Interval {
    double low = 0, high = 0;
};
/// Wilson score interval of a share. @pre trials >= 1
Interval wilson(std::int64_t successes, std::int64_t trials, double z = 1.959963984540054);
/// P(X >= successes), X binomial: exact, by the regularised incomplete beta function.
double binomial_upper_tail(std::int64_t successes, std::int64_t trials, double chance);
/// I_x(a, b). Continued fraction (Lentz); relative error below 1e-12. @pre a, b > 0, 0 <= x <= 1
double incomplete_beta(double a, double b, double x);

/// Shape of a series of returns per period, all that the Sharpe statistics need.
struct ReturnMoments {
    double sharpe = 0;  ///< mean / standard deviation, per period
    double skew = 0, kurt = 3;
    std::int64_t n = 0;
};
ReturnMoments moments_of(std::span<const double> returns);
/// Standard error of a Sharpe ratio: sqrt((1 - skew SR + (kurt-1)/4 SR^2) / (n-1)).
/// Source of this and the next four: Bailey & Lopez de Prado, The Sharpe Ratio Efficient Frontier; The
/// Deflated Sharpe Ratio.
double sharpe_error(const ReturnMoments& m);
/// Probability that the true Sharpe ratio exceeds `benchmark` (per period).
double probabilistic_sharpe(const ReturnMoments& m, double benchmark = 0);
/// Expected greatest of `trials` independent standard normals; 0 for one trial.
double expected_maximum(std::int64_t trials);
/// PSR against the expected maximum of the trials. `trial_deviation`: standard deviation of the trials'
/// Sharpe ratios per period.
double deflated_sharpe(const ReturnMoments& m, std::int64_t trials, double trial_deviation);
/// Periods until PSR(benchmark) reaches `probability`. @pre m.sharpe > benchmark
double minimum_track_record(const ReturnMoments& m, double benchmark = 0, double probability = 0.95);

/// Probability of back-test overfitting by CSCV. @param returns [periods x configurations]
/// `blocks` contiguous blocks (sizes differ by at most one); for every half of them as in-sample the column
/// with the greatest mean/sd; logit of its rank outside. Source: Bailey, Borwein, Lopez de Prado, Zhu.
/// @pre blocks even, 2..20, columns >= 2, rows >= 2 blocks   @complexity O(C(blocks, blocks/2) blocks
/// columns)
struct OverfittingEstimate {
    double pbo = 0;
    std::vector<double> logits;
};
OverfittingEstimate probability_of_overfitting(MatrixView returns, int blocks = 16);

/// Sharpe ratio per year of `n` independent bets a year that pay `up` with chance p, else `down` (AFML ch.
/// 15).
double bet_sharpe(double up, double down, double p, double n);
/// Bets a year, and chance of a win, that a Sharpe ratio needs.
double bets_needed(double up, double down, double p, double sharpe);
double precision_needed(double up, double down, double n, double sharpe);

/// Sign accuracy when signal and return are jointly normal with correlation `ic`, trading the share
/// `coverage` with the largest |signal|; and the correlation that gives an accuracy at full coverage
/// (Sheppard 1899).
double gaussian_accuracy(double ic, double coverage = 1.0);
double gaussian_ic(double accuracy);

}  // namespace aitrading::models

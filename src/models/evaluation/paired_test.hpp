#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aitrading::models {

// Tests that may be looked at after every observation: the chance of ever rejecting a true null stays below alpha.

/// Log of the normal mixture martingale for a sum s with intrinsic variance v, two sided:
/// 1/2 ln(rho / (v + rho)) + s^2 / (2 (v + rho)). Source: Howard, Ramdas, McAuliffe, Sekhon 2021. @pre v >= 0, rho > 0
double normal_mixture(double s, double v, double rho);
/// One sided, against sums above 0: 1/2 ln(4 rho / (v + rho)) + s^2 / (2 (v + rho)) + ln Phi(s / sqrt(v + rho)).
double normal_mixture_above(double s, double v, double rho);
/// A rho for which the two-sided bound is nearly tightest at v_opt: v_opt / (L + ln(1 + L)), L = -2 ln alpha. For the one-sided
/// bound give twice the alpha.
double best_rho(double v_opt, double alpha);

/// Wealth of a bet of 0.2 on each sign: product of 1 + 0.2 (2 b - 1), b = whether the challenger's loss was lower; ties bet nothing.
/// Reject where it reaches 1 / alpha.
double sign_wealth(std::span<const double> gain);

/// A paired comparison of two models on the same rows.
struct PairedTest {
    double mean_gain = 0;       ///< loss of the reference minus that of the challenger; above 0: better
    double low = 0;             ///< always-valid lower bound of the mean gain at 95 %, at the last block
    double p_value = 1;         ///< always-valid, one sided: the least over all looks
    double sign_e_value = 1;    ///< of sign_wealth over the blocks
    std::size_t blocks = 0;
    bool better() const { return p_value <= 0.05 && mean_gain > 0; }
};

/// Losses are summed up in blocks first, so that labels which overlap count once. The variance of a block is taken from the
/// blocks before it (asymptotic confidence sequence, Waudby-Smith et al. 2021); the first twenty are not looked at.
/// @param block rows in one, the label's span at least   @pre equal lengths, block >= 1
PairedTest paired_test(std::span<const double> reference_loss, std::span<const double> challenger_loss, std::size_t block);

/// Log loss row by row, p kept inside [0.001, 0.999].
std::vector<double> log_losses(std::span<const float> y, std::span<const double> p);

}  // namespace aitrading::models
